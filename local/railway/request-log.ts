import type { Authentication } from './caller.ts'
import type { RequestFacts } from './faults.ts'
import type { World } from './world.ts'

/** An entry of the request log. It contains no token. */
export interface LoggedRequest {
  /** Order of arrival, from 0. */
  index: number
  /** Time of arrival, in milliseconds since the epoch. */
  at: number
  operationName: string | null
  kind: RequestFacts['kind'] | 'other'
  /** Names of the root fields, one for each alias. An upload has the root `up`. */
  roots: string[]
  variables: Record<string, unknown>
  authentication: Authentication
  method: string
  /** Path and query string. */
  url: string
  userAgent: string | null
  /** Status of the response; `null` until a response is sent. */
  status: number | null
  /** Time of the response, in milliseconds since the epoch; `null` until it is sent. */
  answeredAt: number | null
  /** Name of the fault that was injected. */
  fault: string | null
  /** Whether a mutation or an upload changed something, even if no response was sent. */
  effect: boolean
}

/** The parts of an entry that contain text from the request. */
export type RequestTexts = Pick<LoggedRequest, 'operationName' | 'roots' | 'variables' | 'url'>

/** Returns a copy of the texts with `***` for each token of this world and for each token of the request. */
export function withoutTokens(
  world: World,
  { operationName, roots, variables, url }: RequestTexts,
  sent: string[],
): RequestTexts {
  const secrets = [...world.tokens.keys(), ...sent.filter(({ length }) => length > 7)]
  const redact = (text: string) =>
    secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
  return {
    operationName: operationName === null ? null : redact(operationName),
    roots: roots.map(redact),
    variables: redactObject(variables, redact),
    url: redact(url),
  }
}

/** Returns a copy of the object with `redact` applied to every key and to every text, at any depth. */
function redactObject(object: object, redact: (text: string) => string): Record<string, unknown> {
  const redactValue = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value)
    if (Array.isArray(value)) return value.map(redactValue)
    if (typeof value !== 'object' || value === null) return value
    return redactObject(value, redact)
  }
  return Object.fromEntries(
    Object.entries(object).map(([key, value]) => [redact(key), redactValue(value)]),
  )
}
