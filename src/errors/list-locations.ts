import { groupBy } from '../collections.ts'
import type { Location } from './codes.ts'

/** A service or a whole environment in a list. */
export interface ListedLocation extends Location {
  /** A remark in parentheses after the name, such as the commit of the service. */
  readonly note?: string | undefined
}

/** The maximum number of locations in a list. */
const maxListed = 20

/**
 * The maximum total length of the names and notes in a list, in characters, so that the message fits into an
 * annotation.
 */
const maxCharacters = 1_000

/**
 * Lists services with their projects and environments: `shop/web (1a2b3c4), shop/api in environment "production"`. A
 * whole environment is listed by its project: `shop in environment "pr-7"`. A long list is cut, and the rest is
 * counted.
 */
export function listLocations(locations: readonly ListedLocation[]): string {
  const shown = firstThatFit(locations)
  const environments = groupBy(shown, ({ environment }) => environment)
  const lists = [...environments].map(
    ([environment, own]) => `${own.map(describe).join(', ')} in environment "${environment}"`,
  )
  const rest = locations.length - shown.length
  return [...lists, ...(rest > 0 ? [`${rest} more`] : [])].join('; ')
}

/** Returns the first locations that fit into a list, at least one. */
function firstThatFit(locations: readonly ListedLocation[]): readonly ListedLocation[] {
  let left = maxCharacters
  const end = locations.slice(0, maxListed).findIndex((location, index) => {
    left -= describe(location).length
    return left < 0 && index > 0
  })
  return locations.slice(0, end < 0 ? maxListed : end)
}

function describe({ project, service, note }: ListedLocation): string {
  const name = service === null ? project : `${project}/${service}`
  return note === undefined ? name : `${name} (${note})`
}
