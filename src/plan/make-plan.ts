import type { Clock } from '../clock.ts'
import { type Checked, found } from '../errors.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { Selection } from '../inventory/select.ts'
import { planDeploy } from './deploy.ts'
import { planImage } from './image.ts'
import type { Plan } from './plan.ts'
import { type Histories, planRollback } from './rollback.ts'
import { type Directories, planUpload, type RootDirectories } from './upload.ts'
import { inWaves } from './waves.ts'
import { warnOfNoWayBack } from './way-back.ts'

/** What planning asks for beyond the inventory. */
export interface PlanEdges {
  readonly histories: Histories
  readonly directories: Directories
  readonly roots: RootDirectories
  readonly clock: Clock
}

/** The plan of a command, with what goes for every command that deploys. */
export async function makePlan(
  inputs: Inputs,
  selection: Selection,
  edges: PlanEdges,
): Promise<Checked<Plan>> {
  const plan = await planCommand(inputs, selection, edges)
  if (!plan.ok) return plan
  const warned = inputs.onFailure === 'rollback' ? warnOfNoWayBack(plan.value) : plan.value
  return inputs.canary ? inWaves(warned, inputs.canary) : found(warned)
}

/** The plan of a command. A command that has to know more than the inventory asks for it here. */
async function planCommand(
  inputs: Inputs,
  selection: Selection,
  edges: PlanEdges,
): Promise<Checked<Plan>> {
  if (inputs.command === 'rollback') {
    return planRollback(selection, edges.histories, edges.clock.now())
  }
  const { image, directory } = inputs
  if (directory !== null) return planUpload(selection, { ...inputs, directory }, edges)
  if (image) return planImage(selection, { ...inputs, image })
  return found(planDeploy(selection, inputs))
}
