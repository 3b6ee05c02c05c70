import type { Clock } from '../../clock.ts'
import type { Inventory } from '../../inventory/inventory.ts'
import type { TokenScope } from '../../scope/token-scope.ts'
import type { RailwayClient } from '../transport/client.ts'
import { maxProbeRequests } from './diagnose.ts'
import type { ProbeContext } from './probe.ts'
import { QueryClient, type SendOnce } from './query-client.ts'

/** The time limit of a diagnosis, and of one request of it, in milliseconds. */
const timeLimit = 120_000
const requestTimeLimit = 15_000

/** The part of a run that a diagnosis needs. */
export interface DiagnosisDeps {
  readonly inventory: Inventory
  readonly clock: Clock
  readonly deadline: () => number
}

/** Returns the context of the probes: the token's scope, the inventory, and a way to query. */
export function probeContext(
  client: RailwayClient,
  scope: TokenScope,
  { inventory, clock, deadline }: DiagnosisDeps,
): ProbeContext {
  const until = Math.min(deadline(), clock.now() + timeLimit)
  const options = { until, timeLimit: requestTimeLimit }
  const send: SendOnce = (name, body, as) =>
    as === 'none'
      ? client.once(name, body, { ...options, anonymous: true })
      : client.as(as).once(name, body, { ...options, anonymous: false })
  const now = () => clock.now()
  const requests = Math.min(maxProbeRequests, client.budget.remaining ?? maxProbeRequests)
  const isProject = scope.kind === 'project'
  return {
    queries: new QueryClient({ send, now, until, requests }),
    kind: scope.kind,
    as: isProject ? 'project-access-token' : 'bearer',
    workspaceId: isProject ? null : scope.workspace.id,
    own: isProject ? { projectId: scope.projectId, environmentId: scope.environmentId } : null,
    inventory,
    now,
  }
}
