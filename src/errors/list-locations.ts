import { groupBy } from '../collections.ts'
import type { Location } from './codes.ts'

/** A service or a whole environment in a list. */
export interface ListedLocation extends Location {
  /** A remark in parentheses after the name, such as the commit of the service. */
  readonly note?: string | undefined
}

/** The maximum number of locations that a list names. More would not fit into an annotation. */
const maxListed = 20

/**
 * Lists services with their projects and environments: `shop/web (1a2b3c4), shop/api in environment "production"`. A
 * whole environment is listed by its project: `shop in environment "pr-7"`. At most 20 are named, and the rest is
 * counted.
 */
export function listLocations(locations: readonly ListedLocation[]): string {
  const environments = groupBy(locations.slice(0, maxListed), ({ environment }) => environment)
  const lists = [...environments].map(
    ([environment, own]) => `${own.map(describe).join(', ')} in environment "${environment}"`,
  )
  const rest = locations.length - maxListed
  return [...lists, ...(rest > 0 ? [`${rest} more`] : [])].join('; ')
}

function describe({ project, service, note }: ListedLocation): string {
  const name = service === null ? project : `${project}/${service}`
  return note === undefined ? name : `${name} (${note})`
}
