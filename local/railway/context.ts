import type { Caller } from './caller.ts'
import type { PageLimits } from './connection.ts'
import type { Origin } from './origin.ts'
import type { World } from './world.ts'

/** What resolvers know of the request they answer. */
export interface Context {
  world: World
  caller: Caller
  origin: Origin
  pages: PageLimits
  /** What is left of the caller's hourly limit, where there is one. */
  budget: () => { remaining: number; resetsAt: number } | null
  /** Keeps the request waiting, on purpose, until that time. */
  wait: (until: number) => Promise<void>
  /** Names of the mutation roots that took effect. */
  effects: string[]
}
