import { z } from 'zod'
import {
  all,
  ask,
  counted,
  type DiagnosisProbe,
  dataOf,
  type Finding,
  instanceIn,
  nothing,
  type ProbeContext,
  seen,
  unread,
  unusable,
} from './probe.ts'
import { isTooLarge, refusalOf } from './query-client.ts'

const metaShape = z.record(z.string(), z.unknown()).nullish().catch(null)

const listed = z.object({
  status: z.string(),
  createdAt: z.string(),
  canRollback: z.boolean(),
  url: z.string().nullish(),
  staticUrl: z.string().nullish(),
  meta: metaShape,
})

type Listed = z.infer<typeof listed>

/** Chooses the project whose deployments are read: one with a deployed service that is built from a repository. */
function projectInput(context: ProbeContext): Record<string, unknown> | null {
  const found =
    instanceIn(context, ({ source, latest }) => source.kind === 'repository' && latest !== null) ??
    instanceIn(context, ({ latest }) => latest !== null)
  if (!found) return null
  const { own } = context
  return { projectId: found.project.id, ...(own && { environmentId: own.environmentId }) }
}

const list: DiagnosisProbe = {
  name: 'deployments',
  decides: [
    'page-default',
    'deployments-order',
    'deployment-meta',
    'deployment-urls',
    'live-can-rollback',
  ],
  async run(context) {
    const input = projectInput(context)
    if (!input) return all(this.decides, nothing)
    const asked = await ask(
      context,
      `query DiagnoseDeployments($input: DeploymentListInput!) {
        deployments(input: $input) {
          edges { node { status createdAt canRollback url staticUrl meta } }
          pageInfo { hasNextPage }
        }
      }`,
      { input },
    )
    const shape = z.object({
      deployments: z.object({
        edges: z.array(z.object({ node: listed })),
        pageInfo: z.object({ hasNextPage: z.boolean() }),
      }),
    })
    const data = dataOf(asked, shape)
    if (!data) return all(this.decides, unread(asked))
    const nodes = data.deployments.edges.map(({ node }) => node)
    const size = nodes.length === 50 || nodes.length === 20 ? String(nodes.length) : 'other'
    return {
      'page-default': data.deployments.pageInfo.hasNextPage ? seen(size) : nothing,
      'deployments-order': orderOf(nodes),
      'deployment-meta': metaOf(nodes),
      'deployment-urls': urlsOf(nodes),
      'live-can-rollback': rollbackOf(nodes),
    }
  },
}

function orderOf(nodes: readonly Listed[]): Finding {
  const times = nodes.map(({ createdAt }) => Date.parse(createdAt)).filter(Number.isFinite)
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? time))
  const up = steps.some((step) => step > 0)
  const down = steps.some((step) => step < 0)
  if (up && down) return seen('other')
  return up || down ? seen(up ? 'oldest-first' : 'newest-first') : nothing
}

function metaOf(nodes: readonly Listed[]): Finding {
  if (nodes.length > 0 && nodes.every(({ meta }) => !meta)) return seen('null')
  const metas = nodes.flatMap(({ meta }) =>
    typeof meta?.commitHash === 'string' && meta.commitHash !== '' ? [meta] : [],
  )
  if (metas.length === 0) return nothing
  if (metas.some(({ branch }) => typeof branch === 'string')) return seen('full')
  if (metas.some((meta) => 'branch' in meta)) return seen('branch-null')
  return seen(metas.every((meta) => Object.keys(meta).length === 1) ? 'commit-only' : 'other')
}

function urlsOf(nodes: readonly Listed[]): Finding {
  const urls = nodes.flatMap(({ url, staticUrl }) => [url, staticUrl].flatMap((one) => one || []))
  if (urls.length === 0) return nothing
  const withScheme = urls.filter((one) => /^https?:/.test(one)).length
  if (withScheme === 0) return seen('host')
  return seen(withScheme === urls.length ? 'https' : 'other')
}

function rollbackOf(nodes: readonly Listed[]): Finding {
  const live = nodes.filter(({ status }) => status === 'SUCCESS')
  if (live.length === 0) return nothing
  return seen(String(live.some(({ canRollback }) => canRollback)))
}

/** Requests a page of so many deployments, and only counts them. */
const page = (context: ProbeContext, input: unknown, first: number) =>
  ask(
    context,
    `query DiagnosePage($input: DeploymentListInput!, $first: Int!) {
      deployments(input: $input, first: $first) { edges { cursor } pageInfo { hasNextPage } }
    }`,
    { input, first },
  )

const sizes = [100, 50, 20] as const

const pageMaximum: DiagnosisProbe = {
  name: 'page-maximum',
  decides: ['page-maximum'],
  async run(context) {
    const id = 'page-maximum'
    const input = projectInput(context)
    if (!input) return { [id]: nothing }
    const asked = await page(context, input, 500)
    if (!asked.ok) return { [id]: unread(asked) }
    if (asked.answer.error) {
      const reason = refusalOf(asked.answer)
      if (reason !== 'page-too-large' && !isTooLarge(asked.answer)) return { [id]: unusable }
      for (const size of sizes) {
        const smaller = await page(context, input, size)
        if (!smaller.ok) return { [id]: unread(smaller) }
        if (!smaller.answer.error) return { [id]: seen(`${size}-refused`) }
      }
      return { [id]: seen('other') }
    }
    const data = dataOf(asked, z.object({ deployments: counted }))
    if (!data) return { [id]: unusable }
    const { edges, pageInfo } = data.deployments
    if (!pageInfo?.hasNextPage) return { [id]: edges.length > 100 ? seen('500') : nothing }
    const known = [500, ...sizes].some((size) => size === edges.length)
    return { [id]: seen(known ? String(edges.length) : 'other') }
  },
}

const ended: DiagnosisProbe = {
  name: 'ended-deployments',
  decides: ['skipped-reason', 'config-errors'],
  async run(context) {
    const input = projectInput(context)
    if (!input) return all(this.decides, nothing)
    const asked = await ask(
      context,
      `query DiagnoseEnded($input: DeploymentListInput!) {
        deployments(input: $input, first: 50) { edges { node { status meta } } }
      }`,
      { input: { ...input, status: { in: ['SKIPPED', 'FAILED'] } } },
    )
    const node = z.object({ status: z.string(), meta: metaShape })
    const edges = z.array(z.object({ node }))
    const data = dataOf(asked, z.object({ deployments: z.object({ edges }) }))
    if (!data) return all(this.decides, unread(asked))
    const nodes = data.deployments.edges.map((edge) => edge.node)
    const skipped = nodes.filter(({ status }) => status === 'SKIPPED')
    const told = skipped.some(({ meta }) => typeof meta?.skippedReason === 'string')
    const errors = nodes.flatMap(({ meta }): unknown[] =>
      Array.isArray(meta?.configErrors) ? meta.configErrors : [],
    )
    const forms = new Set(errors.map((error) => typeof error))
    const form = forms.size > 1 ? 'other' : forms.has('string') ? 'strings' : 'objects'
    return {
      'skipped-reason': skipped.length === 0 ? nothing : seen(told ? 'told' : 'absent'),
      'config-errors': errors.length === 0 ? nothing : seen(form),
    }
  },
}

const logs: DiagnosisProbe = {
  name: 'logs',
  decides: ['log-lines'],
  async run(context) {
    const id = 'log-lines'
    const running = instanceIn(context, ({ active }) => active.length > 0)
    const [deployment] = running?.instance.active ?? []
    if (!deployment) return { [id]: nothing }
    const shape = z.object({ deploymentLogs: z.array(z.unknown()) })
    const lines = async (limit: number) => {
      const asked = await ask(
        context,
        'query DiagnoseLogs($id: String!, $limit: Int!) { deploymentLogs(deploymentId: $id, limit: $limit) { timestamp } }',
        { id: deployment.id, limit },
      )
      return { asked, count: dataOf(asked, shape)?.deploymentLogs.length ?? null }
    }
    const one = await lines(1)
    if (one.count === null) return { [id]: unread(one.asked) }
    if (one.count === 0) return { [id]: nothing }
    if (one.count > 1) return { [id]: seen(one.count === 2 ? 'one-more' : 'other') }
    // One line may be all there is.
    const three = await lines(3)
    if (three.count === null) return { [id]: unread(three.asked) }
    return { [id]: three.count > 1 ? seen('exact') : nothing }
  },
}

/** Probes of deployments and their logs. */
export const deploymentProbes: readonly DiagnosisProbe[] = [list, ended, logs, pageMaximum]
