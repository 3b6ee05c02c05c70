import type { Clock } from '../../local/clock.ts'
import {
  createWorld,
  type LocalRailway,
  type LocalRailwayOptions,
  startLocalRailway,
  type World,
} from '../../local/railway/index.ts'
import type { WorldOptions } from '../../local/railway/world-options.ts'

/** A clock that stops until a test continues it. */
export interface ManualClock extends Clock {
  /** Advances by so many seconds; every sleep until then ends. */
  pass(seconds: number): Promise<void>
  /** Returns the ids of the requests that are held. */
  held: (string | undefined)[]
}

export function manualClock(): ManualClock {
  let now = Date.parse('2026-11-20T12:00:00Z')
  let sleepers: { time: number; wake: () => void }[] = []
  const held: (string | undefined)[] = []
  return {
    now: () => now,
    sleepUntil: (time) =>
      time <= now
        ? Promise.resolve()
        : new Promise((wake) => {
            sleepers.push({ time, wake })
          }),
    hold(id) {
      held.push(id)
      return () => {
        held.splice(held.indexOf(id), 1)
      }
    },
    held,
    async pass(seconds) {
      now += seconds * 1000
      const due = sleepers.filter(({ time }) => time <= now)
      sleepers = sleepers.filter(({ time }) => time > now)
      for (const { wake } of due) wake()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

export interface GraphQLAnswer {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: responses are compared as a whole, or by the field
  body: any
}

export interface Bench {
  clock: ManualClock
  world: World
  railway: LocalRailway
  /** Sends a document with a Bearer token, or with these headers. */
  ask(
    auth: string | Record<string, string>,
    query: string,
    variables?: Record<string, unknown>,
  ): Promise<GraphQLAnswer>
}

const open: LocalRailway[] = []

/** Cleans up, for `afterEach`. */
export async function closeAll(): Promise<void> {
  await Promise.all(open.splice(0).map((railway) => railway.close()))
}

export async function bench(
  options: Partial<LocalRailwayOptions> & {
    behaviour?: NonNullable<WorldOptions['behaviour']>
  } = {},
): Promise<Bench> {
  const clock = manualClock()
  const { behaviour = {}, ...rest } = options
  const world = options.world ?? createWorld({ clock, behaviour })
  const railway = await startLocalRailway({ clock, ...rest, world })
  open.push(railway)
  return {
    clock,
    world,
    railway,
    async ask(auth, query, variables) {
      const headers = typeof auth === 'string' ? { authorization: `Bearer ${auth}` } : auth
      const response = await fetch(`${railway.url}?source=test`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ query, variables }),
        redirect: 'manual',
      })
      const text = await response.text()
      const isJson = response.headers.get('content-type')?.startsWith('application/json')
      let body: unknown
      try {
        body = isJson ? JSON.parse(text) : undefined
      } catch {
        body = undefined
      }
      return { status: response.status, headers: response.headers, text, body }
    },
  }
}
