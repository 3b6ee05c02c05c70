import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../../src/clock.ts'
import { ApiContext } from '../../src/railway/adapters/api-context.ts'
import { RailwayClient } from '../../src/railway/transport/client.ts'
import { Transport, type TransportOptions } from '../../src/railway/transport/transport.ts'
import { Redactor } from '../../src/redactor.ts'
import { Secret } from '../../src/secret.ts'

/** The start of these tests. */
export const start = Date.UTC(2026, 0, 5, 9)

interface Timer {
  readonly at: number
  fire(): void
}

/** A clock that advances to the next timer as soon as nothing else happens. */
export class TestClock implements Clock {
  #now = start
  #timers = new Set<Timer>()
  #running = false

  now(): number {
    return this.#now
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted || milliseconds <= 0) return resolve()
      const timer: Timer = {
        at: this.#now + milliseconds,
        fire: () => {
          this.#timers.delete(timer)
          signal?.removeEventListener('abort', timer.fire)
          resolve()
        },
      }
      this.#timers.add(timer)
      signal?.addEventListener('abort', timer.fire, { once: true })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    while (this.#timers.size > 0) {
      for (let turn = 0; turn < 5; turn += 1) await nextTurn()
      const next = [...this.#timers].sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#now = Math.max(this.#now, next.at)
      next.fire()
    }
    this.#running = false
  }
}

/** A request as the API receives it. */
export interface SentRequest {
  readonly operation: string
  readonly variables: Record<string, unknown>
  readonly headers: Headers
  readonly at: number
}

/** Makes a GraphQL response with data. */
export const data = (value: unknown): Response => Response.json({ data: value })

/** Makes a client whose API is a function, on a clock that advances by itself. */
export function scriptedClient(
  answer: (request: SentRequest, count: number) => Response | Promise<Response>,
  options: Partial<TransportOptions> = {},
) {
  const clock = new TestClock()
  const requests: SentRequest[] = []
  const transport = new Transport({
    url: 'https://railway.test/graphql/v2',
    token: new Secret('token-of-the-test'),
    fetch: async (_url, init) => {
      const body = typeof init?.body === 'string' ? JSON.parse(init.body) : {}
      const request: SentRequest = {
        operation: /\b(?:query|mutation)\s+(\w+)/.exec(body.query ?? '')?.[1] ?? '',
        variables: body.variables ?? {},
        headers: new Headers(init?.headers),
        at: clock.now(),
      }
      requests.push(request)
      return answer(request, requests.length)
    },
    clock,
    random: () => 0.5,
    signal: new AbortController().signal,
    abandon: new AbortController().signal,
    deadline: () => start + 1_800_000,
    redactor: new Redactor(),
    onRequest: () => {},
    onWait: () => {},
    ...options,
  })
  const client = new RailwayClient(transport)
  return { client, context: new ApiContext(client, 'workspace'), clock, requests }
}
