import { isPlaced, isThere } from '../plan/plan.ts'
import type { RunReport } from '../run-state.ts'

/**
 * Returns the id and the name of the preview environment of a run; `null` for other commands than `preview`. In several
 * projects, the previews have the same name but different ids, so the id is empty.
 */
export function previewEnvironments({
  inputs,
  plan,
  outcomes,
}: Pick<RunReport, 'inputs' | 'plan' | 'outcomes'>): { id: string; name: string } | null {
  if (inputs?.command !== 'preview' || !plan) return null
  const steps = outcomes ? outcomes.map(({ step }) => step) : plan.steps
  const environments = steps.map(({ target }) => target.environment)
  const ids = new Set(environments.filter(isThere).map(({ id }) => id))
  const names = new Set(environments.map(({ name }) => name))
  const [id = ''] = ids
  const [name = ''] = names
  return { id: ids.size === 1 ? id : '', name: names.size === 1 ? name : '' }
}

/** Returns whether this run has created an environment. An environment without a known id does not count. */
export const wasCreated = ({ outcomes }: Pick<RunReport, 'outcomes'>): boolean =>
  (outcomes ?? []).some(
    ({ step, changed }) => step.action === 'create-preview' && changed && isPlaced(step.target),
  )
