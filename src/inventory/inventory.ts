import { labelOf, type Named } from '../named.ts'

/** A deployment, as far as planning needs it. */
export interface Deployment {
  readonly id: string
  /** The status as Railway names it. It is not an enum, because Railway may add values. */
  readonly status: string
  /** The time of its creation by Railway's clock, in ISO 8601. */
  readonly createdAt: string
  /** The commit from the deployment's untyped `meta`; `null` if `meta` has none. */
  readonly commit: string | null
  /** The reference of the image; `null` if `meta` has none. */
  readonly image: string | null
  /** The digest that the image reference was resolved to, if `meta` has it. */
  readonly digest?: string | null
  /** The milliseconds from its creation until it was live, if Railway reports both times. */
  readonly took?: number
}

/** The source of a service instance. `none` is an empty service, or one that is deployed by uploads. */
export type Source =
  | { readonly kind: 'repository'; readonly repository: string }
  | { readonly kind: 'image'; readonly image: string }
  | { readonly kind: 'none' }

/** A trigger of automatic deployments: Railway deploys the service on pushes to the branch. */
export interface Trigger {
  readonly repository: string
  readonly branch: string
}

/** A service in one environment. */
export interface ServiceInstance {
  readonly service: Named
  readonly source: Source
  /** The newest deployment, even if it failed. */
  readonly latest: Deployment | null
  /** The deployments that serve traffic now. */
  readonly active: readonly Deployment[]
  readonly triggers: readonly Trigger[]
  /** The host names of the service: verified custom domains first, then Railway's own. */
  readonly domains: readonly string[]
  /** The custom domains that are not verified. They may lead to another site, so none is shown or requested. */
  readonly unverifiedDomains?: readonly string[]
  /** The port that its domains lead to, if that is known. */
  readonly port?: number
  /** Whether the service runs by a cron schedule. */
  readonly cron: boolean
  /**
   * The path of the config file in the settings; `null` if the settings have none. A file at the default path may still
   * exist.
   */
  readonly configFile: string | null
  /** Whether Railway calls a deployment live only after the service has responded on its health check path. */
  readonly hasHealthCheck?: boolean
  /**
   * The duration in milliseconds of its deployment in the base environment. It is set only for a service of a preview.
   */
  readonly usualDuration?: number
}

/** Returns whether a service has a public domain, even if that is not verified yet. */
export const isPublic = ({ domains, unverifiedDomains = [] }: ServiceInstance): boolean =>
  domains.length + unverifiedDomains.length > 0

/** An environment of a project with its services. */
export interface Environment extends Named {
  /** `false` if the token may not act in it. Its services are not known then. */
  readonly accessible: boolean
  readonly ephemeral: boolean
  readonly instances: readonly ServiceInstance[]
}

/** A project with its environments. */
export interface Project extends Named {
  readonly workspaceId: string | null
  readonly baseEnvironmentId: string | null
  /** Whether Railway makes pull request environments of its own. */
  readonly prDeploys: boolean
  readonly environments: readonly Environment[]
}

/** The projects that the token has access to, without deleted ones. */
export interface Inventory {
  readonly projects: readonly Project[]
  readonly missingFields: readonly MissingField[]
}

/** A field of the inventory for which Railway returned an error. */
export interface MissingField {
  /** The names of the objects around the field, such as `shop / production / api`. */
  readonly place: string
  /** The id of the field's environment; `null` if the field is outside of environments, or if the id is not known. */
  readonly environmentId: string | null
  readonly field: string
  /** Railway's error message. */
  readonly message: string
}

/** The target of a change: an environment of a project, or one service in it. */
export interface Target<Place extends { readonly name: string } = Named> {
  readonly project: Named
  readonly environment: Place
  readonly instance: ServiceInstance | null
}

/** A target that is a service. */
export interface ServiceTarget<Place extends { readonly name: string } = Named>
  extends Target<Place> {
  readonly instance: ServiceInstance
}

/** The names of a target. */
type TargetNames = Target<{ readonly name: string; readonly label?: string }>

/**
 * Returns the name of a target in logs and messages: `<project>/<service>`, or `<project>/<environment>`. A name that
 * is not unique is followed by the id.
 */
export const targetName = ({ project, environment, instance }: TargetNames) =>
  `${labelOf(project)}/${labelOf(instance ? instance.service : environment)}`

/**
 * Returns the names of a target for errors. `service` is `null` for a whole environment. A name that is not unique is
 * followed by the id.
 */
export const locationOf = ({ project, environment, instance }: TargetNames) => ({
  project: labelOf(project),
  environment: labelOf(environment),
  service: instance && labelOf(instance.service),
})

/** Returns the names of a target for outputs, without ids. `service` is `null` for a whole environment. */
export const namesOf = ({ project, environment, instance }: TargetNames) => ({
  project: project.name,
  environment: environment.name,
  service: instance?.service.name ?? null,
})
