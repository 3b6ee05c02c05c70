import type { Clock } from '../../clock.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import type { TokenScope } from '../../scope/token-scope.ts'
import type { RailwayClient } from '../transport/client.ts'
import { maxProbeRequests } from './diagnose.ts'
import type { ProbeContext } from './probe.ts'
import { QueryClient, type SendOnce } from './query-client.ts'

/** The time limit of a diagnosis, in milliseconds. */
const timeLimit = 120_000

/** The time limit of one request of a diagnosis, in milliseconds. */
const requestTimeLimit = 15_000

/** The dependencies of a diagnosis. */
export interface DiagnosisDeps {
  readonly inventory: Inventory
  readonly clock: Clock
  /** Returns the time at which the run has to end, in milliseconds since the epoch. */
  readonly deadline: () => number
}

/**
 * Returns the context of the probes. Its client sends at most 25 requests within two minutes, and no more than the
 * run's request budget and time limit allow.
 */
export function probeContext(
  client: RailwayClient,
  scope: TokenScope,
  { inventory, clock, deadline }: DiagnosisDeps,
): ProbeContext {
  const endsAt = Math.min(deadline(), clock.now() + timeLimit)
  const options = { until: endsAt, timeLimit: requestTimeLimit }
  const send: SendOnce = (name, body, authentication) =>
    authentication === 'none'
      ? client.once(name, body, { ...options, anonymous: true })
      : client.as(authentication).once(name, body, { ...options, anonymous: false })
  const now = () => clock.now()
  const maxRequests = Math.min(maxProbeRequests, client.budget.remaining ?? maxProbeRequests)
  const isProject = scope.kind === 'project'
  return {
    client: new QueryClient({ send, now, endsAt, maxRequests }),
    tokenType: scope.kind,
    authentication: isProject ? 'project-access-token' : 'bearer',
    workspaceId: isProject ? null : scope.workspace.id,
    ownEnvironment: isProject
      ? { projectId: scope.projectId, environmentId: scope.environmentId }
      : null,
    inventory,
    now,
  }
}
