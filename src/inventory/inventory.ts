import { labelOf, type Named } from '../named.ts'

/** A deployment as far as planning needs it. `status` is kept as text: Railway may add values. */
export interface Deployment {
  readonly id: string
  readonly status: string
  /** ISO 8601, by Railway's clock. */
  readonly createdAt: string
  /** From the deployment's untyped `meta`; `null` where Railway does not say. */
  readonly commit: string | null
  readonly image: string | null
  /** The digest that the image's name stood for, where Railway says it. */
  readonly digest?: string | null
  /** The milliseconds from its creation until it was live, where Railway says it. */
  readonly took?: number
}

/** The source of a service instance. `none`: an empty service, or one fed by uploads. */
export type Source =
  | { readonly kind: 'repository'; readonly repository: string }
  | { readonly kind: 'image'; readonly image: string }
  | { readonly kind: 'none' }

/** Pushes to `branch` of `repository` deploy this service by themselves. */
export interface Trigger {
  readonly repository: string
  readonly branch: string
}

/** A service in one environment. */
export interface ServiceInstance {
  readonly service: Named
  readonly source: Source
  /** The newest deployment, whatever became of it. */
  readonly latest: Deployment | null
  /** The deployments that serve traffic now. */
  readonly active: readonly Deployment[]
  readonly triggers: readonly Trigger[]
  /** Host names that lead to it, without scheme: verified custom domains, then Railway's own. */
  readonly domains: readonly string[]
  /** Custom domains whose owner has not proved them to Railway. They may lead anywhere, so none is shown or requested. */
  readonly unverifiedDomains?: readonly string[]
  /** The port that its domains lead to, if that is known. */
  readonly port?: number
  /** Runs by a schedule and is idle in between. */
  readonly cron: boolean
  /** The config file in the repository that its settings name; `null` for none, or the one at its default place. */
  readonly configFile: string | null
  /** Whether Railway calls a deployment live only after the service has answered on its health check path. */
  readonly hasHealthCheck?: boolean
  /** The milliseconds that a deployment takes elsewhere, for a service without one of its own. */
  readonly usualDuration?: number
}

/** Returns whether a service is meant to be reached from outside, be it by a domain that does not lead to it yet. */
export const isPublic = ({ domains, unverifiedDomains = [] }: ServiceInstance): boolean =>
  domains.length + unverifiedDomains.length > 0

export interface Environment extends Named {
  /** `false`: it is visible, but the token may not act in it, and what is in it is not known. */
  readonly accessible: boolean
  readonly ephemeral: boolean
  readonly instances: readonly ServiceInstance[]
}

export interface Project extends Named {
  readonly workspaceId: string | null
  readonly baseEnvironmentId: string | null
  /** Railway's own pull request environments are on. */
  readonly prDeploys: boolean
  readonly environments: readonly Environment[]
}

/** Everything that is in the token's reach, without what is deleted. */
export interface Inventory {
  readonly projects: readonly Project[]
  readonly gaps: readonly MissingField[]
}

/** A part of the inventory that Railway did not answer. */
export interface MissingField {
  /** The names on the way to it, such as `shop / production / api`. */
  readonly place: string
  /** Id of the environment it is in; `null` where it is above environments, or not known. */
  readonly environmentId: string | null
  readonly field: string
  /** Railway's words. */
  readonly message: string
}

/** An environment of a project, or one service in it: the object of a change and of a report. */
export interface Target<Place extends { readonly name: string } = Named> {
  readonly project: Named
  readonly environment: Place
  readonly instance: ServiceInstance | null
}

/** One service of one environment of one project. */
export interface ServiceTarget<Place extends { readonly name: string } = Named>
  extends Target<Place> {
  readonly instance: ServiceInstance
}

/** The names of a target. */
type TargetNames = Target<{ readonly name: string; readonly label?: string }>

/** `<project>/<service>`, or `<project>/<environment>`, as in logs and messages. Shared names have their ids with them. */
export const targetName = ({ project, environment, instance }: TargetNames) =>
  `${labelOf(project)}/${labelOf(instance ? instance.service : environment)}`

/** The names of a target, for errors; no service for a whole environment. Shared names have their ids with them. */
export const locationOf = ({ project, environment, instance }: TargetNames) => ({
  project: labelOf(project),
  environment: labelOf(environment),
  service: instance && labelOf(instance.service),
})

/** The names of a target as Railway has them, for outputs; no service for a whole environment. */
export const namesOf = ({ project, environment, instance }: TargetNames) => ({
  project: project.name,
  environment: environment.name,
  service: instance?.service.name ?? null,
})
