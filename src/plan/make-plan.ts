import type { Clock } from '../clock.ts'
import { type Failure, failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import { hasVariables } from '../inputs/variable-inputs.ts'
import type { ServiceInstance } from '../inventory/inventory.ts'
import type { Selection } from '../inventory/selection.ts'
import { applyCanary } from './canary.ts'
import { planDeploy } from './deploy.ts'
import { planImage } from './image.ts'
import type { Plan, Step } from './plan.ts'
import { type PreviewSources, planPreview } from './preview/plan-preview.ts'
import { type Histories, planRollback } from './rollback.ts'
import { warnNoRollbackTarget } from './rollback-warnings.ts'
import { type Directories, planUpload, type RootDirectories } from './upload.ts'
import type { VariableReader } from './variables/ports.ts'
import { planChanges, planVariables, planVariablesFirst } from './variables/set-variables.ts'
import { readVariables } from './variables/snapshot.ts'

/** What planning asks for beyond the inventory. */
export interface PlanSources extends PreviewSources {
  readonly variables: VariableReader
  readonly histories: Histories
  readonly directories: Directories
  readonly roots: RootDirectories
  readonly clock: Clock
}

/** The plan of a command, with what goes for every command that deploys. */
export async function makePlan(
  inputs: Inputs,
  selection: Selection,
  edges: PlanSources,
): Promise<Result<Plan>> {
  const plan = await planCommand(inputs, selection, edges)
  if (!plan.ok) return plan
  const warned = inputs.onFailure === 'rollback' ? warnNoRollbackTarget(plan.value) : plan.value
  return inputs.canary ? applyCanary(warned, inputs.canary) : ok(warned)
}

/** The plan of a command. A command that has to know more than the inventory asks for it here. */
async function planCommand(
  inputs: Inputs,
  selection: Selection,
  edges: PlanSources,
): Promise<Result<Plan>> {
  if (inputs.command === 'preview') return planPreview(inputs, selection, edges)
  if (inputs.command === 'rollback') {
    return planRollback(selection, edges.histories, edges.clock.now())
  }
  if (inputs.command === 'variables' || hasVariables(inputs.variables)) {
    return planWithVariables(inputs, selection, edges)
  }
  return planDeployment(inputs, selection, edges)
}

/** What is deployed: a directory, an image, or a commit. `changing` are deployed whatever they run now. */
async function planDeployment(
  inputs: Inputs,
  selection: Selection,
  edges: PlanSources,
  changing: { has(instance: ServiceInstance): boolean } = new Set(),
): Promise<Result<Plan>> {
  const { image, directory } = inputs
  if (directory !== null) return planUpload(selection, { ...inputs, directory }, edges)
  if (image) return planImage(selection, { ...inputs, image, changing })
  return ok(planDeploy(selection, { ...inputs, changing }))
}

async function planWithVariables(
  inputs: Inputs,
  selection: Selection,
  edges: PlanSources,
): Promise<Result<Plan>> {
  const { variables: reader, scope } = edges
  const wish = inputs.variables
  const surveyed = await readVariables(wish, selection, { reader, scope })
  if (!surveyed.ok) return surveyed
  const changes = planChanges(surveyed.value, wish)
  if (!changes.ok) return changes
  const inTheWay = await stagedByOthers(changes.value.steps, reader)
  if (inTheWay.length > 0) return err(inTheWay)
  if (inputs.command === 'variables') {
    return ok(planVariables(changes.value, surveyed.value, wish))
  }
  const deploys = await planDeployment(inputs, selection, edges, changes.value.needing)
  return deploys.ok ? ok(planVariablesFirst(deploys.value, changes.value)) : deploys
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
    failure('staged-changes', {
      project: project.name,
      environment: environment.name,
      purpose: 'remove-variables',
      author: null,
      since: null,
    }),
  )
}
