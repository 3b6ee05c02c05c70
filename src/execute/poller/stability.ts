import type { ServiceTarget } from '../../inventory/inventory.ts'
import { phaseOf } from '../../plan/deployment-status.ts'
import type { DeploymentState } from '../ports.ts'

/** The stabilization time of a deployment, as a part of its duration. A process may end right after it has started. */
const stabilizationShare = 0.1

/** The limits of the stabilization time, in milliseconds. */
const minStabilizationTime = 3_000
const maxStabilizationTime = 10_000

/** The times at which a deployment was read, in milliseconds since the epoch. */
export interface ReadTimes {
  readonly startedAt: number
  /** The last time at which it was certainly not live. */
  readonly notLiveAt: number
  /** The time at which the current status was read. */
  readonly seenAt: number
}

/**
 * Returns the milliseconds for which a deployment has to be live before it is considered stable. `took` is its duration
 * in milliseconds. Returns 0 for a service with a health check of Railway, because its deployment is live only after
 * that check has passed.
 */
export function stabilizationTime({ instance }: ServiceTarget, took: number): number {
  if (instance.hasHealthCheck) return 0
  return Math.min(maxStabilizationTime, Math.max(minStabilizationTime, stabilizationShare * took))
}

/**
 * Returns the time from which the status of a deployment is considered stable, in milliseconds since the epoch. The
 * deployment went live at its start (by the run's clock) plus its duration (by Railway's clock). That time is limited
 * to the interval between the two reads. A status other than live, or a duration that is not known, is considered
 * stable {@link maxStabilizationTime} after the read.
 */
export function stableAt(
  target: ServiceTarget,
  { status, took }: DeploymentState,
  { startedAt, notLiveAt, seenAt }: ReadTimes,
): number {
  if (phaseOf(status) !== 'live' || took === undefined) return seenAt + maxStabilizationTime
  const liveAt = Math.min(seenAt, Math.max(notLiveAt, startedAt + took))
  return liveAt + stabilizationTime(target, took)
}

/** The milliseconds that a service has to recover from a crash, by its source and by the age of its environment. */
const crashGraces = {
  repository: { new: 75_000, existing: 15_000 },
  image: { new: 120_000, existing: 60_000 },
} as const

/**
 * Returns the milliseconds for which a deployment may be crashed before the crash is its result. Railway restarts the
 * service. In a new environment, services crash until their databases are ready, which takes longer. Services from
 * images get more time, because they start at once and do not wait for a build.
 */
export function crashGrace({ instance }: ServiceTarget, isInNewEnvironment: boolean): number {
  const graces = crashGraces[instance.source.kind === 'image' ? 'image' : 'repository']
  return isInNewEnvironment ? graces.new : graces.existing
}
