import { isPlaced, isThere } from '../plan/plan.ts'
import type { RunReport } from '../run-state.ts'

/**
 * Returns the preview's environment, for a run that created, updated or deleted one. With several projects, each
 * environment has its own id under the same name, so only the name is returned. `null` for other commands.
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

/**
 * Returns whether this run created an environment, whatever happened to it afterwards. An environment that may have
 * been created has no id here.
 */
export const wasCreated = ({ outcomes }: Pick<RunReport, 'outcomes'>): boolean =>
  (outcomes ?? []).some(
    ({ step, changed }) => step.action === 'create-preview' && changed && isPlaced(step.target),
  )
