import type { HealthCheck } from '../inputs/read-inputs.ts'
import { type ServiceInstance, targetName } from '../inventory/inventory.ts'
import { type Plan, preparesPreview, type Step, starts } from './plan.ts'

/**
 * Warns about services whose health will not be checked. A service of a preview may get an address while the preview is
 * prepared, so it is not named.
 */
export function warnUnchecked(plan: Plan, healthCheck: HealthCheck | null): Plan {
  if (healthCheck === null) return plan
  const previews = new Set(plan.steps.filter(preparesPreview).map(({ id }) => id))
  const unchecked = plan.steps.flatMap((step: Step) => {
    const { instance } = step.target
    const isFollowed = starts(step) || step.action === 'adopt'
    if (!instance || !isFollowed || step.after.some((id) => previews.has(id))) return []
    const why = whyUnchecked(instance)
    return why === null ? [] : [`${targetName(step.target)} (${why})`]
  })
  if (unchecked.length === 0) return plan
  const message = `\`health-check\` cannot be requested of ${unchecked.join(', ')}: a deployment counts as successful there when Railway says that it is live. Give the service a domain, or leave it out of this job.`
  return { ...plan, warnings: [...plan.warnings, { title: 'health not checked', message }] }
}

function whyUnchecked({ cron, domains, unverifiedDomains = [] }: ServiceInstance): string | null {
  if (cron) return 'it runs by a schedule'
  if (domains.length > 0) return null
  return unverifiedDomains.length > 0 ? 'its domain is not verified' : 'no public address'
}
