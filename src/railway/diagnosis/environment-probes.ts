import { z } from 'zod'
import {
  accessibleEnvironments,
  type DiagnosisProbe,
  type Finding,
  findInstance,
  isNotAuthorized,
  nothingToTest,
  observed,
  type ProbeContext,
  parseData,
  sameFinding,
  sendQuery,
  type TokenEnvironment,
  toUndecided,
  undecided,
  unusableResponse,
} from './probe.ts'
import { rejectionReason } from './query-client.ts'

const deletable = z.object({ id: z.string(), deletedAt: z.string().nullish() })
const connectionOf = <Node>(node: z.ZodType<Node>) =>
  z.object({ edges: z.array(z.object({ node })) })

/** The size of the page of projects without deleted ones. A page with fewer projects contains all of them. */
const plainPage = 20

const deleted: DiagnosisProbe = {
  name: 'deleted',
  decides: ['list-deleted', 'deleted-project', 'deleted-environment'],
  async run(context) {
    if (context.workspaceId === null) return sameFinding(this.decides, undecided('another token'))
    const result = await sendQuery(
      context,
      `query DiagnoseDeleted($id: String!) {
        plain: projects(workspaceId: $id, first: ${plainPage}) {
          edges { node { id deletedAt environments(first: 20) { edges { node { id deletedAt } } } } }
        }
        all: projects(workspaceId: $id, first: 100, includeDeleted: true) {
          edges { node { id deletedAt } }
        }
      }`,
      { id: context.workspaceId },
    )
    const shape = z.object({
      plain: connectionOf(deletable.extend({ environments: connectionOf(deletable) })),
      all: connectionOf(deletable),
    })
    const data = parseData(result, shape)
    if (!data) return sameFinding(this.decides, toUndecided(result))
    const plain = data.plain.edges.map(({ node }) => node)
    const environment = plain
      .flatMap(({ environments }) => environments.edges.map(({ node }) => node))
      .find(({ deletedAt }) => deletedAt)
    const shown = plain.find(({ deletedAt }) => deletedAt)
    const project = shown ?? data.all.edges.find(({ node }) => node.deletedAt)?.node
    const hidden = project !== undefined && plain.length < plainPage
    return {
      'list-deleted':
        (shown ?? environment) ? observed('shown') : hidden ? observed('hidden') : nothingToTest,
      'deleted-project': project
        ? await readDeleted(context, 'project', project.id)
        : nothingToTest,
      'deleted-environment': environment
        ? await readDeleted(context, 'environment', environment.id)
        : nothingToTest,
    }
  },
}

async function readDeleted(
  context: ProbeContext,
  root: 'project' | 'environment',
  id: string,
): Promise<Finding> {
  const query = `query DiagnoseGone($id: String!) { ${root}(id: $id) { id } }`
  const result = await sendQuery(context, query, { id })
  if (!result.ok) return toUndecided(result)
  const reason = rejectionReason(result.response)
  if (reason === null) return observed(root === 'environment' ? 'answered' : 'other')
  if (reason === 'not-found' || reason === 'not-authorized') return observed(reason)
  return observed(root === 'project' && reason === 'other' ? 'problem' : 'other')
}

const listedVariables = z.object({
  variables: connectionOf(
    z.object({ name: z.string(), isSealed: z.boolean(), serviceId: z.string().nullish() }),
  ),
})

/** The number of environments that are searched for a sealed variable. All are read with one request. */
const searchedEnvironments = 5

const variableMap: DiagnosisProbe = {
  name: 'variable-map',
  decides: ['sealed-variables'],
  async run(context) {
    const id = 'sealed-variables'
    const places = accessibleEnvironments(context).slice(0, searchedEnvironments)
    if (places.length === 0) return { [id]: nothingToTest }
    const declared = places.map((_, index) => `$e${index}: String!`).join(', ')
    const fields = places.map(
      (_, index) =>
        `e${index}: environment(id: $e${index}) { variables(first: 100) { edges { node { name isSealed serviceId } } } }`,
    )
    const result = await sendQuery(
      context,
      `query DiagnoseSealed(${declared}) { ${fields.join(' ')} }`,
      Object.fromEntries(places.map(({ environment }, index) => [`e${index}`, environment.id])),
    )
    const data = parseData(result, z.record(z.string(), listedVariables))
    if (!data) return { [id]: toUndecided(result) }
    const [sealed] = places.flatMap((place, index) =>
      (data[`e${index}`]?.variables.edges ?? [])
        .filter(({ node }) => node.isSealed)
        .map(({ node }) => ({ place, name: node.name, serviceId: node.serviceId ?? null })),
    )
    return { [id]: sealed ? await readSealed(context, sealed) : nothingToTest }
  },
}

/**
 * Reads the form of a sealed variable in the map of values: missing, `null`, empty or other. The values are discarded.
 */
async function readSealed(
  context: ProbeContext,
  { place, name, serviceId }: { place: TokenEnvironment; name: string; serviceId: string | null },
): Promise<Finding> {
  const result = await sendQuery(
    context,
    `query DiagnoseVariables($projectId: String!, $environmentId: String!, $serviceId: String) {
      variables(projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId, unrendered: true)
    }`,
    { projectId: place.project.id, environmentId: place.environment.id, serviceId },
  )
  const form = z
    .unknown()
    .transform((value) => (value === null ? 'null' : value === '' ? 'empty' : 'other'))
  const data = parseData(result, z.object({ variables: z.record(z.string(), form) }))
  if (!data) return toUndecided(result)
  const entry = Object.entries(data.variables).find(([key]) => key === name)
  return observed(entry?.[1] ?? 'absent')
}

const config: DiagnosisProbe = {
  name: 'config',
  decides: ['config-branch'],
  async run(context) {
    const id = 'config-branch'
    const built = findInstance(
      context,
      ({ source, triggers }) => source.kind === 'repository' && triggers.length > 0,
    )
    if (!built) return { [id]: nothingToTest }
    const result = await sendQuery(
      context,
      'query DiagnoseConfig($id: String!) { environment(id: $id) { config(decryptVariables: false) } }',
      { id: built.environment.id },
    )
    const source = z.record(z.string(), z.unknown())
    const services = z.record(z.string(), z.object({ source: source.nullish() }).catch({}))
    const shape = z.object({ environment: z.object({ config: z.object({ services }) }) })
    const data = parseData(result, shape)
    if (!data) return { [id]: toUndecided(result) }
    const found = data.environment.config.services[built.instance.service.id]?.source
    if (!found) return { [id]: unusableResponse }
    if (!('branch' in found)) return { [id]: observed('absent') }
    if (found.branch === null) return { [id]: observed('null') }
    return { [id]: observed(typeof found.branch === 'string' ? 'named' : 'other') }
  },
}

/** The maximum number of environments whose staged changes are read to find one without staged changes. */
const maxStagedReads = 2

const staged: DiagnosisProbe = {
  name: 'staged-changes',
  decides: ['nothing-staged'],
  async run(context) {
    let found: Finding = nothingToTest
    for (const { environment } of accessibleEnvironments(context).slice(0, maxStagedReads)) {
      const result = await sendQuery(
        context,
        'query DiagnoseStaged($id: String!) { environmentStagedChanges(environmentId: $id) { id status patch lastAppliedError } }',
        { id: environment.id },
      )
      const patch = z.object({
        id: z.string(),
        status: z.string(),
        patch: z.unknown(),
        lastAppliedError: z.string().nullish(),
      })
      const data = parseData(result, z.object({ environmentStagedChanges: patch }))
      found = data ? stagedVariant(data.environmentStagedChanges) : toUndecided(result)
      if ('observed' in found) break
    }
    return { 'nothing-staged': found }
  },
}

interface StagedChanges {
  readonly id: string
  readonly status: string
  readonly patch?: unknown
  readonly lastAppliedError?: string | null | undefined
}

function stagedVariant(staged: StagedChanges): Finding {
  // The query may return a failed patch, with any status. Such a patch does not show the form of an empty one.
  if (staged.lastAppliedError) return nothingToTest
  const isSynthetic = staged.id === '<empty>'
  if (staged.status === 'COMMITTED')
    return observed(isSynthetic ? 'empty-id-committed' : 'last-patch')
  if (staged.status !== 'STAGED') return nothingToTest
  if (!isEmpty(staged.patch)) return nothingToTest
  return observed(isSynthetic ? 'empty-id-staged' : 'empty-staged')
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true
  return typeof value === 'object' && Object.values(value).every(isEmpty)
}

const patches: DiagnosisProbe = {
  name: 'patches',
  decides: ['failed-patch'],
  async run(context) {
    const id = 'failed-patch'
    const [place] = accessibleEnvironments(context)
    if (!place) return { [id]: nothingToTest }
    const result = await sendQuery(
      context,
      'query DiagnosePatches($id: String!) { environmentPatches(environmentId: $id, first: 50) { edges { node { status lastAppliedError } } } }',
      { id: place.environment.id },
    )
    const node = z.object({ status: z.string(), lastAppliedError: z.string().nullish() })
    const data = parseData(result, z.object({ environmentPatches: connectionOf(node) }))
    if (!data) return { [id]: toUndecided(result) }
    const failed = data.environmentPatches.edges.find((edge) => edge.node.lastAppliedError)
    if (!failed) return { [id]: nothingToTest }
    const variant = failed.node.status.toLowerCase()
    return { [id]: observed(/^(failed|staged|committed)$/.test(variant) ? variant : 'other') }
  },
}

const pendingWork: DiagnosisProbe = {
  name: 'pending-work',
  decides: ['pending-work'],
  async run(context) {
    const [place] = accessibleEnvironments(context)
    if (!place) return { 'pending-work': nothingToTest }
    const result = await sendQuery(
      context,
      'query DiagnosePending($id: String!) { environmentPendingWork(environmentId: $id) { status } }',
      { id: place.environment.id },
    )
    if (isNotAuthorized(result)) return { 'pending-work': observed('refused') }
    const data = parseData(result, z.object({ environmentPendingWork: z.array(z.unknown()) }))
    if (!data) return { 'pending-work': toUndecided(result) }
    return {
      'pending-work': data.environmentPendingWork.length > 0 ? observed('shown') : nothingToTest,
    }
  },
}

const inventory: DiagnosisProbe = {
  name: 'inventory',
  decides: ['duplicate-names'],
  run: async ({ inventory: { projects } }) => {
    const hasDuplicate = projects.some(
      ({ environments }) =>
        new Set(environments.map(({ name }) => name)).size < environments.length,
    )
    return { 'duplicate-names': hasDuplicate ? observed('allowed') : undecided('a change') }
  },
}

/** Probes of environments, variables and patches. */
export const environmentProbes: readonly DiagnosisProbe[] = [
  inventory,
  staged,
  variableMap,
  config,
  pendingWork,
  patches,
  deleted,
]
