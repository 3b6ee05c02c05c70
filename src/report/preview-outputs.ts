import type { Outcome } from '../execute/outcome.ts'
import type { SelectedEnvironment } from '../inventory/selection.ts'
import { isPlaced, isThere } from '../plan/plan.ts'
import type { RunReport } from '../run-state.ts'

/**
 * Returns the id and the name of the preview environment of a run; `null` for other commands than `preview`. In several
 * projects, the previews have the same name but different ids, so the id is empty. Without a plan, both are empty: the
 * selected environment is the base, and nobody should take it for the preview.
 */
export function previewEnvironments({
  inputs,
  plan,
  outcomes,
}: Pick<RunReport, 'inputs' | 'plan' | 'outcomes'>): { id: string; name: string } | null {
  if (inputs?.command !== 'preview') return null
  const steps = outcomes ? outcomes.map(({ step }) => step) : (plan?.steps ?? [])
  const environments = steps.map(({ target }) => target.environment)
  const ids = new Set(environments.filter(isThere).map(({ id }) => id))
  const names = new Set(environments.map(({ name }) => name))
  const [id = ''] = ids
  const [name = ''] = names
  return { id: ids.size === 1 ? id : '', name: names.size === 1 ? name : '' }
}

/**
 * Returns the environments that the outputs describe: the selected ones, or the previews if the run has created or
 * updated previews. A project without its preview then has no environment, so that nobody tests the base by mistake.
 * Before the first change, these are the base environments.
 */
export function describedEnvironments({
  inputs,
  selection,
  outcomes,
}: Pick<RunReport, 'inputs' | 'selection' | 'outcomes'>): readonly SelectedEnvironment[] {
  const selected = selection?.environments ?? []
  const isMade = inputs?.command === 'preview' && inputs.preview.action === 'create'
  if (!isMade || !outcomes) return selected
  return selected.flatMap((one) => toPreview(one, outcomes) ?? [])
}

/** Returns the preview of a selected environment as the run left it; `null` if there is none. */
function toPreview(
  { project, environment, instances }: SelectedEnvironment,
  outcomes: readonly Outcome[],
): SelectedEnvironment | null {
  const own = outcomes.flatMap(({ step: { target } }) =>
    target.project.id === project.id && isPlaced(target) ? [target] : [],
  )
  const [first] = own
  if (!first) return null
  const there = new Map(
    own.flatMap(({ instance }) => (instance ? [[instance.service.id, instance] as const] : [])),
  )
  const services = instances.map(
    (one) => there.get(one.service.id) ?? { ...one, latest: null, active: [], domains: [] },
  )
  const { id, name } = first.environment
  const { label: _, ...base } = environment
  const preview = { ...base, id, name, ephemeral: true, instances: services }
  return { project, environment: preview, instances: services }
}

/** Returns whether this run has created an environment. An environment without a known id does not count. */
export const wasCreated = ({ outcomes }: Pick<RunReport, 'outcomes'>): boolean =>
  (outcomes ?? []).some(
    ({ step, changed }) => step.action === 'create-preview' && changed && isPlaced(step.target),
  )
