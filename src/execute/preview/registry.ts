import type { Target } from '../../inventory/inventory.ts'
import type { Named } from '../../named.ts'
import type { Step } from '../../plan/plan.ts'
import { decideInPreview } from '../../plan/preview/services.ts'
import type { PreviewSpec } from '../../plan/preview/spec.ts'
import type { PreparedPreview } from './prepare.ts'

/**
 * Previews that are ready by now, by the environment that the plan has in their place. Steps of a plan share
 * that one object, so a step whose environment was not there when the plan was made finds it here.
 */
export class PreviewRegistry {
  readonly #ready = new Map<Named, { preview: PreparedPreview; spec: PreviewSpec }>()

  add(planned: Named, preview: PreparedPreview, spec: PreviewSpec): void {
    this.#ready.set(planned, { preview, spec })
  }

  /**
   * The step as it is to be done now: in the environment that is there, on the service as it is in it, and
   * decided anew, because what was to be deployed may be under way by another run. Steps elsewhere stay.
   */
  resolve(step: Step): Step {
    const ready = this.#ready.get(step.target.environment)
    const { instance: planned } = step.target
    if (!ready || !planned) return step
    const { preview, spec } = ready
    const { id } = planned.service
    const instance = preview.instances.find(({ service }) => service.id === id)
    const { environment } = preview
    if (!instance) {
      const target: Target = { ...step.target, environment }
      const detail = 'somebody took it out of the preview'
      return { action: 'keep', because: 'skipped', target, detail }
    }
    const target = { ...step.target, environment, instance }
    return decideInPreview(target, spec, preview.reconfigured.has(id))
  }
}
