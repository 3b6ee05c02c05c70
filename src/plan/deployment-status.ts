/**
 * The phase of a deployment for a run that waits for its end. Each status of Railway belongs to one phase.
 * - `in-progress`: the deployment continues without a person.
 * - `blocked`: the deployment waits for a person or for a check, perhaps forever.
 * - `live`: the deployment serves requests, or sleeps until a request arrives.
 * - `failed`: the build or the start failed.
 * - `crashed`: the service stopped with an error.
 * - `skipped`: Railway decided not to deploy.
 * - `removed`: the deployment was replaced, cancelled, or removed by a person. The status does not show which.
 * - `unknown`: this version does not know the status. The run shows it, and waits until `timeout`.
 */
export type Phase =
  | 'in-progress'
  | 'blocked'
  | 'live'
  | 'failed'
  | 'crashed'
  | 'skipped'
  | 'removed'
  | 'unknown'

/** The phase of every value of Railway's `DeploymentStatus`. */
const phases: ReadonlyMap<string, Phase> = new Map(
  Object.entries<Phase>({
    INITIALIZING: 'in-progress',
    QUEUED: 'in-progress',
    BUILDING: 'in-progress',
    DEPLOYING: 'in-progress',
    WAITING: 'blocked',
    NEEDS_APPROVAL: 'blocked',
    SUCCESS: 'live',
    SLEEPING: 'live',
    FAILED: 'failed',
    CRASHED: 'crashed',
    SKIPPED: 'skipped',
    REMOVING: 'removed',
    REMOVED: 'removed',
  }),
)

/** The reason why a deployment is blocked, by its status. It completes "it waits for …". */
const blockers: ReadonlyMap<string, string> = new Map(
  Object.entries({
    NEEDS_APPROVAL: 'a person to approve it',
    WAITING: "the commit's checks",
  }),
)

/** Describes a status for people. For a blocked deployment, the text contains the reason. */
export function describeStatus(status: string): string {
  const blocker = blockers.get(status)
  return blocker ? `${status} (it waits for ${blocker})` : status
}

/** Returns the phase of a status. */
export const phaseOf = (status: string): Phase => phases.get(status) ?? 'unknown'

/** Returns whether a deployment with this status is live: it serves requests, or sleeps until a request arrives. */
export const isLive = (status: string) => phaseOf(status) === 'live'

/** Returns whether a deployment with this status is neither live nor finished. */
export const isUnfinished = (status: string) =>
  phaseOf(status) === 'in-progress' || phaseOf(status) === 'blocked'
