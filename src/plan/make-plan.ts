import { type Checked, type Failure, failure, found, refused } from '../errors.ts'
import type { Inputs } from '../inputs/inputs.ts'
import { hasWish } from '../inputs/variables.ts'
import type { Selection } from '../inventory/select.ts'
import type { VariableReader } from '../variables/ports.ts'
import { survey } from '../variables/survey.ts'
import { planDeploy } from './deploy.ts'
import type { Plan, Step } from './plan.ts'
import { type PreviewPlanEdges, planPreview } from './plan-preview.ts'
import { planChanges, planVariables, planVariablesFirst } from './variables.ts'

/** What planning may ask for beyond the inventory. */
export interface PlanPorts extends PreviewPlanEdges {
  readonly variables: VariableReader
}

/** The plan of a command. A command that has to know more than the inventory asks for it here. */
export async function makePlan(
  inputs: Inputs,
  selection: Selection,
  ports: PlanPorts,
): Promise<Checked<Plan>> {
  if (inputs.command === 'preview') return planPreview(inputs, selection, ports)
  if (inputs.command === 'variables' || hasWish(inputs.variables)) {
    return planWithVariables(inputs, selection, ports)
  }
  return found(planDeploy(selection, inputs))
}

async function planWithVariables(
  inputs: Inputs,
  selection: Selection,
  { variables: reader, scope }: PlanPorts,
): Promise<Checked<Plan>> {
  const wish = inputs.variables
  const surveyed = await survey(wish, selection, { reader, scope })
  if (!surveyed.ok) return surveyed
  const changes = planChanges(surveyed.value, wish)
  if (!changes.ok) return changes
  const inTheWay = await stagedByOthers(changes.value.steps, reader)
  if (inTheWay.length > 0) return refused(inTheWay)
  if (inputs.command === 'variables') {
    return found(planVariables(changes.value, surveyed.value, wish))
  }
  const deploys = planDeploy(selection, { ...inputs, changing: changes.value.needing })
  return found(planVariablesFirst(deploys, changes.value))
}

/** Removing a variable commits what is staged in the environment, and that may be somebody's work. */
async function stagedByOthers(steps: readonly Step[], reader: VariableReader): Promise<Failure[]> {
  const removing = steps.flatMap((step) =>
    step.action === 'set-variables' && step.change.remove.length > 0 ? [step.change] : [],
  )
  if (removing.length === 0) return []
  const staged = await reader.stagedByOthers(removing)
  if (!staged.ok) return [...staged.failures]
  return staged.value.map(({ project, environment }) =>
    failure('input-invalid', {
      input: 'remove-variables',
      given: null,
      takes: `environments without staged changes: somebody has staged changes in environment "${environment.name}" of project "${project.name}", and removing variables (here, or by \`variables-mode: replace\`) would commit them. Commit or discard them in Railway first`,
    }),
  )
}
