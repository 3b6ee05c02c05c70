import { err, ok, type Result } from '../errors/result.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import type { Selection } from '../inventory/selection.ts'
import { planDeployment } from './deploy-source.ts'
import type { PlanFacts } from './facts.ts'
import { warnWithoutHealthCheck } from './health-check.ts'
import type { Plan } from './plan.ts'
import { planPreview } from './preview/plan-preview.ts'
import { planRollback } from './rollback.ts'
import { warnNoRollbackTarget } from './rollback-warnings.ts'
import { assignStepIds } from './step-id.ts'
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
    warnWithoutHealthCheck(warned, inputs.healthCheck),
    inputs,
    selection.otherShards,
  )
  return ordered.ok ? ok(assignStepIds(ordered.value)) : ordered
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

function planWithVariables(
  inputs: Inputs,
  selection: Selection,
  facts: PlanFacts,
  snapshot: VariablesSnapshot,
  now: number,
): Result<Plan> {
  const request = inputs.variables
  const changes = planChanges(snapshot, request, facts, inputs.shard)
  if (!changes.ok) return err(changes.failures)
  if (inputs.command === 'variables') return ok(planVariables(changes.value, request))
  const changing = new Set(changes.value.changing.keys())
  const deploys = planDeployment(inputs, selection, facts, now, changing)
  return deploys.ok ? ok(planVariablesFirst(deploys.value, changes.value)) : deploys
}
