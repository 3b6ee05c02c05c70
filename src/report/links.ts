import type { Outcome } from '../execute/outcome.ts'
import type { ServiceTarget, Target } from '../inventory/inventory.ts'
import { isPlaced } from '../plan/plan.ts'

const dashboard = 'https://railway.com'

/** Returns the URL of the page of a service in an environment. */
export function serviceLink({ project, environment, instance }: ServiceTarget): string {
  return `${dashboard}/project/${project.id}/service/${instance.service.id}?environmentId=${environment.id}`
}

/** Returns the URL of the page of an environment. */
export function environmentLink({ project, environment }: Target): string {
  return `${dashboard}/project/${project.id}?environmentId=${environment.id}`
}

/** Returns the URL of the page of a deployment with its logs. */
export function deploymentLink({ project, environment, instance }: Target, id: string): string {
  if (!instance) return environmentLink({ project, environment, instance })
  return `${dashboard}/project/${project.id}/service/${instance.service.id}?id=${id}&environmentId=${environment.id}`
}

/** Returns the URL of the first domain of a service, with `https://`; `null` without a domain. */
export function siteLink(domains: readonly string[]): string | null {
  const [domain] = domains
  if (!domain) return null
  return /^https?:\/\//.test(domain) ? domain : `https://${domain}`
}

/** Returns the links of an outcome: its site and its logs. */
export function linksOf({ step, domains, deploymentId }: Outcome) {
  return {
    url: siteLink(domains),
    logsUrl:
      deploymentId && isPlaced(step.target) ? deploymentLink(step.target, deploymentId) : null,
  }
}

/** The statuses with which the site of a service runs the revision of the outcome. */
const serving: ReadonlySet<Outcome['status']> = new Set(['success', 'unchanged', 'rolled-back'])

/** Returns the URL of a service's site, for people; `null` if the site does not run the revision of the outcome. */
export const servingSite = ({ status, domains }: Outcome): string | null =>
  serving.has(status) ? siteLink(domains) : null
