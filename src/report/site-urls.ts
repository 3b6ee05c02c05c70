import { groupBy } from '../collections.ts'
import type { Target } from '../inventory/inventory.ts'
import { type SelectedEnvironment, type Selection, targetsOf } from '../inventory/selection.ts'
import { keyOf } from '../named.ts'
import { isLive } from '../plan/deployment-status.ts'
import type { StepEnvironment } from '../plan/plan.ts'
import type { RunReport } from '../run-state.ts'
import { siteLink } from './links.ts'

/** The URL of a target's site. */
interface Site {
  readonly target: Target<StepEnvironment>
  readonly url: string
}

/**
 * Returns the output `urls`: addresses by `<project>/<service>`. They are of the services in the outcomes, or of the
 * live selected services in a run without outcomes. If a service is in several environments, the address in the base
 * environment of the project is used, or else the first one.
 */
export function siteUrls(known: RunReport): Record<string, string> {
  const urls = new Map<string, string>()
  for (const sites of groupBy(sitesOf(known), plainKey).values()) {
    // A name may contain a slash, so two pairs of names may give the same key.
    const isOne = new Set(sites.map(({ target }) => idKey(target))).size === 1
    for (const { target, url } of sites) {
      const key = isOne ? plainKey({ target }) : idKey(target)
      if (!urls.has(key)) urls.set(key, url)
    }
  }
  return Object.fromEntries(urls)
}

/** Returns the names that several projects or services have. The keys of {@link siteUrls} contain ids instead. */
export function sharedNames(known: RunReport): string[] {
  const names = sitesOf(known).flatMap(({ target: { project, instance } }) =>
    [project, ...(instance ? [instance.service] : [])].flatMap(({ name, label }) =>
      label === undefined ? [] : [name],
    ),
  )
  return [...new Set(names)]
}

function sitesOf({ outcomes, selection }: RunReport): Site[] {
  const sites: (readonly [Target<StepEnvironment>, readonly string[]])[] = outcomes
    ? outcomes.map(({ step, domains }) => [step.target, domains])
    : (selection ? targetsOf(basesFirst(selection)) : [])
        .filter(({ instance }) => instance.active.some(({ status }) => isLive(status)))
        .map((target) => [target, target.instance.domains])
  return sites.flatMap(([target, domains]) => {
    const url = siteLink(domains)
    return url ? [{ target, url }] : []
  })
}

const plainKey = ({ target: { project, environment, instance } }: Pick<Site, 'target'>) =>
  `${keyOf(project)}/${instance ? keyOf(instance.service) : environment.name}`

const idKey = ({ project, environment, instance }: Site['target']) =>
  `${project.id}/${instance ? instance.service.id : environment.name}`

/** Sorts the base environment of each project before its other environments. */
function basesFirst(selection: Selection): Selection {
  const rank = ({ project, environment }: SelectedEnvironment) =>
    environment.id === project.baseEnvironmentId ? 0 : 1
  const environments = selection.environments.toSorted((a, b) => rank(a) - rank(b))
  return { ...selection, environments }
}
