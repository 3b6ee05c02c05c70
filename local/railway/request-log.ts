import type { Authentication } from './caller.ts'
import type { RequestFacts } from './faults.ts'
import type { World } from './world.ts'

/** A request as tests look back on it. It never holds a token. */
export interface LoggedRequest {
  /** Order of arrival, from 0. */
  index: number
  at: number
  operationName: string | null
  kind: RequestFacts['kind'] | 'other'
  /** Names of the root fields, one for each alias; of an upload it is `up`. */
  roots: string[]
  variables: Record<string, unknown>
  authentication: Authentication
  method: string
  /** Path and query string. */
  url: string
  userAgent: string | null
  /** `null` while, or because, no answer was sent. */
  status: number | null
  answeredAt: number | null
  /** Name of the fault that was injected. */
  fault: string | null
  /** Whether a mutation or an upload changed something, answered or not. */
  effect: boolean
}

/** A copy of the value in which no string holds a token of this world, or one that was sent. */
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
