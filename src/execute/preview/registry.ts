import type { Named } from '../../named.ts'
import { isThere, type Step, type StepId } from '../../plan/plan.ts'
import { decideInPreview } from '../../plan/preview/services.ts'
import type { PreviewSpec } from '../../plan/preview/spec.ts'
import { placeInPlan } from '../refresh.ts'
import type { PreparedPreview } from './prepare.ts'

/** The previews that are ready by now, by the step that prepared them. */
export class PreviewRegistry {
  readonly #ready = new Map<StepId, { preview: PreparedPreview; spec: PreviewSpec }>()

  add(id: StepId, preview: PreparedPreview, spec: PreviewSpec): void {
    this.#ready.set(id, { preview, spec })
  }

  /**
   * Returns the step as it is to be executed now: in the existing environment, on the service in it. The step is
   * decided again, because another run may have started its deployment. Steps in other environments stay as they are.
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
      const detail = 'somebody took it out of the preview'
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
