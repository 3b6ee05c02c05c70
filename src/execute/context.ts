import type { Clock } from '../clock.ts'
import type { Deadline } from '../deadline.ts'
import type { Failure } from '../errors/codes.ts'
import type { HealthCheck, RegistryCredentials } from '../inputs/read-inputs.ts'
import type { CommitHistory, PullRequests } from '../plan/ports.ts'
import type { Emit } from './events.ts'
import type { Archives, Deployments, HealthProbe, VariableWriter } from './ports.ts'
import type { Previews } from './preview/ports.ts'

/** The inputs on which the execution of a plan depends. */
export interface ExecuteOptions {
  /** `true` to deploy a commit even if it is live or in progress by now. */
  readonly force: boolean
  /** `true` if the inventory that the plan is based on is outdated. */
  readonly stale: boolean
  /** `false` to end a step when its deployment is accepted. */
  readonly wait: boolean
  /** The maximum number of deployments in progress at the same time; `null` for no limit. */
  readonly maxParallel: number | null
  /** `true` to start nothing more after a failure. */
  readonly failFast: boolean
  readonly onFailure: 'keep' | 'rollback'
  readonly onSkipped: 'warn' | 'fail' | 'ignore'
  /** The health check by the action; `null` for none. */
  readonly healthCheck: HealthCheck | null
  /** Credentials for images from a private registry; `null` if none are given. */
  readonly registry: RegistryCredentials | null
}

/** The data from which the minimum poll interval is computed. Times are milliseconds since the epoch. */
export interface PollLoad {
  /** The number of changes that are still to be made. */
  readonly pending: number
  /** The number of deployments that each poll reads. */
  readonly deployments: number
  /** The start of the oldest of these deployments. */
  readonly since: number
  /** The time at which the polls end at the latest. */
  readonly until: number
}

/** The ports through which a plan is executed: Railway, GitHub, the runner, the clock and the log. */
export interface ExecutePorts {
  readonly deployments: Deployments
  readonly variables: VariableWriter
  readonly archives: Archives
  readonly previews: Previews
  readonly probe: HealthProbe
  /** The pull requests of the run's repository; `null` without a GitHub token. */
  readonly pullRequests: PullRequests | null
  /** The history of the run's repository. */
  readonly commits: CommitHistory
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly deadline: Deadline
  readonly emit: Emit
  /** Resolves when the rate limit allows a request at once, or when it allows none until the deadline. */
  readonly whenFree: () => Promise<void>
  /** Returns the shortest poll interval, in milliseconds, that the remaining request budget allows. */
  readonly minPollInterval: (load: PollLoad) => number
  /** Returns the number of deployments that one request reads. */
  readonly batchSize: () => number
  /** Returns the failure if the token is known to be no longer valid, or else `null`. */
  readonly invalidToken: () => Failure | null
  /** Returns the failure if the rate limit permits no further request before the deadline, or else `null`. */
  readonly spentLimit: () => Failure | null
}
