import type { ServiceInstance, ServiceTarget } from '../../inventory/inventory.ts'
import { isBuiltFrom } from '../../inventory/selection.ts'
import { planService } from '../deploy-commit.ts'
import { isLive, isUnfinished } from '../deployment-status.ts'
import type { AdoptStep, DeployStep, KeepStep, StepEnvironment } from '../plan.ts'
import { toStep } from '../step-id.ts'
import type { PreviewSpec } from './spec.ts'

/**
 * Returns the step for one service in a preview. It is called for the plan, and again before the step is executed,
 * because a concurrent run may have started a deployment in the meantime. `reconfigured`: the run has changed the
 * variables or the image of the service.
 *
 * A service that is built from this repository is deployed at each new commit. Other services, such as databases, are
 * started once, so that a push does not restart them.
 */
export function decideInPreview<Place extends StepEnvironment>(
  target: ServiceTarget<Place>,
  { request, deployed }: Pick<PreviewSpec, 'request' | 'deployed'>,
  reconfigured = false,
): DeployStep<Place> | AdoptStep<Place> | KeepStep {
  const { instance } = target
  if (!deployed.includes(instance.service.id)) {
    return keep(target, 'unchanged', 'not among the `services` of this preview')
  }
  if (instance.source.kind === 'none' && !instance.latest) {
    return keep(target, 'skipped', 'it has no source, so there is nothing to build')
  }
  if (isBuiltFrom(instance, request.context.repository)) {
    return planService(target, request, reconfigured)
  }
  const { latest } = instance
  if (latest && isUnfinished(latest.status) && !reconfigured) {
    const detail = `it is already being deployed (${latest.status})`
    const revision = { kind: 'current' } as const
    return toStep({ action: 'adopt', deployment: latest, revision, target, detail })
  }
  const serves =
    instance.active.some(({ status }) => isLive(status)) || isLive(latest?.status ?? '')
  if (serves && !reconfigured) return keep(target, 'unchanged', 'it is live')
  return planService(target, request)
}

/** Returns a service of the base as it will be in a new preview: without deployments, triggers and domains. */
export const asCloned = (instance: ServiceInstance): ServiceInstance => ({
  ...instance,
  latest: null,
  active: [],
  triggers: [],
  domains: [],
  unverifiedDomains: [],
})

const keep = (
  target: ServiceTarget<StepEnvironment>,
  because: KeepStep['because'],
  detail: string,
): KeepStep => toStep({ action: 'keep', because, target, detail })
