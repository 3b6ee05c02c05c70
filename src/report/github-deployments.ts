import { groupBy } from '../collections.ts'
import { countedOutcomes, deploys, isBad, type Outcome } from '../execute/outcome.ts'
import { labelOf } from '../named.ts'
import { isPlaced, type Plan, type Step } from '../plan/plan.ts'
import { environmentLink, linksOf, servingSite } from './links.ts'

/** The states of a GitHub deployment that a run sets. */
export type RecordState = 'queued' | 'in_progress' | 'success' | 'failure' | 'error' | 'inactive'

/** The status of a GitHub deployment. */
export interface RecordStatus {
  readonly state: RecordState
  readonly description: string
  readonly environmentUrl: string | null
  readonly logUrl: string | null
}

/** Returns the name of the GitHub environment in which the deployments of a step are recorded: `shop / production`. */
export const githubEnvironmentName = ({ target: { project, environment } }: Step) =>
  `${labelOf(project)} / ${environment.name}`

/** Returns the names of the GitHub environments that a plan deploys to. */
export function recordedEnvironments({ steps }: Plan): string[] {
  return [...new Set(steps.filter(deploys).map(githubEnvironmentName))]
}

/** Returns the names of the GitHub environments whose preview was deleted, or does not exist. */
export function removedEnvironments(outcomes: readonly Outcome[]): string[] {
  return outcomes
    .filter(({ step, status }) => {
      const deleted = step.action === 'delete-preview' && status === 'success'
      return deleted || (step.action === 'keep' && !isPlaced(step.target))
    })
    .map(({ step }) => githubEnvironmentName(step))
}

/** Returns the final status of the GitHub deployment of each environment, by the name of the environment. */
export function recordStatuses(outcomes: readonly Outcome[]): ReadonlyMap<string, RecordStatus> {
  const groups = groupBy(outcomes, ({ step }) => githubEnvironmentName(step))
  return new Map([...groups].map(([name, own]) => [name, toStatus(own)]))
}

function toStatus(outcomes: readonly Outcome[]): RecordStatus {
  const target = outcomes.map(({ step }) => step.target).find(isPlaced)
  const environmentUrl = outcomes.flatMap((outcome) => servingSite(outcome) ?? [])[0] ?? null
  const failed = outcomes.filter(isBad)
  const { logsUrl } = failed[0] ? linksOf(failed[0]) : { logsUrl: null }
  const logUrl = logsUrl ?? (target ? environmentLink(target) : null)
  return { ...statusOf(outcomes, failed), environmentUrl, logUrl }
}

/** The final status for an environment whose deployments were not finished when the run ended. */
export const interrupted = {
  state: 'error',
  description: 'Stopped before it was finished',
} as const

function statusOf(
  outcomes: readonly Outcome[],
  failed: readonly Outcome[],
): Pick<RecordStatus, 'state' | 'description'> {
  const ends = countedOutcomes(outcomes)
  const has = (...statuses: Outcome['status'][]) =>
    ends.some(({ status }) => statuses.includes(status))
  if (failed.length > 0) {
    const names = failed.map(({ step: { action, target } }) => {
      const whole = action === 'set-variables' ? 'the shared variables' : 'the preview'
      return target.instance ? labelOf(target.instance.service) : whole
    })
    return { state: 'failure', description: `Failed: ${names.join(', ')}` }
  }
  if (has('cancelled', 'not-started', 'unknown')) {
    return interrupted
  }
  if (has('accepted')) return { state: 'in_progress', description: 'Started, not verified' }
  if (has('skipped') && !has('success', 'unchanged')) {
    return { state: 'inactive', description: 'Railway skipped it' }
  }
  if (has('superseded') && !has('success', 'unchanged')) {
    return { state: 'inactive', description: 'A newer deployment has replaced it' }
  }
  return { state: 'success', description: 'Live' }
}
