import { z } from 'zod'
import {
  countedConnection,
  type DiagnosisProbe,
  type Finding,
  findInstance,
  nothingToTest,
  observed,
  type ProbeContext,
  parseData,
  sameFinding,
  sendQuery,
  toUndecided,
  unusableResponse,
} from './probe.ts'
import { isTooLarge, rejectionReason } from './query-client.ts'

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

/**
 * Returns the input of a query for deployments of one project; `null` if no service is deployed. A project with a
 * deployed service from a repository is preferred.
 */
function deploymentsInput(context: ProbeContext): Record<string, unknown> | null {
  const found =
    findInstance(
      context,
      ({ source, latest }) => source.kind === 'repository' && latest !== null,
    ) ?? findInstance(context, ({ latest }) => latest !== null)
  if (!found) return null
  const { ownEnvironment } = context
  return {
    projectId: found.project.id,
    ...(ownEnvironment && { environmentId: ownEnvironment.environmentId }),
  }
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
    const input = deploymentsInput(context)
    if (!input) return sameFinding(this.decides, nothingToTest)
    const result = await sendQuery(
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
    const data = parseData(result, shape)
    if (!data) return sameFinding(this.decides, toUndecided(result))
    const nodes = data.deployments.edges.map(({ node }) => node)
    const size = nodes.length === 50 || nodes.length === 20 ? String(nodes.length) : 'other'
    return {
      'page-default': data.deployments.pageInfo.hasNextPage ? observed(size) : nothingToTest,
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
  if (up && down) return observed('other')
  return up || down ? observed(up ? 'oldest-first' : 'newest-first') : nothingToTest
}

function metaOf(nodes: readonly Listed[]): Finding {
  if (nodes.length > 0 && nodes.every(({ meta }) => !meta)) return observed('null')
  const metas = nodes.flatMap(({ meta }) =>
    typeof meta?.commitHash === 'string' && meta.commitHash !== '' ? [meta] : [],
  )
  if (metas.length === 0) return nothingToTest
  if (metas.some(({ branch }) => typeof branch === 'string')) return observed('full')
  if (metas.some((meta) => 'branch' in meta)) return observed('branch-null')
  return observed(metas.every((meta) => Object.keys(meta).length === 1) ? 'commit-only' : 'other')
}

function urlsOf(nodes: readonly Listed[]): Finding {
  const urls = nodes.flatMap(({ url, staticUrl }) => [url, staticUrl].flatMap((one) => one || []))
  if (urls.length === 0) return nothingToTest
  const withScheme = urls.filter((one) => /^https?:/.test(one)).length
  if (withScheme === 0) return observed('host')
  return observed(withScheme === urls.length ? 'https' : 'other')
}

function rollbackOf(nodes: readonly Listed[]): Finding {
  const live = nodes.filter(({ status }) => status === 'SUCCESS')
  if (live.length === 0) return nothingToTest
  return observed(String(live.some(({ canRollback }) => canRollback)))
}

/** Sends a query for a page of `first` deployments, without their contents. */
const queryPage = (context: ProbeContext, input: unknown, first: number) =>
  sendQuery(
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
    const input = deploymentsInput(context)
    if (!input) return { [id]: nothingToTest }
    const result = await queryPage(context, input, 500)
    if (!result.ok) return { [id]: toUndecided(result) }
    if (result.response.error) {
      const reason = rejectionReason(result.response)
      if (reason !== 'page-too-large' && !isTooLarge(result.response))
        return { [id]: unusableResponse }
      for (const size of sizes) {
        const smaller = await queryPage(context, input, size)
        if (!smaller.ok) return { [id]: toUndecided(smaller) }
        if (!smaller.response.error) return { [id]: observed(`${size}-refused`) }
      }
      return { [id]: observed('other') }
    }
    const data = parseData(result, z.object({ deployments: countedConnection }))
    if (!data) return { [id]: unusableResponse }
    const { edges, pageInfo } = data.deployments
    if (!pageInfo?.hasNextPage)
      return { [id]: edges.length > 100 ? observed('500') : nothingToTest }
    const known = [500, ...sizes].some((size) => size === edges.length)
    return { [id]: observed(known ? String(edges.length) : 'other') }
  },
}

const ended: DiagnosisProbe = {
  name: 'ended-deployments',
  decides: ['skipped-reason', 'config-errors'],
  async run(context) {
    const input = deploymentsInput(context)
    if (!input) return sameFinding(this.decides, nothingToTest)
    const result = await sendQuery(
      context,
      `query DiagnoseEnded($input: DeploymentListInput!) {
        deployments(input: $input, first: 50) { edges { node { status meta } } }
      }`,
      { input: { ...input, status: { in: ['SKIPPED', 'FAILED'] } } },
    )
    const node = z.object({ status: z.string(), meta: metaShape })
    const edges = z.array(z.object({ node }))
    const data = parseData(result, z.object({ deployments: z.object({ edges }) }))
    if (!data) return sameFinding(this.decides, toUndecided(result))
    const nodes = data.deployments.edges.map((edge) => edge.node)
    const skipped = nodes.filter(({ status }) => status === 'SKIPPED')
    const hasReason = skipped.some(({ meta }) => typeof meta?.skippedReason === 'string')
    const errors = nodes.flatMap(({ meta }): unknown[] =>
      Array.isArray(meta?.configErrors) ? meta.configErrors : [],
    )
    const forms = new Set(errors.map((error) => typeof error))
    const form = forms.size > 1 ? 'other' : forms.has('string') ? 'strings' : 'objects'
    return {
      'skipped-reason':
        skipped.length === 0 ? nothingToTest : observed(hasReason ? 'told' : 'absent'),
      'config-errors': errors.length === 0 ? nothingToTest : observed(form),
    }
  },
}

const logs: DiagnosisProbe = {
  name: 'logs',
  decides: ['log-lines'],
  async run(context) {
    const id = 'log-lines'
    const running = findInstance(context, ({ active }) => active.length > 0)
    const [deployment] = running?.instance.active ?? []
    if (!deployment) return { [id]: nothingToTest }
    const shape = z.object({ deploymentLogs: z.array(z.unknown()) })
    const lines = async (limit: number) => {
      const result = await sendQuery(
        context,
        'query DiagnoseLogs($id: String!, $limit: Int!) { deploymentLogs(deploymentId: $id, limit: $limit) { timestamp } }',
        { id: deployment.id, limit },
      )
      return { result, count: parseData(result, shape)?.deploymentLogs.length ?? null }
    }
    const one = await lines(1)
    if (one.count === null) return { [id]: toUndecided(one.result) }
    if (one.count === 0) return { [id]: nothingToTest }
    if (one.count > 1) return { [id]: observed(one.count === 2 ? 'one-more' : 'other') }
    // The log may have only one line.
    const three = await lines(3)
    if (three.count === null) return { [id]: toUndecided(three.result) }
    return { [id]: three.count > 1 ? observed('exact') : nothingToTest }
  },
}

/** Probes of deployments and their logs. */
export const deploymentProbes: readonly DiagnosisProbe[] = [list, ended, logs, pageMaximum]
