import type { ServiceTarget } from '../inventory/inventory.ts'
import { phaseOf } from '../plan/deployment-status.ts'
import type { DeploymentState } from './ports.ts'

/** A success counts once it has stood for this part of the time that it took: what ends at once was never live. */
const standing = 0.1
const shortestStanding = 3_000
const longestStanding = 10_000

/** When a deployment was seen, in milliseconds since the epoch. */
export interface Sightings {
  readonly startedAt: number
  /** When it was last known not to be live. */
  readonly notLiveAt: number
  readonly seenAt: number
}

/**
 * Returns when a deployment has been in its status long enough to count, in milliseconds since the epoch. The server
 * says how long it took, and the run knows when it started it, so the time does not begin when it is seen.
 */
export function settledAt(
  { status, took }: DeploymentState,
  { startedAt, notLiveAt, seenAt }: Sightings,
): number {
  if (phaseOf(status) !== 'live' || took === undefined) return seenAt + longestStanding
  const liveAt = Math.min(seenAt, Math.max(notLiveAt, startedAt + took))
  return liveAt + Math.min(longestStanding, Math.max(shortestStanding, standing * took))
}

/** Milliseconds that a service has to recover from a crash, by what it is and whether its environment is new. */
const crashGraces = {
  repository: { fresh: 75_000, other: 15_000 },
  image: { fresh: 120_000, other: 60_000 },
} as const

/**
 * Returns how long a service may be crashed before that counts, in milliseconds. Railway restarts it, and what it
 * crashes for may be a database that is starting itself. Images crash most: they do not wait for anything.
 */
export function crashGrace({ instance }: ServiceTarget, isFresh: boolean): number {
  const graces = crashGraces[instance.source.kind === 'image' ? 'image' : 'repository']
  return isFresh ? graces.fresh : graces.other
}
