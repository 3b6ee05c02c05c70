import type { Clock } from '../clock.ts'
import type { Deadline } from '../deadline.ts'
import type { Failure } from '../errors/codes.ts'
import type { HealthCheck, RegistryCredentials } from '../inputs/read-inputs.ts'
import type { CommitHistory } from '../plan/ports.ts'
import type { Emit } from './events.ts'
import type { Archives, Deployments, HealthProbe, VariableWriter } from './ports.ts'
import type { Previews } from './preview/ports.ts'

/** The inputs that say how a plan is carried out. */
export interface ExecuteOptions {
  /** Deploys also where the commit has gone live or is on its way meanwhile. */
  readonly force: boolean
  /** The plan follows from an inventory that is not fresh any more. */
  readonly stale: boolean
  readonly wait: boolean
  /** The most deployments under way at once; `null` for no limit. */
  readonly maxParallel: number | null
  readonly failFast: boolean
  readonly onFailure: 'keep' | 'rollback'
  readonly onSkipped: 'warn' | 'fail' | 'ignore'
  /** `null` without a health check. */
  readonly healthCheck: HealthCheck | null
  /** For images from a private registry. */
  readonly registry: RegistryCredentials | null
}

/** The requests that are still to be made. Times are milliseconds since the epoch. */
export interface PollLoad {
  readonly pending: number
  readonly deployments: number
  /** When the deployments were started. */
  readonly since: number
  /** Until when they are followed. */
  readonly until: number
}

/** Everything outside that carrying out a plan touches. */
export interface ExecutePorts {
  readonly deployments: Deployments
  readonly variables: VariableWriter
  readonly archives: Archives
  readonly previews: Previews
  readonly probe: HealthProbe
  /** The history of the run's repository. */
  readonly commits: CommitHistory
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly deadline: Deadline
  readonly emit: Emit
  /** Resolves when a request would be sent at once, or would not be sent at all. */
  readonly whenPaced: () => Promise<void>
  /** The least milliseconds between polls of these deployments that the budget allows beside `pending` changes. */
  readonly minPollInterval: (load: PollLoad) => number
  /** The failure that the token is not valid any more; `null` as far as is known. */
  readonly invalidToken: () => Failure | null
}
