import { type Checked, found } from '../errors.ts'
import type { Inputs } from '../inputs/inputs.ts'
import type { Selection } from '../inventory/select.ts'
import { planDeploy } from './deploy.ts'
import { planImage } from './image.ts'
import type { Plan } from './plan.ts'

/** The plan of a command. A command that has to know more than the inventory asks for it here. */
export async function makePlan(inputs: Inputs, selection: Selection): Promise<Checked<Plan>> {
  const { image } = inputs
  if (image) return planImage(selection, { ...inputs, image })
  return found(planDeploy(selection, inputs))
}
