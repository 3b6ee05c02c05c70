import { type Answer, edgeLimited, errors, html, json, text } from './answer.ts'
import type { Behaviour } from './behaviour.ts'
import type { Fault } from './faults.ts'

/** The ending of a request: an answer, half of one, none, or the end of the connection. */
export type Ending =
  | { kind: 'answer'; answer: Answer }
  | { kind: 'cut'; answer: Answer }
  | { kind: 'reset' }
  | { kind: 'silence' }

/** The request that a fault happens to. */
export interface Subject {
  /** Does what was asked for, and words the answer. */
  perform: (options: { lagSeconds: number }) => Promise<Answer>
  /** Keeps the request waiting for so many seconds. */
  wait: (seconds: number) => Promise<void>
  /** The answer to a request beyond the limit. */
  rateLimited: (retryAfter: number) => Answer
  traceId: string
  /** The first root field's key in the answer. */
  root: string | null
}

export async function undergo(fault: Fault | undefined, subject: Subject): Promise<Ending> {
  const perform = () => subject.perform({ lagSeconds: 0 })
  const answer = (given: Answer): Ending => ({ kind: 'answer', answer: given })
  if (!fault) return answer(await perform())
  switch (fault.kind) {
    case 'reset':
    case 'silence':
      if (fault.effect) await perform()
      return { kind: fault.kind }
    case 'status':
      if (fault.effect) await perform()
      return answer(failure(fault, subject.traceId))
    case 'slow': {
      const given = await perform()
      await subject.wait(fault.seconds)
      return answer(given)
    }
    case 'late':
      await subject.wait(fault.seconds)
      return answer(await perform())
    case 'truncated': {
      const given = await perform()
      return answer({ ...given, body: given.body.slice(0, Math.floor(given.body.length / 2)) })
    }
    case 'cut':
      return { kind: 'cut', answer: await perform() }
    case 'empty':
      return answer({ ...(await perform()), body: '' })
    case 'shape':
      return answer(reshaped(await perform(), fault))
    case 'gap':
      return answer(withGaps(await perform(), fault.field, subject.traceId))
    case 'list-lag':
      return answer(await subject.perform({ lagSeconds: fault.seconds }))
    case 'rate-limited':
      return answer(subject.rateLimited(fault.retryAfter))
    case 'edge-limited':
      return answer(edgeLimited(fault.retryAfter))
    case 'error':
      if (fault.effect) await perform()
      return answer(worded(fault, subject))
    case 'redirect':
      return answer({ status: 302, headers: { location: fault.location }, body: '' })
    case 'says':
      return answer(json(200, { data: fault.data }))
  }
}

function failure(
  { status, body, retryAfter }: Extract<Fault, { kind: 'status' }>,
  traceId: string,
): Answer {
  const code = 'INTERNAL_SERVER_ERROR'
  const bodies = {
    json: () => errors(status, 'Internal Server Error', { code, traceId }),
    html: () => html(status, `<html><body><h1>${status} Bad Gateway</h1></body></html>`),
    text: () => text(status, 'upstream connect error or disconnect/reset before headers'),
  }
  const answer = bodies[body]()
  if (retryAfter !== undefined) answer.headers['retry-after'] = String(retryAfter)
  return answer
}

/** Refuses a request beyond the limit, in the form that the world's behaviour has. */
export function rateLimited(
  seconds: number,
  { behaviour, now, traceId }: { behaviour: Behaviour; now: number; traceId: string },
): Answer {
  const message = 'Rate limit exceeded, please try again later'
  const answer =
    behaviour.rateLimitedBody === 'graphql'
      ? errors(429, message, { code: 'RATE_LIMITED', traceId })
      : json(429, { message })
  const form = behaviour.retryAfter
  if (form === 'seconds') answer.headers['retry-after'] = String(seconds)
  if (form === 'date') {
    answer.headers['retry-after'] = new Date(now + seconds * 1000).toUTCString()
  }
  return answer
}

function worded(
  { message, code, path = true, extensions }: Extract<Fault, { kind: 'error' }>,
  { traceId, root }: Subject,
): Answer {
  const error = {
    message,
    ...(path && root && { path: [root] }),
    extensions: { code: code ?? 'INTERNAL_SERVER_ERROR', ...extensions },
    traceId,
  }
  return json(200, { errors: [error], data: null })
}

/** The answer with one field, wherever it occurs, not as the schema has it. */
function reshaped(answer: Answer, { field, change }: Extract<Fault, { kind: 'shape' }>): Answer {
  const body: unknown = JSON.parse(answer.body || '{}')
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
  return { ...answer, body: JSON.stringify(walk(body)) }
}

/** The answer with one field null wherever it occurs. */
function withGaps(answer: Answer, field: string, traceId: string): Answer {
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
  const body: unknown = JSON.parse(answer.body || '{}')
  const data = walk(isPlain(body) ? body.data : null, [])
  return { ...answer, body: JSON.stringify({ data, errors }) }
}

const firstKey = (value: unknown): string | undefined =>
  isPlain(value) ? Object.keys(value)[0] : undefined

const retyped = (value: unknown): unknown =>
  typeof value === 'number' || typeof value === 'boolean' ? 'seven' : 7

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
