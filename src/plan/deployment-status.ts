/**
 * The meaning of a deployment's status for a run that waits for it.
 * - `going`: it goes on by itself.
 * - `blocked`: a person or a check has to act first; it may never go on.
 * - `live`: it serves, or sleeps until a request arrives.
 * - `failed`, `crashed`: it ended badly.
 * - `skipped`: Railway decided not to deploy.
 * - `removed`: it was replaced by a newer one, cancelled, or taken down; the cause has to be looked up.
 * - `unknown`: a status that this version does not know. It is shown, and waited for until `timeout`.
 */
export type Phase =
  | 'going'
  | 'blocked'
  | 'live'
  | 'failed'
  | 'crashed'
  | 'skipped'
  | 'removed'
  | 'unknown'

/** Every value of Railway's `DeploymentStatus`, mapped on purpose. */
const phases: Readonly<Record<string, Phase>> = {
  INITIALIZING: 'going',
  QUEUED: 'going',
  BUILDING: 'going',
  DEPLOYING: 'going',
  WAITING: 'blocked',
  NEEDS_APPROVAL: 'blocked',
  SUCCESS: 'live',
  SLEEPING: 'live',
  FAILED: 'failed',
  CRASHED: 'crashed',
  SKIPPED: 'skipped',
  REMOVING: 'removed',
  REMOVED: 'removed',
}

/** The things that blocked deployments wait for, after "it waits for". */
const blockers: Readonly<Record<string, string>> = {
  NEEDS_APPROVAL: 'a person to approve it',
  WAITING: "the commit's checks",
}

/** Describes a status for people, with what it waits for if it does not go on by itself. */
export function describeStatus(status: string): string {
  const blocker = blockers[status]
  return blocker ? `${status} (it waits for ${blocker})` : status
}

/** Returns the phase of a status. */
export const phaseOf = (status: string): Phase => phases[status] ?? 'unknown'

/** Returns whether a status means that the deployment serves, or sleeps until a request arrives. */
export const isLive = (status: string) => phaseOf(status) === 'live'

/** Returns whether a status means that the deployment is neither live nor finished. */
export const isUnderWay = (status: string) =>
  phaseOf(status) === 'going' || phaseOf(status) === 'blocked'
