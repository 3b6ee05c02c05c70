import { numberOf, type PreviewWish, previewName } from '../inputs/preview.ts'
import type { Environment, Project, Target } from '../inventory/inventory.ts'
import { type EnvironmentRecord, judgePreview } from '../preview/evidence.ts'
import type { KeepStep, Plan, Step } from './plan.ts'
import { environmentsNamed } from './preview.ts'

/** What removing previews follows from. */
export interface RemovalWish {
  readonly preview: PreviewWish
  readonly repository: string
  /** Name or id of the environment that previews are cloned from, which is never deleted. */
  readonly base: string | null
}

/** Deletes the pull request's preview in each project; what has its name and is not ours is kept. */
export function planDeletions(
  projects: readonly Project[],
  records: ReadonlyMap<string, EnvironmentRecord>,
  wish: RemovalWish,
): Plan {
  const name = previewName(wish.preview)
  const steps = projects.flatMap((project): Step[] => {
    const named = environmentsNamed(project, name)
    if (named.length === 0) {
      const target = { project, environment: { id: '', name }, instance: null }
      return [keep(target, 'unchanged', `there is no environment "${name}"`)]
    }
    return named.map((environment) =>
      planRemoval({ project, environment, instance: null }, project, environment, records, wish),
    )
  })
  return { steps, warnings: [] }
}

/** A preview that may be pruned, with the number of the pull request that it is of. */
export interface PruneCandidate {
  readonly project: Project
  readonly environment: Environment
  readonly number: number
}

/** Every environment that is named like a preview. */
export function pruneCandidates(
  projects: readonly Project[],
  { preview }: Pick<RemovalWish, 'preview'>,
): PruneCandidate[] {
  return projects.flatMap((project) =>
    project.environments.flatMap((environment) => {
      const number = numberOf(environment.name, preview)
      return number === null ? [] : [{ project, environment, number }]
    }),
  )
}

/** What GitHub says of a pull request; `null` where it does not say. */
export type PullRequestState = 'open' | 'closed' | 'missing' | null

/** Deletes the previews whose pull request is known to be closed, and keeps all others. */
export function planPruning(
  candidates: readonly PruneCandidate[],
  records: ReadonlyMap<string, EnvironmentRecord>,
  states: ReadonlyMap<number, PullRequestState>,
  wish: RemovalWish,
): Plan {
  const steps = candidates.map(({ project, environment, number }): Step => {
    const target = { project, environment, instance: null }
    const removal = planRemoval(target, project, environment, records, wish)
    if (removal.action === 'keep') return removal
    const state = states.get(number) ?? 'unknown'
    if (state === 'closed') return { ...removal, detail: `pull request #${number} is closed` }
    return keep(target, state === 'open' ? 'unchanged' : 'skipped', reasons[state](number))
  })
  return { steps, warnings: [] }
}

const reasons = {
  open: (number: number) => `pull request #${number} is open`,
  missing: (number: number) => `there is no pull request #${number}`,
  unknown: (number: number) => `GitHub did not say whether pull request #${number} is closed`,
}

function planRemoval(
  target: Target,
  project: Project,
  environment: Environment,
  records: ReadonlyMap<string, EnvironmentRecord>,
  { repository, base }: RemovalWish,
): Step {
  const isBase = [environment.id, environment.name.toLowerCase()].includes(
    base?.toLowerCase() ?? '',
  )
  if (isBase) return keep(target, 'skipped', 'it is the environment that previews are cloned from')
  const record = records.get(environment.id) ?? null
  const verdict = judgePreview(environment, record, { project, repository })
  if (verdict.kind === 'not-ours') return keep(target, 'skipped', verdict.because)
  return { action: 'delete-preview', target, detail: 'the pull request is closed' }
}

const keep = (target: Target, because: KeepStep['because'], detail: string): KeepStep => ({
  action: 'keep',
  because,
  target,
  detail,
})
