import { type Checked, found } from '../errors.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { Selection } from '../inventory/select.ts'
import { planDeploy } from './deploy.ts'
import type { Plan } from './plan.ts'

/** The plan of a command. A command that has to know more than the inventory asks for it here. */
export async function makePlan(inputs: Inputs, selection: Selection): Promise<Checked<Plan>> {
  return found(planDeploy(selection, inputs))
}
