import { z } from 'zod'
import {
  findAccessibleEnvironment,
  findInstance,
  findProject,
  locateEnvironment,
  tokenOf,
} from '../access.ts'
import { connection, type PageArguments } from '../connection.ts'
import type { Context } from '../context.ts'
import { createEnvironment, deleteEnvironment } from '../environments.ts'
import type { Environment, Patch } from '../model.ts'
import { historyOf, pendingOperations } from '../operations.ts'
import {
  commitPatch,
  commitStaged,
  stageChanges,
  stagedPatch,
  unfinishedPatch,
} from '../patches.ts'
import { badInput, notAuthorized, notFound, problem } from '../refusal.ts'
import { type TypeResolvers, toDate } from './resolver.ts'

interface CreateInput {
  projectId: string
  name: string
  sourceEnvironmentId?: string | null
  ephemeral?: boolean | null
  skipInitialDeploys?: boolean | null
  stageInitialChanges?: boolean | null
  applyChangesInBackground?: boolean | null
}

export const environmentQueries: TypeResolvers = {
  environmentStagedChanges: (
    _: unknown,
    { environmentId }: { environmentId: string },
    context: Context,
  ): Patch => {
    const environment = findAccessibleEnvironment(context, environmentId)
    const { nothingStaged, unfinishedPatches } = context.world.behaviour
    const unfinished = unfinishedPatches === 'shown' ? unfinishedPatch(environment) : undefined
    const pending = stagedPatch(environment) ?? unfinished
    if (pending) return pending
    const committed = environment.patches.findLast(({ status }) => status === 'COMMITTED')
    const old = nothingStaged === 'last-patch' ? committed : undefined
    return old ?? noPatch(context, environment)
  },

  environmentPatch: (_: unknown, { id }: { id: string }, context: Context): Patch => {
    const patch = context.world.patches.get(id)
    if (!patch) throw notFound('EnvironmentPatch')
    findAccessibleEnvironment(context, patch.environment.id)
    const { world } = context
    const isShownStaged =
      patch.workflow !== null &&
      world.now() < patch.workflow.acceptedAt + world.behaviour.patchShowsStagedSeconds * 1000
    return isShownStaged ? { ...patch, status: 'STAGED' } : patch
  },

  environmentPatches: (
    _: unknown,
    args: PageArguments & { environmentId: string },
    context: Context,
  ) => {
    const { patches } = findAccessibleEnvironment(context, args.environmentId)
    return connection([...patches].reverse(), args, context.pages)
  },

  environmentPendingWork: (
    _: unknown,
    { environmentId }: { environmentId: string },
    context: Context,
  ) => {
    const environment = findAccessibleEnvironment(context, environmentId)
    const { pendingWork } = context.world.behaviour
    if (pendingWork === 'refused') throw notAuthorized()
    return pendingWork === 'empty' ? [] : pendingOperations(context.world, environment)
  },

  environmentHistory: (
    _: unknown,
    { environmentId, ...args }: PageArguments & { environmentId: string },
    context: Context,
  ) => {
    const environment = findAccessibleEnvironment(context, environmentId)
    return connection(historyOf(environment), args, context.pages)
  },

  workflowStatus: (_: unknown, { workflowId }: { workflowId: string }, context: Context) => {
    const token = tokenOf(context)
    const { world } = context
    if (world.behaviour.workflowStatus === 'refused') throw notAuthorized()
    const workflow = world.workflows.get(workflowId)
    if (!workflow || world.now() < workflow.visibleFrom) return { status: 'NotFound', error: null }
    const own = token.environment?.project.workspace
    if (!token.workspaces.includes(workflow.workspace) && own !== workflow.workspace) {
      throw notAuthorized()
    }
    if (world.now() < workflow.endsAt) return { status: 'Running', error: null }
    return { status: workflow.error === null ? 'Complete' : 'Error', error: workflow.error }
  },
}

/** The id of the empty patch that is returned if nothing is staged. No patch with this id can be read. */
const emptyPatchId = '<empty>'

/** Returns the value of `environmentStagedChanges` if nothing is staged. */
function noPatch({ world }: Context, environment: Environment): Patch {
  const { createdAt } = environment
  const { nothingStaged } = world.behaviour
  const isStaged = nothingStaged === 'empty-staged' || nothingStaged === 'empty-id-staged'
  const isStored = nothingStaged === 'last-patch' || nothingStaged === 'empty-staged'
  return {
    id: isStored ? world.ids.uuid('patch', environment.id) : emptyPatchId,
    environment,
    createdAt,
    appliedAt: isStaged ? null : createdAt,
    status: isStaged ? 'STAGED' : 'COMMITTED',
    error: null,
    message: null,
    config: {},
    workflow: null,
  }
}

const configForm = z.record(z.string(), z.unknown())

function config(value: unknown): Record<string, unknown> {
  const parsed = configForm.safeParse(value)
  if (!parsed.success) throw badInput('An environment config must be an object')
  return parsed.data
}

export const environmentMutations: TypeResolvers = {
  environmentCreate: async (_: unknown, { input }: { input: CreateInput }, context: Context) => {
    const { world, origin } = context
    const token = tokenOf(context)
    const project = findProject(context, input.projectId)
    if (token.kind === 'project' && !world.behaviour.projectTokenCreatesEnvironments) {
      throw notAuthorized()
    }
    const source = input.sourceEnvironmentId
      ? findAccessibleEnvironment(context, input.sourceEnvironmentId, project.id)
      : null
    const { environment, readyAt } = createEnvironment(
      world,
      {
        project,
        name: input.name,
        source,
        ephemeral: input.ephemeral ?? false,
        skipInitialDeploys: input.skipInitialDeploys ?? false,
        stageInitialChanges: input.stageInitialChanges ?? false,
      },
      origin,
    )
    if (readyAt <= world.now()) world.runDueEvents()
    if (!input.applyChangesInBackground && readyAt > world.now()) await context.wait(readyAt)
    return environment
  },

  environmentDelete: (_: unknown, { id }: { id: string }, context: Context) => {
    const environment = locateEnvironment(context, id)
    if (environment.deletedAt === null) findAccessibleEnvironment(context, id)
    deleteEnvironment(context.world, environment)
    return true
  },

  environmentRename: (
    _: unknown,
    { id, input }: { id: string; input: { name: string } },
    context: Context,
  ) => {
    const environment = findAccessibleEnvironment(context, id)
    environment.name = input.name
    return environment
  },

  environmentUnskipService: (
    _: unknown,
    { environmentId, serviceId }: { environmentId: string; serviceId: string },
    context: Context,
  ) => {
    const { meta } = findInstance(context, serviceId, environmentId).environment
    if (meta?.skippedResourceIds) {
      meta.skippedResourceIds = meta.skippedResourceIds.filter((id) => id !== serviceId)
    }
    return true
  },

  environmentPatchCommit: (
    _: unknown,
    args: { environmentId: string; patch?: unknown; commitMessage?: string | null },
    context: Context,
  ) => {
    const environment = findAccessibleEnvironment(context, args.environmentId)
    const { origin, world } = context
    const message = args.commitMessage ?? null
    const options = { message, skipDeploys: false, origin }
    return commitPatch(world, environment, config(args.patch ?? {}), options).id
  },

  environmentStageChanges: (
    _: unknown,
    args: { environmentId: string; input: unknown; merge?: boolean | null },
    context: Context,
  ) => {
    const environment = findAccessibleEnvironment(context, args.environmentId)
    const merge = args.merge ?? false
    return stageChanges(context.world, environment, config(args.input), { merge })
  },

  environmentPatchCommitStaged: (
    _: unknown,
    args: { environmentId: string; commitMessage?: string | null; skipDeploys?: boolean | null },
    context: Context,
  ) => {
    const environment = findAccessibleEnvironment(context, args.environmentId)
    const message = args.commitMessage ?? null
    const skipDeploys = args.skipDeploys ?? false
    const { origin } = context
    return commitStaged(context.world, environment, { message, skipDeploys, origin }).id
  },
}

export const environmentPatchFields: TypeResolvers = {
  appliedAt: (patch: Patch) => toDate(patch.appliedAt),
  createdAt: (patch: Patch) => toDate(patch.createdAt),
  environment: (patch: Patch) => {
    if (patch.id === emptyPatchId) throw problem()
    return patch.environment
  },
  environmentId: (patch: Patch) => patch.environment.id,
  status: ({ status }: Patch, _args: unknown, { world }: Context) => {
    const { failedPatchStatus, missing, schema } = world.behaviour
    if (status !== 'FAILED') return status
    const isUnknown = schema === 'older' || missing.includes('EnvironmentPatchStatus.FAILED')
    return isUnknown && failedPatchStatus === 'FAILED' ? 'STAGED' : failedPatchStatus
  },
  lastAppliedError: (patch: Patch) => patch.error,
  patch: (patch: Patch) => patch.config,
  updatedAt: (patch: Patch) => toDate(patch.appliedAt ?? patch.createdAt),
}
