import { readFile } from 'node:fs/promises'
import { buildClientSchema, buildSchema, type GraphQLSchema, getIntrospectionQuery } from 'graphql'
import { z } from 'zod'

/** What stands in an introspection answer; graphql-js checks the schema inside by itself. */
const introspection = z.union([
  z.object({ __schema: z.looseObject({}) }),
  z.object({ data: z.object({ __schema: z.looseObject({}) }) }).transform(({ data }) => data),
])

const refusal = z.object({ errors: z.array(z.object({ message: z.string() })).min(1) })

/** A schema from a file (SDL or introspection JSON) or from a server that answers introspection. */
export async function loadSchema(source: string, token?: string): Promise<GraphQLSchema> {
  if (/^https?:\/\//i.test(source)) return fetchSchema(new URL(source), token)
  const text = await readFile(source, 'utf8')
  return /^\s*\{\s*"/.test(text) ? fromIntrospection(JSON.parse(text), source) : buildSchema(text)
}

async function fetchSchema(url: URL, token: string | undefined): Promise<GraphQLSchema> {
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    throw new Error(`${url.origin}: plain http is for loopback addresses; use https`)
  }
  // The edge in front of Railway tells clients apart by the query string.
  url.searchParams.set('source', 'railway-workspace-deploy')
  const complete = await introspect(url, token, { inputValueDeprecation: true })
  // Servers older than deprecated arguments refuse to be asked about them.
  const { status, text } = complete.ok ? complete : await introspect(url, token, {})
  const body = parseJson(text)
  const refused = refusal.safeParse(body)
  if (refused.success) throw new Error(refusedText(url, refused.data.errors[0]?.message ?? ''))
  if (status !== 200) throw new Error(`${url.host} answered HTTP ${status} and no schema`)
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
  const { success, data } = introspection.safeParse(body)
  if (!success)
    throw new Error(`${source}: neither a schema nor the answer to an introspection query`)
  // graphql-js checks what it is given here and throws in words when it is not a schema.
  return buildClientSchema(data as unknown as Parameters<typeof buildClientSchema>[0])
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
