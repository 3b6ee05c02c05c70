import type { Caller } from './caller.ts'
import type { PageLimits } from './connection.ts'
import type { Origin } from './origin.ts'
import type { World } from './world.ts'

/** The request that a resolver answers, as far as it needs to know it. */
export interface Context {
  world: World
  caller: Caller
  origin: Origin
  pages: PageLimits
  /** The rest of the caller's hourly limit, if there is one. */
  budget: () => { remaining: number; resetsAt: number } | null
  /** Keeps the request waiting, on purpose, until that time. */
  wait: (until: number) => Promise<void>
  /** Names of the mutation roots that took effect. */
  effects: string[]
}
