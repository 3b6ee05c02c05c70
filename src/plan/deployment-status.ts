/**
 * What a deployment's status means for someone who waits for it.
 * - `going`: it will go on by itself.
 * - `blocked`: a person or a check has to act first; it may never move.
 * - `live`: it serves, or sleeps until asked.
 * - `failed`, `crashed`: it ended badly.
 * - `skipped`: Railway decided not to deploy.
 * - `removed`: replaced by a newer one, cancelled, or taken down: what happened has to be looked up.
 * - `unknown`: a status this version has not heard of; it is shown and waited for until `timeout`.
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

/** What a blocked deployment waits for, after "it waits for". */
const blockers: Readonly<Record<string, string>> = {
  NEEDS_APPROVAL: 'a person to approve it',
  WAITING: "the commit's checks",
}

/** A status for people: with what it waits for, where it does not go on by itself. */
export function describeStatus(status: string): string {
  const blocker = blockers[status]
  return blocker ? `${status} (it waits for ${blocker})` : status
}

/** The phase of a status. */
export const phaseOf = (status: string): Phase => phases[status] ?? 'unknown'

/** It serves, or would when asked. */
export const isLive = (status: string) => phaseOf(status) === 'live'

/** It is neither live nor finished. */
export const isUnderWay = (status: string) =>
  phaseOf(status) === 'going' || phaseOf(status) === 'blocked'
