import { z } from 'zod'
import { assumptions } from '../assumptions/index.ts'
import {
  all,
  ask,
  type DiagnosisProbe,
  type Finding,
  nothing,
  type ProbeContext,
  seen,
  undecided,
  unread,
  unusable,
} from './probe.ts'
import { isTooLarge, refusalOf } from './query-client.ts'

const named = z.array(z.object({ name: z.string() }))

const schemaShape = z.object({
  query: z.object({ fields: named }),
  instance: z.object({ fields: named }),
  status: z.object({ enumValues: named }),
})

/** The newer parts of the schema, as `Type.member`, which some servers may lack. */
const newerParts = assumptions
  .filter(({ id }) => id === 'missing')
  .flatMap(({ variants }) => variants.map(({ id }) => id))
  .filter((id) => id.includes('.'))

const schema: DiagnosisProbe = {
  name: 'schema',
  decides: ['introspection', 'missing'],
  async run(context) {
    const open = 'query DiagnoseIntrospection { __schema { queryType { name } } }'
    const types = `query DiagnoseSchema {
      query: __type(name: "Query") { fields { name } }
      instance: __type(name: "ServiceInstance") { fields { name } }
      status: __type(name: "EnvironmentPatchStatus") { enumValues { name } }
    }`
    const withToken = await ask(context, types)
    const without = await context.queries.ask(open, {}, 'none')
    const answered = withToken.ok && !withToken.answer.error
    const refused = withToken.ok && withToken.answer.error !== null
    const isOpen = without.ok && !without.answer.error
    const introspection = isOpen
      ? seen('everybody')
      : !without.ok
        ? unread(without)
        : answered
          ? seen('tokens')
          : refused
            ? seen('nobody')
            : unread(withToken)
    const parsed = withToken.ok ? schemaShape.safeParse(withToken.answer.data) : null
    if (!parsed?.success) return { introspection, missing: unread(withToken) }
    return { introspection, missing: missingIn(parsed.data) }
  },
}

function missingIn({ query, instance, status }: z.infer<typeof schemaShape>): Finding {
  const there = new Set([
    ...query.fields.map(({ name }) => `Query.${name}`),
    ...instance.fields.map(({ name }) => `ServiceInstance.${name}`),
    ...status.enumValues.map(({ name }) => `EnvironmentPatchStatus.${name}`),
  ])
  const missing = newerParts.filter((part) => !there.has(part))
  if (missing.length === 0) return seen('nothing')
  return missing.length === newerParts.length ? seen('all') : seen(...missing)
}

/** Requests a document with so many aliases at its root. */
const rootFields = (context: ProbeContext, count: number) =>
  ask(
    context,
    `query DiagnoseRootFields { ${Array.from({ length: count }, (_, index) => `a${index}: __typename`).join(' ')} }`,
  )

const few = 11

const roots: DiagnosisProbe = {
  name: 'root-fields',
  decides: ['root-fields', 'rate-limit-unit'],
  async run(context) {
    const small = await rootFields(context, few)
    if (!small.ok) return all(this.decides, unread(small))
    const { cost, error } = small.answer
    if (error) {
      const limit = isTooLarge(small.answer) ? seen('10') : unusable
      return { 'root-fields': limit, 'rate-limit-unit': nothing }
    }
    if (cost !== null && cost >= few) {
      const dear = undecided('too expensive')
      return { 'root-fields': dear, 'rate-limit-unit': seen('root-field') }
    }
    const unit = cost === null ? nothing : seen('request')
    const large = await rootFields(context, 101)
    if (!large.ok || !large.answer.error) {
      const found = large.ok ? seen('any') : unread(large)
      return { 'root-fields': found, 'rate-limit-unit': unit }
    }
    if (!isTooLarge(large.answer)) return { 'root-fields': unusable, 'rate-limit-unit': unit }
    const middle = await rootFields(context, 51)
    const found = !middle.ok ? unread(middle) : seen(middle.answer.error ? '50' : '100')
    return { 'root-fields': found, 'rate-limit-unit': unit }
  },
}

/** Requests a document with so many fields below its root. */
const fieldsBelow = (context: ProbeContext, id: string, count: number) =>
  ask(
    context,
    `query DiagnoseFields($id: String!) { project(id: $id) { ${Array.from({ length: count }, (_, index) => `a${index}: id`).join(' ')} } }`,
    { id },
  )

const fields: DiagnosisProbe = {
  name: 'fields',
  decides: ['fields'],
  async run(context) {
    const [project] = context.inventory.projects
    if (!project) return { fields: nothing }
    const large = await fieldsBelow(context, project.id, 1001)
    if (!large.ok) return { fields: unread(large) }
    if (!large.answer.error) return { fields: seen('any') }
    if (!isTooLarge(large.answer)) return { fields: unusable }
    const small = await fieldsBelow(context, project.id, 201)
    if (!small.ok) return { fields: unread(small) }
    return { fields: seen(small.answer.error ? '200' : '1000') }
  },
}

/** Requests pages that may hold so many times a hundred objects. */
const pages = (context: ProbeContext, first: number) =>
  ask(
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
    const large = await pages(context, 101)
    if (!large.ok) return { objects: unread(large) }
    if (!large.answer.error) return { objects: seen('any') }
    if (!isTooLarge(large.answer)) return { objects: unusable }
    const small = await pages(context, 11)
    if (!small.ok) return { objects: unread(small) }
    return { objects: seen(small.answer.error ? '1000' : '10000') }
  },
}

const badInput: DiagnosisProbe = {
  name: 'bad-input',
  decides: ['bad-input', 'trace-id'],
  async run(context) {
    const asked = await ask(
      context,
      'query DiagnoseBadInput($id: String!) { project(id: $id) { id } }',
      { id: 7 },
    )
    const traced = context.queries.errors.find(
      ({ traceId, extensions }) => traceId || extensions?.traceId,
    )
    const trace = traced ? seen(traced.traceId ? 'error' : 'extensions') : unread(asked)
    if (!asked.ok || refusalOf(asked.answer) === 'not-authorized') {
      return { 'bad-input': unread(asked), 'trace-id': trace }
    }
    const { status, error } = asked.answer
    const reading = error && (status === 200 || status === 400) ? String(status) : 'other'
    return { 'bad-input': seen(reading), 'trace-id': trace }
  },
}

/** The probes of documents and their limits. The cost of `roots` is the difference from the answer before it. */
export const documentProbes: readonly DiagnosisProbe[] = [schema, roots, fields, objects, badInput]
