import { z } from 'zod'
import { assumptions } from '../assumptions/index.ts'
import {
  type DiagnosisProbe,
  type Finding,
  nothingToTest,
  observed,
  type ProbeContext,
  sameFinding,
  sendQuery,
  toUndecided,
  undecided,
  unusableResponse,
} from './probe.ts'
import { isTooLarge, rejectionReason } from './query-client.ts'

const named = z.array(z.object({ name: z.string() }))

const schemaShape = z.object({
  query: z.object({ fields: named }),
  instance: z.object({ fields: named }),
  status: z.object({ enumValues: named }),
})

/** The fields and values that were added to Railway's schema recently, as `Type.member`. */
const recentMembers = assumptions
  .filter(({ id }) => id === 'missing')
  .flatMap(({ variants }) => variants.map(({ id }) => id))
  .filter((id) => id.includes('.'))

const schema: DiagnosisProbe = {
  name: 'schema',
  decides: ['introspection', 'missing'],
  async run(context) {
    const queryType = 'query DiagnoseIntrospection { __schema { queryType { name } } }'
    const types = `query DiagnoseSchema {
      query: __type(name: "Query") { fields { name } }
      instance: __type(name: "ServiceInstance") { fields { name } }
      status: __type(name: "EnvironmentPatchStatus") { enumValues { name } }
    }`
    const withToken = await sendQuery(context, types)
    const withoutToken = await context.client.send(queryType, {}, 'none')
    const answered = withToken.ok && !withToken.response.error
    const refused = withToken.ok && withToken.response.error !== null
    const isPublic = withoutToken.ok && !withoutToken.response.error
    const introspection = isPublic
      ? observed('everybody')
      : !withoutToken.ok
        ? toUndecided(withoutToken)
        : answered
          ? observed('tokens')
          : refused
            ? observed('nobody')
            : toUndecided(withToken)
    const parsed = withToken.ok ? schemaShape.safeParse(withToken.response.data) : null
    if (!parsed?.success) return { introspection, missing: toUndecided(withToken) }
    return { introspection, missing: missingIn(parsed.data) }
  },
}

function missingIn({ query, instance, status }: z.infer<typeof schemaShape>): Finding {
  const there = new Set([
    ...query.fields.map(({ name }) => `Query.${name}`),
    ...instance.fields.map(({ name }) => `ServiceInstance.${name}`),
    ...status.enumValues.map(({ name }) => `EnvironmentPatchStatus.${name}`),
  ])
  const missing = recentMembers.filter((part) => !there.has(part))
  if (missing.length === 0) return observed('nothing')
  return missing.length === recentMembers.length ? observed('all') : observed(...missing)
}

/** Sends a query with a number of root fields. */
const queryRootFields = (context: ProbeContext, count: number) =>
  sendQuery(
    context,
    `query DiagnoseRootFields { ${Array.from({ length: count }, (_, index) => `a${index}: __typename`).join(' ')} }`,
  )

/** The number of root fields in the smallest test: one more than the lowest limit of the assumption. */
const fewRootFields = 11

const roots: DiagnosisProbe = {
  name: 'root-fields',
  decides: ['root-fields', 'rate-limit-unit'],
  async run(context) {
    const small = await queryRootFields(context, fewRootFields)
    if (!small.ok) return sameFinding(this.decides, toUndecided(small))
    const { cost, error } = small.response
    if (error) {
      const limit = isTooLarge(small.response) ? observed('10') : unusableResponse
      return { 'root-fields': limit, 'rate-limit-unit': nothingToTest }
    }
    if (cost !== null && cost >= fewRootFields) {
      const tooExpensive = undecided('too expensive')
      return { 'root-fields': tooExpensive, 'rate-limit-unit': observed('root-field') }
    }
    const unit = cost === null ? nothingToTest : observed('request')
    const large = await queryRootFields(context, 101)
    if (!large.ok || !large.response.error) {
      const found = large.ok ? observed('any') : toUndecided(large)
      return { 'root-fields': found, 'rate-limit-unit': unit }
    }
    if (!isTooLarge(large.response))
      return { 'root-fields': unusableResponse, 'rate-limit-unit': unit }
    const middle = await queryRootFields(context, 51)
    const found = !middle.ok ? toUndecided(middle) : observed(middle.response.error ? '50' : '100')
    return { 'root-fields': found, 'rate-limit-unit': unit }
  },
}

/** Sends a query with a number of fields of one project. */
const queryFields = (context: ProbeContext, id: string, count: number) =>
  sendQuery(
    context,
    `query DiagnoseFields($id: String!) { project(id: $id) { ${Array.from({ length: count }, (_, index) => `a${index}: id`).join(' ')} } }`,
    { id },
  )

const fields: DiagnosisProbe = {
  name: 'fields',
  decides: ['fields'],
  async run(context) {
    const [project] = context.inventory.projects
    if (!project) return { fields: nothingToTest }
    const large = await queryFields(context, project.id, 1001)
    if (!large.ok) return { fields: toUndecided(large) }
    if (!large.response.error) return { fields: observed('any') }
    if (!isTooLarge(large.response)) return { fields: unusableResponse }
    const small = await queryFields(context, project.id, 201)
    if (!small.ok) return { fields: toUndecided(small) }
    return { fields: observed(small.response.error ? '200' : '1000') }
  },
}

/** Sends a query whose pages may contain `first` × 100 objects. */
const queryPages = (context: ProbeContext, first: number) =>
  sendQuery(
    context,
    `query DiagnoseObjects($id: String!, $first: Int!) {
      projects(workspaceId: $id, first: $first) { edges { node { environments(first: 100) { edges { cursor } } } } }
    }`,
    { id: context.workspaceId, first },
  )

const objects: DiagnosisProbe = {
  name: 'objects',
  decides: ['objects'],
  async run(context) {
    if (context.workspaceId === null) return { objects: undecided('another token') }
    const large = await queryPages(context, 101)
    if (!large.ok) return { objects: toUndecided(large) }
    if (!large.response.error) return { objects: observed('any') }
    if (!isTooLarge(large.response)) return { objects: unusableResponse }
    const small = await queryPages(context, 11)
    if (!small.ok) return { objects: toUndecided(small) }
    return { objects: observed(small.response.error ? '1000' : '10000') }
  },
}

const badInput: DiagnosisProbe = {
  name: 'bad-input',
  decides: ['bad-input', 'trace-id'],
  async run(context) {
    const result = await sendQuery(
      context,
      'query DiagnoseBadInput($id: String!) { project(id: $id) { id } }',
      { id: 7 },
    )
    const traced = context.client.errors.find(
      ({ traceId, extensions }) => traceId || extensions?.traceId,
    )
    const trace = traced ? observed(traced.traceId ? 'error' : 'extensions') : toUndecided(result)
    if (!result.ok || rejectionReason(result.response) === 'not-authorized') {
      return { 'bad-input': toUndecided(result), 'trace-id': trace }
    }
    const { status, error } = result.response
    const variant = error && (status === 200 || status === 400) ? String(status) : 'other'
    return { 'bad-input': observed(variant), 'trace-id': trace }
  },
}

/**
 * The probes of GraphQL documents and their limits. The order matters: `roots` compares the remaining requests in its
 * first response with those in the response before it.
 */
export const documentProbes: readonly DiagnosisProbe[] = [schema, roots, fields, objects, badInput]
