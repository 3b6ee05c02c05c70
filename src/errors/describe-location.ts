import type { Location } from './codes.ts'

/** Describes a location: `service "api" of project "shop" in environment "production"`. */
export function describeLocation({ project, environment, service }: Location): string {
  if (service === null) return `environment "${environment}" of project "${project}"`
  return `service "${service}" of project "${project}" in environment "${environment}"`
}
