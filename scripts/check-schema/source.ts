import { readFile } from 'node:fs/promises'
import { buildClientSchema, buildSchema, type GraphQLSchema, getIntrospectionQuery } from 'graphql'
import { z } from 'zod'
import { introspectionSchema } from './introspection.ts'

/** The response to an introspection query, or only its data. */
const introspection = z.union([
  z.object({ __schema: z.looseObject({}) }),
  z.object({ data: z.object({ __schema: z.looseObject({}) }) }).transform(({ data }) => data),
])

const refusal = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) })

/** Reads a schema from a file (SDL or introspection JSON), or from a server by an introspection query. */
export async function loadSchema(source: string, token?: string): Promise<GraphQLSchema> {
  if (/^https?:\/\//i.test(source)) return fetchSchema(new URL(source), token)
  const text = await readFile(source, 'utf8')
  return /^\s*\{\s*"/.test(text) ? fromIntrospection(JSON.parse(text), source) : buildSchema(text)
}

async function fetchSchema(url: URL, token: string | undefined): Promise<GraphQLSchema> {
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new Error(
      `Expected an https address, not ${url.origin}. Only loopback addresses may use http.`,
    )
  }
  // The rate limit of the network in front of Railway is lower for requests without a query string.
  url.searchParams.set('source', 'railway-workspace-deploy')
  const complete = await introspect(url, token, { inputValueDeprecation: true })
  // Servers without support for deprecated arguments refuse a query with `inputValueDeprecation`.
  const { status, text } = complete.ok ? complete : await introspect(url, token, {})
  const body = parseJson(text)
  const refused = refusal.safeParse(body)
  if (refused.success) throw new Error(refusedText(url, refused.data.errors[0]?.message ?? ''))
  if (status !== 200) {
    throw new Error(`Cannot read the schema from ${url.host}: the response is HTTP ${status}.`)
  }
  return fromIntrospection(body, url.host)
}

type Options = Parameters<typeof getIntrospectionQuery>[0]

async function introspect(url: URL, token: string | undefined, options: Options) {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    headers: {
      'content-type': 'application/json',
      'user-agent': 'railway-workspace-deploy',
      ...(token ? { authorization: `Bearer ${token}` } : {}),
    },
    body: JSON.stringify({ query: getIntrospectionQuery(options) }),
    signal: AbortSignal.timeout(30_000),
  })
  const text = await response.text()
  return {
    ok: response.ok && !refusal.safeParse(parseJson(text)).success,
    status: response.status,
    text,
  }
}

function refusedText(url: URL, message: string): string {
  return `${url.host} refuses introspection: ${message}. Set RAILWAY_API_TOKEN, or check against a schema file.`
}

function fromIntrospection(body: unknown, source: string): GraphQLSchema {
  const response = introspection.safeParse(body)
  if (!response.success) {
    throw new Error(`Expected a schema or the response to an introspection query in ${source}.`)
  }
  const schema = introspectionSchema.safeParse(response.data.__schema)
  if (!schema.success) {
    throw new Error(`The schema in ${source} is not valid:\n${z.prettifyError(schema.error)}`)
  }
  return buildClientSchema({ __schema: schema.data })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname)
}
