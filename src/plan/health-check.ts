import { groupBy } from '../collections.ts'
import { listLocations } from '../errors/list-locations.ts'
import type { HealthCheck } from '../inputs/read-inputs.ts'
import { locationOf, type ServiceInstance } from '../inventory/inventory.ts'
import { type Plan, preparesPreview, type Step, starts } from './plan.ts'

/** The reason why the health of a service is not checked. */
type Obstacle = 'no-address' | 'unverified' | 'schedule'

/**
 * Adds a warning to the plan for each reason why the health of services will not be checked. A service of a preview may
 * get a domain while the run prepares the preview, so it is not listed.
 */
export function warnWithoutHealthCheck(plan: Plan, healthCheck: HealthCheck | null): Plan {
  if (healthCheck === null) return plan
  const previews = new Set(plan.steps.filter(preparesPreview).map(({ id }) => id))
  const unchecked = plan.steps.flatMap((step: Step) => {
    const { instance } = step.target
    const isFollowed = starts(step) || step.action === 'adopt'
    if (!instance || !isFollowed || step.after.some((id) => previews.has(id))) return []
    const obstacle = obstacleOf(instance)
    return obstacle === null ? [] : [{ obstacle, location: locationOf(step.target) }]
  })
  const groups = groupBy(unchecked, ({ obstacle }) => obstacle)
  const warnings = [...groups].map(([obstacle, own]) => ({
    title: 'health not checked',
    message: sentences[obstacle](listLocations(own.map(({ location }) => location))),
  }))
  return { ...plan, warnings: [...plan.warnings, ...warnings] }
}

/** The effect, which is the same for every obstacle. */
const effect =
  'A deployment of such a service counts as successful as soon as Railway reports it as live.'

/** The message for each obstacle, with the list of the services. */
const sentences: Readonly<Record<Obstacle, (services: string) => string>> = {
  'no-address': (services) =>
    `\`health-check\` cannot check services without a public address: ${services}. ${effect} To have them checked, generate a domain for them in Railway. If they need no public address, ignore this warning.`,
  unverified: (services) =>
    `\`health-check\` cannot check services whose domains are not verified yet: ${services}. ${effect} To have them checked, complete the DNS records of the domains that Railway shows in the settings of the service.`,
  schedule: (services) =>
    `\`health-check\` cannot check services that run on a schedule, because they serve no requests between two runs: ${services}. ${effect} To avoid this warning, deploy them in a step without \`health-check\`.`,
}

function obstacleOf({ cron, domains, unverifiedDomains = [] }: ServiceInstance): Obstacle | null {
  if (cron) return 'schedule'
  if (domains.length > 0) return null
  return unverifiedDomains.length > 0 ? 'unverified' : 'no-address'
}
