import { ok, type Result } from '../errors/result.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import type { Selection } from '../inventory/selection.ts'
import { newerCommits, unknownOrder } from './commit-comparisons.ts'
import { planDeploy } from './deploy-commit.ts'
import { planUpload } from './deploy-directory.ts'
import { planPromotion } from './deploy-from-environment.ts'
import { planImage } from './deploy-image.ts'
import type { PlanFacts } from './facts.ts'
import { isSelective, keepUnchanged, unknownChanges } from './only-changed.ts'
import type { Plan, Step } from './plan.ts'

/**
 * Plans the deployments of `deploy` from the source that the inputs choose: a directory, an image, another environment,
 * or a commit. `changing`: the keys of the services whose variables this run changes before.
 *
 * A new kind of source also needs its input and `hasCommitSource` in `inputs/read-inputs.ts`, its rules in
 * `inputs/combinations.ts`, an entry in `inputs/untrusted-commit.ts`, a `Revision` or a step in `plan.ts`, its execution in `execute/steps/run-step.ts` and its
 * name in `report/revisions.ts`.
 */
export function planDeployment(
  inputs: Inputs,
  selection: Selection,
  facts: PlanFacts,
  now: number,
  changing: ReadonlySet<string> = new Set(),
): Result<Plan> {
  const { scan, rootDirectory, comparisons } = facts
  const { image, directory, fromEnvironment, force } = inputs
  if (directory !== null) {
    return planUpload(selection, { ...inputs, directory }, { scan, rootDirectory })
  }
  if (image) return planImage(selection, { ...inputs, image }, changing)
  const isSelected = isSelective(inputs)
  const adjust = (step: Step) => (isSelected ? keepUnchanged(step, facts, changing) : step)
  const notices = (steps: readonly Step[]) =>
    isSelected ? unknownChanges(steps, facts, changing) : []
  if (fromEnvironment !== null) {
    const plan = planPromotion(selection, facts, { force, now }, changing, adjust)
    return plan.ok ? ok({ ...plan.value, notices: notices(plan.value.steps) }) : plan
  }
  const request = { ...inputs, newer: newerCommits(comparisons) }
  const plan = planDeploy(selection, request, changing, adjust)
  const unordered = unknownOrder(deployedServices(plan.steps), inputs, comparisons)
  return ok({ ...plan, notices: [...unordered, ...notices(plan.steps)] })
}

const deployedServices = (steps: readonly Step[]) =>
  steps.flatMap((step) => (step.action === 'deploy' ? [step.target] : []))
