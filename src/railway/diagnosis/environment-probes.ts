import { z } from 'zod'
import {
  all,
  ask,
  type DiagnosisProbe,
  dataOf,
  environmentsOf,
  type Finding,
  instanceIn,
  isRefused,
  nothing,
  type ProbeContext,
  seen,
  type TokenEnvironment,
  undecided,
  unread,
  unusable,
} from './probe.ts'
import { refusalOf } from './query-client.ts'

const deletable = z.object({ id: z.string(), deletedAt: z.string().nullish() })
const connectionOf = <Node>(node: z.ZodType<Node>) =>
  z.object({ edges: z.array(z.object({ node })) })

/** The number of projects on a page. Fewer than that are all of them. */
const plainPage = 20

const deleted: DiagnosisProbe = {
  name: 'deleted',
  decides: ['list-deleted', 'deleted-project', 'deleted-environment'],
  async run(context) {
    if (context.workspaceId === null) return all(this.decides, undecided('another token'))
    const asked = await ask(
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
    const data = dataOf(asked, shape)
    if (!data) return all(this.decides, unread(asked))
    const plain = data.plain.edges.map(({ node }) => node)
    const environment = plain
      .flatMap(({ environments }) => environments.edges.map(({ node }) => node))
      .find(({ deletedAt }) => deletedAt)
    const shown = plain.find(({ deletedAt }) => deletedAt)
    const project = shown ?? data.all.edges.find(({ node }) => node.deletedAt)?.node
    const hidden = project !== undefined && plain.length < plainPage
    return {
      'list-deleted': (shown ?? environment) ? seen('shown') : hidden ? seen('hidden') : nothing,
      'deleted-project': project ? await readDeleted(context, 'project', project.id) : nothing,
      'deleted-environment': environment
        ? await readDeleted(context, 'environment', environment.id)
        : nothing,
    }
  },
}

async function readDeleted(
  context: ProbeContext,
  root: 'project' | 'environment',
  id: string,
): Promise<Finding> {
  const query = `query DiagnoseGone($id: String!) { ${root}(id: $id) { id } }`
  const asked = await ask(context, query, { id })
  if (!asked.ok) return unread(asked)
  const reason = refusalOf(asked.answer)
  if (reason === null) return seen(root === 'environment' ? 'answered' : 'other')
  if (reason === 'not-found' || reason === 'not-authorized') return seen(reason)
  return seen(root === 'project' && reason === 'other' ? 'problem' : 'other')
}

const listedVariables = z.object({
  variables: connectionOf(
    z.object({ name: z.string(), isSealed: z.boolean(), serviceId: z.string().nullish() }),
  ),
})

/** The number of environments that are searched for a sealed variable, in one request. */
const searched = 5

const variableMap: DiagnosisProbe = {
  name: 'variable-map',
  decides: ['sealed-variables'],
  async run(context) {
    const id = 'sealed-variables'
    const places = environmentsOf(context).slice(0, searched)
    if (places.length === 0) return { [id]: nothing }
    const declared = places.map((_, index) => `$e${index}: String!`).join(', ')
    const fields = places.map(
      (_, index) =>
        `e${index}: environment(id: $e${index}) { variables(first: 100) { edges { node { name isSealed serviceId } } } }`,
    )
    const asked = await ask(
      context,
      `query DiagnoseSealed(${declared}) { ${fields.join(' ')} }`,
      Object.fromEntries(places.map(({ environment }, index) => [`e${index}`, environment.id])),
    )
    const data = dataOf(asked, z.record(z.string(), listedVariables))
    if (!data) return { [id]: unread(asked) }
    const [sealed] = places.flatMap((place, index) =>
      (data[`e${index}`]?.variables.edges ?? [])
        .filter(({ node }) => node.isSealed)
        .map(({ node }) => ({ place, name: node.name, serviceId: node.serviceId ?? null })),
    )
    return { [id]: sealed ? await readSealed(context, sealed) : nothing }
  },
}

/** Reads how a sealed variable appears among the values. They are parsed, and only the form is kept. */
async function readSealed(
  context: ProbeContext,
  { place, name, serviceId }: { place: TokenEnvironment; name: string; serviceId: string | null },
): Promise<Finding> {
  const asked = await ask(
    context,
    `query DiagnoseVariables($projectId: String!, $environmentId: String!, $serviceId: String) {
      variables(projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId, unrendered: true)
    }`,
    { projectId: place.project.id, environmentId: place.environment.id, serviceId },
  )
  const form = z
    .unknown()
    .transform((value) => (value === null ? 'null' : value === '' ? 'empty' : 'other'))
  const data = dataOf(asked, z.object({ variables: z.record(z.string(), form) }))
  if (!data) return unread(asked)
  const entry = Object.entries(data.variables).find(([key]) => key === name)
  return seen(entry?.[1] ?? 'absent')
}

const config: DiagnosisProbe = {
  name: 'config',
  decides: ['config-branch'],
  async run(context) {
    const id = 'config-branch'
    const built = instanceIn(
      context,
      ({ source, triggers }) => source.kind === 'repository' && triggers.length > 0,
    )
    if (!built) return { [id]: nothing }
    const asked = await ask(
      context,
      'query DiagnoseConfig($id: String!) { environment(id: $id) { config(decryptVariables: false) } }',
      { id: built.environment.id },
    )
    const source = z.record(z.string(), z.unknown())
    const services = z.record(z.string(), z.object({ source: source.nullish() }).catch({}))
    const shape = z.object({ environment: z.object({ config: z.object({ services }) }) })
    const data = dataOf(asked, shape)
    if (!data) return { [id]: unread(asked) }
    const found = data.environment.config.services[built.instance.service.id]?.source
    if (!found) return { [id]: unusable }
    if (!('branch' in found)) return { [id]: seen('absent') }
    if (found.branch === null) return { [id]: seen('null') }
    return { [id]: seen(typeof found.branch === 'string' ? 'named' : 'other') }
  },
}

/** The number of environments whose staged changes are read, until one has none. */
const maxStagedReads = 2

const staged: DiagnosisProbe = {
  name: 'staged-changes',
  decides: ['nothing-staged'],
  async run(context) {
    let found: Finding = nothing
    for (const { environment } of environmentsOf(context).slice(0, maxStagedReads)) {
      const asked = await ask(
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
      const data = dataOf(asked, z.object({ environmentStagedChanges: patch }))
      found = data ? stagedReading(data.environmentStagedChanges) : unread(asked)
      if ('seen' in found) break
    }
    return { 'nothing-staged': found }
  },
}

interface StagedAnswer {
  readonly id: string
  readonly status: string
  readonly patch?: unknown
  readonly lastAppliedError?: string | null | undefined
}

function stagedReading(given: StagedAnswer): Finding {
  // A patch that failed may show as staged changes, under any status.
  if (given.lastAppliedError) return nothing
  const isSynthetic = given.id === '<empty>'
  if (given.status === 'COMMITTED') return seen(isSynthetic ? 'empty-id-committed' : 'last-patch')
  if (given.status !== 'STAGED') return nothing
  // Somebody has staged something.
  if (!isEmpty(given.patch)) return nothing
  return seen(isSynthetic ? 'empty-id-staged' : 'empty-staged')
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
    const [place] = environmentsOf(context)
    if (!place) return { [id]: nothing }
    const asked = await ask(
      context,
      'query DiagnosePatches($id: String!) { environmentPatches(environmentId: $id, first: 50) { edges { node { status lastAppliedError } } } }',
      { id: place.environment.id },
    )
    const node = z.object({ status: z.string(), lastAppliedError: z.string().nullish() })
    const data = dataOf(asked, z.object({ environmentPatches: connectionOf(node) }))
    if (!data) return { [id]: unread(asked) }
    const failed = data.environmentPatches.edges.find((edge) => edge.node.lastAppliedError)
    if (!failed) return { [id]: nothing }
    const reading = failed.node.status.toLowerCase()
    return { [id]: seen(/^(failed|staged|committed)$/.test(reading) ? reading : 'other') }
  },
}

const pendingWork: DiagnosisProbe = {
  name: 'pending-work',
  decides: ['pending-work'],
  async run(context) {
    const [place] = environmentsOf(context)
    if (!place) return { 'pending-work': nothing }
    const asked = await ask(
      context,
      'query DiagnosePending($id: String!) { environmentPendingWork(environmentId: $id) { status } }',
      { id: place.environment.id },
    )
    if (isRefused(asked)) return { 'pending-work': seen('refused') }
    const data = dataOf(asked, z.object({ environmentPendingWork: z.array(z.unknown()) }))
    if (!data) return { 'pending-work': unread(asked) }
    return { 'pending-work': data.environmentPendingWork.length > 0 ? seen('shown') : nothing }
  },
}

const inventory: DiagnosisProbe = {
  name: 'inventory',
  decides: ['duplicate-names'],
  run: async ({ inventory: { projects } }) => {
    const isDouble = projects.some(
      ({ environments }) =>
        new Set(environments.map(({ name }) => name)).size < environments.length,
    )
    return { 'duplicate-names': isDouble ? seen('allowed') : undecided('a change') }
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
