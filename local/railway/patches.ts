import { GraphQLError } from 'graphql'
import { configOf } from './config.ts'
import { commitContent, currentContent, headContent, triggerOf } from './content.ts'
import { startDeployment } from './deployments.ts'
import type {
  Content,
  Environment,
  Patch,
  ServiceInstance,
  VariableSet,
  Workflow,
} from './model.ts'
import type { Origin } from './origin.ts'
import { type PatchForm, patchForm, type ServicePatch, type VariablesPatch } from './patch-form.ts'
import { notFound, problem, refusal } from './refusal.ts'
import { affectedBy } from './variables.ts'
import type { World } from './world.ts'

export interface CommitOptions {
  message?: string | null
  skipDeploys: boolean
  origin: Origin
}

/** Commits a patch without the staged changes. It is applied `patchSeconds` later. Throws if its format is invalid. */
export function commitPatch(
  world: World,
  environment: Environment,
  config: Record<string, unknown>,
  options: CommitOptions,
): Workflow {
  parse(config)
  return apply(world, addPatch(world, environment, config), options)
}

/** Stages changes. They replace the staged changes of the environment, or are merged with them. */
export function stageChanges(
  world: World,
  environment: Environment,
  config: Record<string, unknown>,
  { merge }: { merge: boolean },
): Patch {
  parse(config)
  const staged = stagedPatch(environment)
  if (!staged) return addPatch(world, environment, config)
  staged.config = merge ? mergeDeep(staged.config, config) : config
  return staged
}

/** Commits the staged changes of the environment. Throws if there are none. */
export function commitStaged(
  world: World,
  environment: Environment,
  options: CommitOptions,
): Workflow {
  const staged = stagedPatch(environment)
  if (!staged) throw refusal('No patch to apply')
  return apply(world, staged, options)
}

/** Returns the last patch if it is being applied or has failed. */
export function unfinishedPatch({ patches }: Environment): Patch | undefined {
  const last = patches.at(-1)
  return last?.status === 'APPLYING' || last?.status === 'FAILED' ? last : undefined
}

export const stagedPatch = (environment: Environment): Patch | undefined =>
  environment.patches.findLast(({ status }) => status === 'STAGED')

export function addPatch(
  world: World,
  environment: Environment,
  config: Record<string, unknown>,
): Patch {
  const patch: Patch = {
    id: world.ids.next('patch', environment.id),
    environment,
    createdAt: world.now(),
    appliedAt: null,
    status: 'STAGED',
    error: null,
    message: null,
    config,
    workflow: null,
  }
  environment.patches.push(patch)
  world.patches.set(patch.id, patch)
  return patch
}

function parse(config: Record<string, unknown>): PatchForm {
  const parsed = patchForm.safeParse(config)
  if (!parsed.success) throw problem()
  return parsed.data
}

function apply(world: World, patch: Patch, { message, skipDeploys, origin }: CommitOptions) {
  const at = world.now() + world.behaviour.patchSeconds * 1000
  const workflow: Workflow = {
    id: world.ids.uuid('workflow', patch.id),
    workspace: patch.environment.project.workspace,
    acceptedAt: world.now(),
    visibleFrom: world.now() + world.behaviour.workflowHiddenSeconds * 1000,
    endsAt: at,
    error: null,
  }
  world.workflows.set(workflow.id, workflow)
  patch.workflow = workflow
  patch.status = 'APPLYING'
  patch.message = message ?? null
  const failing = world.behaviour.patchError
  world.later(at, () => {
    patch.appliedAt = at
    try {
      if (failing !== null) throw refusal(failing)
      applyNow(world, patch, { skipDeploys, origin, at })
      patch.status = 'COMMITTED'
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      patch.status = 'FAILED'
      patch.error = error.message
      workflow.error = error.message
    }
  })
  return workflow
}

function applyNow(
  world: World,
  { environment, config }: Patch,
  { skipDeploys, origin, at }: { skipDeploys: boolean; origin: Origin; at: number },
): void {
  const { services = {}, sharedVariables = {} } = parse(config)
  const changes = Object.entries(services).map(([id, change]) => ({
    change,
    instance: instanceToChange(world, environment, id, change),
  }))
  if (environment.deletedAt !== null) throw notFound('Environment')
  const affected = new Set(affectedBy(world, environment, Object.keys(sharedVariables)))
  setVariables(world, environment.sharedVariables, sharedVariables, at)
  const contents = new Map<ServiceInstance, Content>()
  for (const { change, instance } of changes) {
    const target = instance()
    const before = fingerprint(target)
    const content = applyToInstance(world, target, change, at)
    if (content) contents.set(target, content)
    const equal = content === undefined && before === fingerprint(target)
    const ignored = equal && !change.isCreated && world.behaviour.equalPatch === 'ignored'
    if (change.isDeleted) target.deletedAt = at
    else if (!ignored) affected.add(target)
  }
  if (skipDeploys) return
  for (const instance of affected) {
    if (!isDeployable(instance)) continue
    const content = contents.get(instance) ?? currentContent(world, instance)
    startDeployment(world, instance, { cause: 'patch', content, origin, at })
  }
}

/** Returns the properties of an instance that a patch can change, as a text for comparison. */
function fingerprint({ environment, service, variables }: ServiceInstance): string {
  const { services } = configOf(environment, { decrypt: true, branch: 'named' })
  return JSON.stringify([services[service.id], [...variables]])
}

/**
 * Returns a function that returns the instance of a change, or creates it. Throws immediately if the change is not
 * possible. The caller runs the function after it has checked all changes of the patch.
 */
function instanceToChange(
  world: World,
  environment: Environment,
  serviceId: string,
  change: ServicePatch,
): () => ServiceInstance {
  const service = world.services.get(serviceId)
  if (!service || service.project !== environment.project) throw notFound('Service')
  const existing = environment.instances.find(
    (one) => one.service === service && one.deletedAt === null,
  )
  if (existing) return () => existing
  if (!change.isCreated) throw notFound('ServiceInstance')
  return () => world.addInstance(service, environment, world.now())
}

export function isDeployable({ source, deployments }: ServiceInstance): boolean {
  return Boolean(source?.image || source?.repo) || deployments.length > 0
}

/** Applies a change to an instance. Returns the content to deploy if the change has another source. */
function applyToInstance(
  world: World,
  instance: ServiceInstance,
  { source, variables = {}, build, deploy, networking, volumeMounts = {} }: ServicePatch,
  at: number,
): Content | undefined {
  const { settings } = instance
  setVariables(world, instance.variables, variables, at)
  if (build?.buildCommand !== undefined) settings.buildCommand = build.buildCommand
  if (build?.watchPatterns) settings.watchPatterns = build.watchPatterns
  if (deploy?.startCommand !== undefined) settings.startCommand = deploy.startCommand
  if (deploy?.healthcheckPath !== undefined) settings.healthcheckPath = deploy.healthcheckPath
  if (deploy?.cronSchedule !== undefined) settings.cronSchedule = deploy.cronSchedule
  for (const [domain, wanted] of Object.entries(networking?.serviceDomains ?? {})) {
    const known = instance.serviceDomains.find((one) => one.domain === domain && !one.deletedAt)
    if (known && !wanted) known.deletedAt = at
    else if (known && wanted) known.targetPort = wanted.port ?? known.targetPort
    else if (wanted) world.addDomain(instance.serviceDomains, domain, wanted.port ?? null, at)
  }
  attachVolumes(world, instance, volumeMounts, at)
  return source && applySource(world, instance, source)
}

/** Attaches the volumes with these ids. An id that no environment of the project has is ignored. */
function attachVolumes(
  world: World,
  instance: ServiceInstance,
  mounts: NonNullable<ServicePatch['volumeMounts']>,
  at: number,
): void {
  const known = instance.service.project.environments.flatMap(({ instances }) => instances)
  for (const [id, mount] of Object.entries(mounts)) {
    if (instance.volumes.some(({ volume }) => volume.id === id)) continue
    const found = known.flatMap(({ volumes }) => volumes).find(({ volume }) => volume.id === id)
    if (found) world.addVolume(instance, found.volume.name, mount.mountPath, at)
  }
}

function applySource(
  world: World,
  instance: ServiceInstance,
  source: NonNullable<ServicePatch['source']>,
): Content | undefined {
  const { repo, branch, commitSha, image, rootDirectory, checkSuites } = source
  if (rootDirectory !== undefined) instance.settings.rootDirectory = rootDirectory
  if (image) instance.source = { repo: null, image }
  if (repo) instance.source = { repo, image: null }
  const repository = instance.source?.repo
  const trigger = triggerOf(instance)
  if (trigger) {
    if (repo) trigger.repository = repo
    if (branch) trigger.branch = branch
    trigger.checkSuites = checkSuites ?? trigger.checkSuites
  } else if (repository && branch) {
    world.addTrigger(instance, { repository, branch, checkSuites: checkSuites ?? false })
  }
  if (commitSha) return commitContent(world, instance, commitSha)
  if (repository && (repo || branch)) return headContent(world, instance, branch ?? undefined)
  return undefined
}

function setVariables(world: World, set: VariableSet, changes: VariablesPatch, at: number): void {
  const lag = world.behaviour.patchVariablesLagSeconds * 1000
  if (lag > 0) {
    world.later(at + lag, () => setNow(set, changes))
  } else {
    setNow(set, changes)
  }
}

function setNow(set: VariableSet, changes: VariablesPatch): void {
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) set.delete(name)
    else set.set(name, { value: change.value, sealed: change.isSealed ?? false })
  }
}

function mergeDeep(
  base: Record<string, unknown>,
  over: Record<string, unknown>,
): Record<string, unknown> {
  const merged = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key]
    merged[key] = isPlain(below) && isPlain(value) ? mergeDeep(below, value) : value
  }
  return merged
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
