import type { Caller } from './caller.ts'
import type { PageLimits } from './connection.ts'
import type { Origin } from './origin.ts'
import type { World } from './world.ts'

/** The context of a resolver: the world, and the request that is being handled. */
export interface Context {
  world: World
  caller: Caller
  origin: Origin
  pages: PageLimits
  /** Returns the rest of the caller's limit per hour, and the end of that hour. `null`: there is no limit. */
  budget: () => { remaining: number; resetsAt: number } | null
  /** Delays the request until this time, in milliseconds since the epoch. */
  wait: (until: number) => Promise<void>
  /** Names of the mutations in this request that took effect. */
  effects: string[]
}
