import { describeLocation } from '../../errors/describe-location.ts'
import { describeForeign } from '../../errors/messages/previews.ts'
import type { Warning } from '../../errors/warning.ts'
import {
  type PreviewRequest,
  previewName,
  pullRequestNumberOf,
} from '../../inputs/preview-inputs.ts'
import {
  type Environment,
  locationOf,
  type MissingField,
  type Project,
  type ServiceInstance,
  type Target,
} from '../../inventory/inventory.ts'
import { matchNamed, toNamed } from '../../named.ts'
import { humanAge } from '../../text.ts'
import type { ClosedPullRequest, KeepStep, Plan, Step, StepEnvironment } from '../plan.ts'
import type { EnvironmentRecord, PullRequestState } from '../ports.ts'
import { toStep } from '../step-id.ts'
import { environmentsNamed } from './environments.ts'
import { checkOwnership } from './ownership.ts'

/** The part of the inputs that a deletion of previews is planned from. */
export interface RemovalRequest {
  readonly preview: PreviewRequest
  readonly repository: string
  /** Name or id of the environment that previews are cloned from, which is never deleted. */
  readonly base: string | null
  /** `true` if the run is for a pull request that is closed. */
  readonly closed: boolean
}

/**
 * Plans the deletion of the preview in each project, found by its name. An environment of that name that is not a
 * preview of this repository is kept. `state`: the current state of the event's pull request; `null` if it was not
 * read.
 */
export function planDeletions(
  projects: readonly Project[],
  records: ReadonlyMap<string, EnvironmentRecord>,
  request: RemovalRequest,
  state: PullRequestState = null,
): Plan {
  const name = previewName(request.preview)
  const removals = projects.flatMap((project): Removal[] => {
    const named = environmentsNamed(project, name)
    if (named.length === 0) {
      const environment = { absent: true, name } as const
      const target = { project: toNamed(project), environment, instance: null }
      return [keep(target, 'unchanged', `there is no environment "${name}"`)]
    }
    return named.map((environment) => {
      const removal = planRemoval({ project, environment }, records, request)
      const { preview, closed } = request
      if (state === 'open' && removal.step.action === 'delete-preview') {
        return keep(
          removal.step.target,
          'unchanged',
          `pull request #${preview.number} is open again`,
        )
      }
      return preview.isAuto && closed && preview.number !== null
        ? becauseClosed(removal, { number: preview.number, reportedBy: 'event' })
        : removal
    })
  })
  return toPlan(removals)
}

/** A preview that may be pruned, with the number of its pull request. */
export interface PruneCandidate {
  readonly project: Project
  readonly environment: Environment
  readonly number: number
}

/** Lists every environment with the name of a preview, and the number of the pull request in that name. */
export function pruneCandidates(
  projects: readonly Project[],
  { preview }: Pick<RemovalRequest, 'preview'>,
): PruneCandidate[] {
  return projects.flatMap((project) =>
    project.environments.flatMap((environment) => {
      const number = pullRequestNumberOf(environment.name, preview)
      return number === null ? [] : [{ project, environment, number }]
    }),
  )
}

/** The facts that decide whether the preview of an open pull request is old enough to be deleted. */
export interface PruneAge {
  /**
   * The input `older-than` in milliseconds since the last deployment; `null`: previews of open pull requests are kept.
   */
  readonly olderThan: number | null
  /** The current time, in milliseconds since the epoch. */
  readonly now: number
  /** The missing parts of the inventory. The age of an environment with a missing part is not known. */
  readonly missingFields: readonly MissingField[]
}

/**
 * Plans the deletion of each preview whose pull request is closed, and of each that is older than `age`. If the state
 * of a pull request or the age is not known, the preview is kept and listed in a warning.
 */
export function planPruning(
  candidates: readonly PruneCandidate[],
  records: ReadonlyMap<string, EnvironmentRecord>,
  states: ReadonlyMap<number, PullRequestState>,
  age: PruneAge,
  request: RemovalRequest,
): Plan {
  const removals = candidates.map(({ project, environment, number }): Removal => {
    const removal = planRemoval({ project, environment }, records, request)
    const { action, target } = removal.step
    if (action !== 'delete-preview') return removal
    const state = states.get(number) ?? 'unknown'
    const detail = reasons[state](number)
    if (state === 'closed') {
      const step = { ...removal.step, detail }
      return becauseClosed({ ...removal, step }, { number, reportedBy: 'github' })
    }
    if (state !== 'open') return unclear(target, detail)
    if (age.olderThan === null) return keep(target, 'unchanged', detail)
    const last = lastDeployed(environment, age)
    if (last === null) {
      return unclear(target, `${detail}, and the time of its last deployment is not known`)
    }
    const aged = `${detail}, and it was last deployed ${humanAge(age.now - last)}`
    if (age.now - last <= age.olderThan) return keep(target, 'unchanged', aged)
    const step = { ...removal.step, action, target, detail: aged, idleSince: last }
    return { ...removal, step }
  })
  return toPlan(removals)
}

/** Adds a condition to a deletion: the pull request must still be closed when the preview is deleted. */
const becauseClosed = (removal: Removal, closed: ClosedPullRequest): Removal =>
  removal.step.action === 'delete-preview'
    ? { ...removal, step: { ...removal.step, closed } }
    : removal

function lastDeployed({ id, instances }: Environment, { missingFields }: PruneAge): number | null {
  if (missingFields.some(({ environmentId }) => environmentId === null || environmentId === id))
    return null
  return lastDeploymentOf(instances)
}

/**
 * Returns the time of the last deployment in an environment, in milliseconds since the epoch; `null` if it is not
 * known.
 */
export function lastDeploymentOf(
  instances: readonly Pick<ServiceInstance, 'latest' | 'active'>[],
): number | null {
  const times = instances
    .flatMap(({ latest, active }) => [...(latest ? [latest] : []), ...active])
    .map(({ createdAt }) => Date.parse(createdAt))
  return times.length === 0 || times.some(Number.isNaN) ? null : Math.max(...times)
}

const reasons = {
  closed: (number: number) => `pull request #${number} is closed`,
  open: (number: number) => `pull request #${number} is open`,
  missing: (number: number) => `there is no pull request #${number}`,
  unknown: (number: number) => `GitHub did not report whether pull request #${number} is closed`,
}

/** The planned step for one environment. `isUnclear`: it is kept only because a fact about it is not known. */
interface Removal {
  readonly step: Step
  readonly isUnclear: boolean
}

function planRemoval(
  { project, environment }: { project: Project; environment: Environment },
  records: ReadonlyMap<string, EnvironmentRecord>,
  { repository, base, closed }: RemovalRequest,
): Removal {
  const target = {
    project: toNamed(project),
    environment: toNamed(environment),
    instance: null,
  }
  const isBase = base !== null && matchNamed(base, [environment]).length > 0
  if (isBase) return keep(target, 'skipped', 'it is the environment that previews are cloned from')
  const record = records.get(environment.id) ?? null
  const ownership = checkOwnership(environment, record, { project, repository })
  if (ownership.kind === 'unknown') return unclear(target, describeForeign(ownership.reason))
  if (ownership.kind === 'not-ours')
    return keep(target, 'skipped', describeForeign(ownership.reason))
  const detail = closed ? 'the pull request is closed' : 'its deletion was requested'
  return { step: toStep({ action: 'delete-preview', target, detail }), isUnclear: false }
}

const keep = (
  target: Target<StepEnvironment>,
  because: KeepStep['because'],
  detail: string,
): Removal => ({
  step: toStep({ action: 'keep', because, target, detail }),
  isUnclear: false,
})

const unclear = (target: Target<StepEnvironment>, detail: string): Removal => ({
  ...keep(target, 'skipped', detail),
  isUnclear: true,
})

function toPlan(removals: readonly Removal[]): Plan {
  const left = removals.filter(({ isUnclear }) => isUnclear).map(({ step }) => step)
  const named = left.map(
    ({ target, detail }) => `${describeLocation(locationOf(target))} (${detail})`,
  )
  const warning: Warning = {
    title: 'previews that may be left over',
    message: `These preview environments are not deleted, because it is not certain that they may be deleted: ${named.join('; ')}. Run the job again. If a preview still exists after that and nobody needs it, delete it in Railway.`,
  }
  return { steps: removals.map(({ step }) => step), warnings: left.length > 0 ? [warning] : [] }
}
