import { err, ok, type Result } from '../errors/result.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import type { Selection } from '../inventory/selection.ts'
import { newerCommits, unknownOrder } from './commit-comparisons.ts'
import { planDeploy } from './deploy-commit.ts'
import { planUpload } from './deploy-directory.ts'
import { planPromotion } from './deploy-from-environment.ts'
import { planImage } from './deploy-image.ts'
import type { PlanFacts } from './facts.ts'
import { warnUnchecked } from './health-check.ts'
import { isSelective, keepUnchanged, unknownChanges } from './only-changed.ts'
import type { Plan, Step } from './plan.ts'
import { planPreview } from './preview/plan-preview.ts'
import { planRollback } from './rollback.ts'
import { warnNoRollbackTarget } from './rollback-warnings.ts'
import { nameSteps } from './step-id.ts'
import { planChanges, planVariables, planVariablesFirst } from './variables/set-variables.ts'
import type { VariablesSnapshot } from './variables/snapshot.ts'
import { applyWaves } from './waves.ts'

/** Makes the plan of a command from data only, without requests. `now`: milliseconds since the epoch. */
export function makePlan(
  inputs: Inputs,
  selection: Selection,
  facts: PlanFacts,
  now: number,
): Result<Plan> {
  const plan = planCommand(inputs, selection, facts, now)
  if (!plan.ok) return plan
  const warned = inputs.onFailure === 'rollback' ? warnNoRollbackTarget(plan.value) : plan.value
  const ordered = applyWaves(
    warnUnchecked(warned, inputs.healthCheck),
    inputs,
    selection.otherShards,
  )
  return ordered.ok ? ok(nameSteps(ordered.value)) : ordered
}

function planCommand(
  inputs: Inputs,
  selection: Selection,
  facts: PlanFacts,
  now: number,
): Result<Plan> {
  if (inputs.command === 'preview') return planPreview(inputs, selection, facts, now)
  if (inputs.command === 'rollback') return planRollback(selection, facts.histories, now)
  if (facts.variables) return planWithVariables(inputs, selection, facts, facts.variables, now)
  return planDeployment(inputs, selection, facts, now)
}

/** Plans the deployment of a directory, an image, or a commit. `changing`: keys of targets that are deployed in any case. */
function planDeployment(
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

function planWithVariables(
  inputs: Inputs,
  selection: Selection,
  facts: PlanFacts,
  snapshot: VariablesSnapshot,
  now: number,
): Result<Plan> {
  const request = inputs.variables
  const changes = planChanges(snapshot, request, facts.stagedPaths, inputs.shard)
  if (!changes.ok) return err(changes.failures)
  if (inputs.command === 'variables') return ok(planVariables(changes.value, request))
  const changing = new Set(changes.value.changing.keys())
  const deploys = planDeployment(inputs, selection, facts, now, changing)
  return deploys.ok ? ok(planVariablesFirst(deploys.value, changes.value)) : deploys
}
