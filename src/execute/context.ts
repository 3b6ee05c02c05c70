import type { Clock } from '../clock.ts'
import type { Deadline } from '../deadline.ts'
import type { Failure } from '../errors/codes.ts'
import type { HealthCheck, RegistryCredentials } from '../inputs/read-inputs.ts'
import type { CommitHistory, PullRequests } from '../plan/ports.ts'
import type { Emit } from './events.ts'
import type { Archives, Deployments, HealthProbe, VariableWriter } from './ports.ts'
import type { Previews } from './preview/ports.ts'

/** The inputs that say how a plan is carried out. */
export interface ExecuteOptions {
  /** Deploys even if the commit has gone live, or is on its way, in the meantime. */
  readonly force: boolean
  /** `true` if the inventory that the plan is based on is outdated. */
  readonly stale: boolean
  readonly wait: boolean
  /** The most deployments under way at once; `null` for no limit. */
  readonly maxParallel: number | null
  readonly failFast: boolean
  readonly onFailure: 'keep' | 'rollback'
  readonly onSkipped: 'warn' | 'fail' | 'ignore'
  /** `null` without a health check. */
  readonly healthCheck: HealthCheck | null
  /** Credentials for images from a private registry; `null` if none are given. */
  readonly registry: RegistryCredentials | null
}

/** The deployments that are polled, as the request budget counts them. Times are milliseconds since the epoch. */
export interface PollLoad {
  readonly pending: number
  readonly deployments: number
  /** The time at which each deployment was started. */
  readonly since: number
  /** The end of the time in which they are followed. */
  readonly until: number
}

/** The connections to everything outside that a plan is executed with. */
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
  /** Resolves as soon as a request would be sent without a delay, or would not be sent at all. */
  readonly whenFree: () => Promise<void>
  /**
   * Returns the least milliseconds between polls of these deployments. The budget also has to last for `pending`
   * changes.
   */
  readonly minPollInterval: (load: PollLoad) => number
  /** Returns the number of deployments that one request reads. */
  readonly batchSize: () => number
  /** Returns the failure of a token that is not valid any more; `null` as far as is known. */
  readonly invalidToken: () => Failure | null
}
