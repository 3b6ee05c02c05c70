import type { Clock } from './clock.ts'
import type { Archives } from './execute/ports.ts'
import type { Runner } from './github/runner.ts'
import type { Plan } from './plan/plan.ts'
import type { CommitHistory, Directories } from './plan/ports.ts'
import type { Proxies } from './proxy.ts'
import type { Fetch } from './railway/transport/http.ts'

/** Everything outside that a run touches. */
export interface World {
  readonly runner: Runner
  readonly clock: Clock
  readonly fetch: Fetch
  readonly proxies: Proxies
  /** Opens the disk of the machine, which a run without a token never reads. */
  readonly disk: () => Promise<Disk>
  /** Replaces the plan before anything is done with it: tests hand over a copy. */
  readonly transformPlan?: (plan: Plan) => Plan
  /** A number in [0, 1). */
  readonly random: () => number
  /** Start nothing more, finish what is under way. */
  readonly stop: AbortSignal
  /** Give up what is under way, too. */
  readonly abandon: AbortSignal
}

/** What a run reads from the disk of the machine. */
export interface Disk {
  readonly directories: Directories & Archives
  /** The history of the job's checkout. */
  readonly history: CommitHistory
}
