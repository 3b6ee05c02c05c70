import type { Behaviour } from './behaviour.ts'
import type { Fault } from './faults.ts'
import { edgeLimited, errors, type HttpResponse, html, json, text } from './http-response.ts'

/** The end of a request: a response, a response that ends in the middle of the body, no response, or a reset connection. */
export type Ending =
  | { kind: 'response'; response: HttpResponse }
  | { kind: 'cut'; response: HttpResponse }
  | { kind: 'reset' }
  | { kind: 'silence' }

/** The operations on a request that a fault consists of. */
export interface FaultTarget {
  /** Executes the request and returns its response. New objects appear in lists after `lagSeconds`. */
  perform: (options: { lagSeconds: number }) => Promise<HttpResponse>
  /** Delays the request by this number of seconds. */
  wait: (seconds: number) => Promise<void>
  /** Returns the response to a request that exceeds the rate limit. */
  rateLimited: (retryAfter: number) => HttpResponse
  traceId: string
  /** Name of the first root field. */
  root: string | null
}

/** Executes a request with the fault, or without one if `fault` is undefined. */
export async function performWithFault(
  fault: Fault | undefined,
  target: FaultTarget,
): Promise<Ending> {
  const perform = () => target.perform({ lagSeconds: 0 })
  const respond = (response: HttpResponse): Ending => ({ kind: 'response', response })
  if (!fault) return respond(await perform())
  switch (fault.kind) {
    case 'reset':
    case 'silence':
      if (fault.effect) await perform()
      return { kind: fault.kind }
    case 'status':
      if (fault.effect) await perform()
      return respond(failure(fault, target.traceId))
    case 'slow': {
      const response = await perform()
      await target.wait(fault.seconds)
      return respond(response)
    }
    case 'late':
      await target.wait(fault.seconds)
      return respond(await perform())
    case 'truncated': {
      const whole = await perform()
      return respond({ ...whole, body: whole.body.slice(0, Math.floor(whole.body.length / 2)) })
    }
    case 'cut':
      return { kind: 'cut', response: await perform() }
    case 'empty':
      return respond({ ...(await perform()), body: '' })
    case 'shape':
      return respond(withChangedField(await perform(), fault))
    case 'gap':
      return respond(withNullField(await perform(), fault.field, target.traceId))
    case 'list-lag':
      return respond(await target.perform({ lagSeconds: fault.seconds }))
    case 'rate-limited':
      return respond(target.rateLimited(fault.retryAfter))
    case 'edge-limited':
      return respond(edgeLimited(fault.retryAfter))
    case 'error':
      if (fault.effect) await perform()
      return respond(errorResponse(fault, target))
    case 'redirect':
      return respond({ status: 302, headers: { location: fault.location }, body: '' })
    case 'fixed-data':
      return respond(json(200, { data: fault.data }))
  }
}

function failure(
  { status, body, retryAfter }: Extract<Fault, { kind: 'status' }>,
  traceId: string,
): HttpResponse {
  const code = 'INTERNAL_SERVER_ERROR'
  const bodies = {
    json: () => errors(status, 'Internal Server Error', { code, traceId }),
    html: () => html(status, `<html><body><h1>${status} Bad Gateway</h1></body></html>`),
    text: () => text(status, 'upstream connect error or disconnect/reset before headers'),
  }
  const response = bodies[body]()
  if (retryAfter !== undefined) response.headers['retry-after'] = String(retryAfter)
  return response
}

/** Returns the 429 of Railway's rate limit. Its body and `Retry-After` have the format of the world's behaviour. */
export function rateLimited(
  seconds: number,
  { behaviour, now, traceId }: { behaviour: Behaviour; now: number; traceId: string },
): HttpResponse {
  const message = 'Rate limit exceeded, please try again later'
  const response =
    behaviour.rateLimitedBody === 'graphql'
      ? errors(429, message, { code: 'RATE_LIMITED', traceId })
      : json(429, { message })
  const format = behaviour.retryAfter
  if (format === 'seconds') response.headers['retry-after'] = String(seconds)
  if (format === 'date') {
    response.headers['retry-after'] = new Date(now + seconds * 1000).toUTCString()
  }
  return response
}

function errorResponse(
  { message, code, path = true, extensions }: Extract<Fault, { kind: 'error' }>,
  { traceId, root }: FaultTarget,
): HttpResponse {
  const error = {
    message,
    ...(path && root && { path: [path === true ? root : path] }),
    extensions: { code: code ?? 'INTERNAL_SERVER_ERROR', ...extensions },
    traceId,
  }
  return json(200, { errors: [error], data: null })
}

/** Returns the response with one field renamed, null, or of another type, wherever it occurs. */
function withChangedField(
  response: HttpResponse,
  { field, change }: Extract<Fault, { kind: 'shape' }>,
): HttpResponse {
  const body: unknown = JSON.parse(response.body || '{}')
  const first = field ?? firstKey(isPlain(body) && isPlain(body.data) ? body.data : body)
  const walk = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(walk)
    if (!isPlain(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, below]) => {
        if (key !== first) return [key, walk(below)]
        if (change === 'rename') return [`${key}Renamed`, below]
        return [key, change === 'null' ? null : retyped(below)]
      }),
    )
  }
  return { ...response, body: JSON.stringify(walk(body)) }
}

/** Returns the response with one field null wherever it occurs, and an error for each occurrence. */
function withNullField(response: HttpResponse, field: string, traceId: string): HttpResponse {
  const errors: object[] = []
  const walk = (value: unknown, path: (string | number)[]): unknown => {
    if (Array.isArray(value)) return value.map((one, index) => walk(one, [...path, index]))
    if (!isPlain(value)) return value
    return Object.fromEntries(
      Object.entries(value).map(([key, below]) => {
        const here = [...path, key]
        if (key !== field) return [key, walk(below, here)]
        const extensions = { code: 'INTERNAL_SERVER_ERROR' }
        errors.push({ message: 'Problem processing request', path: here, extensions, traceId })
        return [key, null]
      }),
    )
  }
  const body: unknown = JSON.parse(response.body || '{}')
  const data = walk(isPlain(body) ? body.data : null, [])
  return { ...response, body: JSON.stringify({ data, errors }) }
}

const firstKey = (value: unknown): string | undefined =>
  isPlain(value) ? Object.keys(value)[0] : undefined

const retyped = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? 'seven' : 7

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
