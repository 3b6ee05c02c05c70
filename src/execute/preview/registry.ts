import type { Named } from '../../named.ts'
import { isThere, type Step, type StepId } from '../../plan/plan.ts'
import { decideInPreview } from '../../plan/preview/services.ts'
import type { PreviewSpec } from '../../plan/preview/spec.ts'
import { placeInPlan } from '../refresh.ts'
import type { PreparedPreview } from './prepare.ts'

/** The previews that steps of the run have prepared, by the ids of these steps. */
export class PreviewRegistry {
  readonly #ready = new Map<StepId, { preview: PreparedPreview; spec: PreviewSpec }>()

  add(id: StepId, preview: PreparedPreview, spec: PreviewSpec): void {
    this.#ready.set(id, { preview, spec })
  }

  /**
   * Returns the step to execute. A step in a prepared preview gets the environment and the service that exist there. It
   * is planned again, because another run may have started its deployment. Other steps stay the same.
   */
  resolve(step: Step): Step<Named> {
    const ready = step.after.flatMap((id) => this.#ready.get(id) ?? [])[0]
    const { instance: planned } = step.target
    if (!ready || !planned) return toPlaced(step)
    const { preview, spec } = ready
    const { id } = planned.service
    const instance = preview.instances.find(({ service }) => service.id === id)
    const { environment } = preview
    if (!instance) {
      const target = { ...step.target, environment }
      const detail = 'somebody removed the service from the preview'
      return { action: 'keep', because: 'skipped', target, detail, ...placeInPlan(step) }
    }
    const target = { ...step.target, environment, instance }
    const decided = decideInPreview(target, spec, preview.reconfigured.has(id))
    return { ...decided, ...placeInPlan(step) }
  }
}

/** Narrows a step to one in an existing environment. Throws if the environment does not exist. */
function toPlaced(step: Step): Step<Named> {
  if (step.action !== 'deploy' && step.action !== 'adopt') return step
  const { environment } = step.target
  if (!isThere(environment)) throw new Error(`${step.id} has no environment`)
  return { ...step, target: { ...step.target, environment } }
}
