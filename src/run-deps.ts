import type { Clock } from './clock.ts'
import type { Archives } from './execute/ports.ts'
import type { Runner } from './github/runner.ts'
import type { Plan } from './plan/plan.ts'
import type { CommitHistory, Directories } from './plan/ports.ts'
import type { Proxies } from './proxy.ts'
import type { Fetch } from './railway/transport/http.ts'

/** The dependencies of a run on its environment: the runner, the clock, the network and the disk. */
export interface RunDeps {
  readonly runner: Runner
  readonly clock: Clock
  readonly fetch: Fetch
  readonly proxies: Proxies
  /** Loads the modules that access the disk. A run without a token does not call it. */
  readonly disk: () => Promise<Disk>
  /** Changes the plan before it is executed. Only tests set it. */
  readonly transformPlan?: (plan: Plan) => Plan
  /** The URL of `docs/errors.md`. */
  readonly docs: string
  /** Returns a random number in [0, 1). */
  readonly random: () => number
  /** Aborts when the job is cancelled. The run then starts no further change, and finishes the requests in progress. */
  readonly stop: AbortSignal
  /** Aborts the requests in progress, a few seconds after `stop`. */
  readonly abandon: AbortSignal
}

/** The access of a run to the disk of the machine. */
export interface Disk {
  readonly directories: Directories & Archives
  /** The commit history of the job's checkout. */
  readonly history: CommitHistory
}
