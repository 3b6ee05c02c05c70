import type { ServiceTarget } from '../inventory/inventory.ts'
import { phaseOf } from '../plan/deployment-status.ts'
import type { DeploymentState } from './ports.ts'

/**
 * The part of its duration for which a deployment has to be in its status before that counts. A deployment that ends at
 * once was never live.
 */
const settleShare = 0.1
const minSettleTime = 3_000
const maxSettleTime = 10_000

/** The times at which a deployment was read, in milliseconds since the epoch. */
export interface Readings {
  readonly startedAt: number
  /** The last time at which it was known not to be live. */
  readonly notLiveAt: number
  readonly seenAt: number
}

/**
 * Returns the milliseconds for which a deployment has to be live before that counts, by the milliseconds until it was.
 * A service with a health check of its own has answered by then: Railway calls its deployment live for that reason.
 */
export function settleTime({ instance }: ServiceTarget, took: number): number {
  if (instance.hasHealthCheck) return 0
  return Math.min(maxSettleTime, Math.max(minSettleTime, settleShare * took))
}

/**
 * Returns the time from which the status of a deployment counts, in milliseconds since the epoch. It follows from the
 * duration by the server's clock and from the start by the run's clock, so it does not depend on when the status was
 * read.
 */
export function settledAt(
  target: ServiceTarget,
  { status, took }: DeploymentState,
  { startedAt, notLiveAt, seenAt }: Readings,
): number {
  if (phaseOf(status) !== 'live' || took === undefined) return seenAt + maxSettleTime
  const liveAt = Math.min(seenAt, Math.max(notLiveAt, startedAt + took))
  return liveAt + settleTime(target, took)
}

/** Milliseconds that a service has to recover from a crash, by what it is and whether its environment is new. */
const crashGraces = {
  repository: { fresh: 75_000, other: 15_000 },
  image: { fresh: 120_000, other: 60_000 },
} as const

/**
 * Returns how long a service may be crashed before that counts, in milliseconds. Railway restarts it, and the cause may
 * be a database that is still starting. Images crash most often, because they wait for nothing.
 */
export function crashGrace({ instance }: ServiceTarget, isFresh: boolean): number {
  const graces = crashGraces[instance.source.kind === 'image' ? 'image' : 'repository']
  return isFresh ? graces.fresh : graces.other
}
