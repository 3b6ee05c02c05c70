import type { Clock } from './clock.ts'
import type { Archives } from './execute/ports.ts'
import type { Runner } from './github/runner.ts'
import type { Plan } from './plan/plan.ts'
import type { CommitHistory, Directories } from './plan/ports.ts'
import type { Proxies } from './proxy.ts'
import type { Fetch } from './railway/transport/http.ts'

/** The dependencies of a run: everything outside of it that it reads or changes. */
export interface RunDeps {
  readonly runner: Runner
  readonly clock: Clock
  readonly fetch: Fetch
  readonly proxies: Proxies
  /** Opens the disk of the machine. A run without a token never does. */
  readonly disk: () => Promise<Disk>
  /** Replaces the plan before it is used. Only tests set it. */
  readonly transformPlan?: (plan: Plan) => Plan
  /** The URL of `docs/errors.md`. */
  readonly docs: string
  /** Returns a number in [0, 1). */
  readonly random: () => number
  /** The signal to start nothing new, and to finish what is in progress. */
  readonly stop: AbortSignal
  /** The signal to end also what is in progress. */
  readonly abandon: AbortSignal
}

/** The access of a run to the disk of the machine. */
export interface Disk {
  readonly directories: Directories & Archives
  /** The history of the job's checkout. */
  readonly history: CommitHistory
}
