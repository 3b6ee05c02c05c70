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

/** Returns a copy of the value with `***` for each token of this world and for each token of the request. */
export function withoutTokens<T>(world: World, value: T, sent: string[]): T {
  const secrets = [...world.tokens.keys(), ...sent.filter(({ length }) => length > 7)]
  const clean = (text: string) =>
    secrets.reduce((rest, secret) => rest.replaceAll(secret, '***'), text)
  const copy = (one: unknown): unknown => {
    if (typeof one === 'string') return clean(one)
    if (Array.isArray(one)) return one.map(copy)
    if (typeof one !== 'object' || one === null) return one
    return Object.fromEntries(Object.entries(one).map(([key, below]) => [clean(key), copy(below)]))
  }
  return copy(value) as T
}
