import { describeForeign } from '../../errors/messages.ts'
import type { Warning } from '../../errors/warning.ts'
import { numberOf, type PreviewRequest, previewName } from '../../inputs/preview-inputs.ts'
import {
  type Environment,
  type MissingField,
  type Project,
  type ServiceInstance,
  type Target,
  targetName,
} from '../../inventory/inventory.ts'
import { toNamed } from '../../named.ts'
import { humanAge } from '../../text.ts'
import type { ClosedPullRequest, KeepStep, Plan, Step, StepEnvironment } from '../plan.ts'
import type { EnvironmentRecord, PullRequestState } from '../ports.ts'
import { toStep } from '../step-id.ts'
import { environmentsNamed } from './environments.ts'
import { checkOwnership } from './ownership.ts'

/** The facts that a deletion of previews is planned from. */
export interface RemovalRequest {
  readonly preview: PreviewRequest
  readonly repository: string
  /** Name or id of the environment that previews are cloned from, which is never deleted. */
  readonly base: string | null
  /** `true` if the run is for a pull request that is closed. */
  readonly closed: boolean
}

/**
 * Plans the deletion of the pull request's preview in each project. An environment of that name that is not ours is
 * kept.
 */
export function planDeletions(
  projects: readonly Project[],
  records: ReadonlyMap<string, EnvironmentRecord>,
  request: RemovalRequest,
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
      return preview.isAuto && closed && preview.number !== null
        ? becauseClosed(removal, { number: preview.number, toldBy: 'event' })
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

/** Lists every environment that is named like a preview. */
export function pruneCandidates(
  projects: readonly Project[],
  { preview }: Pick<RemovalRequest, 'preview'>,
): PruneCandidate[] {
  return projects.flatMap((project) =>
    project.environments.flatMap((environment) => {
      const number = numberOf(environment.name, preview)
      return number === null ? [] : [{ project, environment, number }]
    }),
  )
}

/** The age from which the preview of an open pull request is deleted. */
export interface PruneAge {
  /** Milliseconds since the last deployment; `null`: such a preview is kept. */
  readonly olderThan: number | null
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Parts of the inventory that are missing: an environment with such a part has no known age. */
  readonly gaps: readonly MissingField[]
}

/**
 * Plans the deletion of previews whose pull request is known to be closed, and of those known to be too old. All others
 * are kept.
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
      return becauseClosed({ ...removal, step }, { number, toldBy: 'github' })
    }
    if (state !== 'open') return unclear(target, detail)
    if (age.olderThan === null) return keep(target, 'unchanged', detail)
    const last = lastDeployed(environment, age)
    if (last === null) {
      return unclear(target, `${detail}, and when it was last deployed is not known`)
    }
    const aged = `${detail}, and it was last deployed ${humanAge(age.now - last)}`
    if (age.now - last <= age.olderThan) return keep(target, 'unchanged', aged)
    const step = { ...removal.step, action, target, detail: aged, idleSince: last }
    return { ...removal, step }
  })
  return toPlan(removals)
}

/** Adds to a deletion that its pull request has to be closed still. */
const becauseClosed = (removal: Removal, closed: ClosedPullRequest): Removal =>
  removal.step.action === 'delete-preview'
    ? { ...removal, step: { ...removal.step, closed } }
    : removal

function lastDeployed({ id, instances }: Environment, { gaps }: PruneAge): number | null {
  if (gaps.some(({ environmentId }) => environmentId === null || environmentId === id)) return null
  return lastDeploymentOf(instances)
}

/** Returns when anything of an environment was last deployed, in milliseconds since the epoch; `null` if that is not known. */
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
  unknown: (number: number) => `GitHub did not say whether pull request #${number} is closed`,
}

/** The decision about one environment. `isUnclear`: it is kept only because its owner is not known. */
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
  const isBase = [environment.id, environment.name.toLowerCase()].includes(
    base?.toLowerCase() ?? '',
  )
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
  const named = left.map(({ target, detail }) => `${targetName(target)} (${detail})`)
  const warning: Warning = {
    title: 'previews that may be left over',
    message: `Not deleted, because it is not clear whether they should be: ${named.join(', ')}. Run the job again, or delete them in Railway.`,
  }
  return { steps: removals.map(({ step }) => step), warnings: left.length > 0 ? [warning] : [] }
}
