import type { Clock } from '../clock.ts'
import type { Behaviour } from './behaviour.ts'
import type { EnvironmentMeta, TokenKind, WorkspacePlan } from './model.ts'
import type { Script } from './script.ts'

export interface WorldOptions {
  clock: Clock
  /** Changes every id, and nothing else. */
  seed?: string
  behaviour?: Partial<Behaviour>
}

export interface WorkspaceOptions {
  plan?: WorkspacePlan
  enforcesTwoFactor?: boolean
  /** Most builds at once. */
  builders?: number
}

export interface ProjectOptions {
  /** The first is the primary one. */
  environments?: string[]
  baseEnvironment?: string
  prDeploys?: boolean
  botPrEnvironments?: boolean
  focusedPrEnvironments?: boolean
  deleted?: boolean
}

export interface EnvironmentOptions {
  ephemeral?: boolean
  /** `true`: visible and off limits to every token; or only to these kinds. */
  restricted?: boolean | TokenKind[]
  source?: string
  meta?: EnvironmentMeta
  deleted?: boolean
}

/** A deployment that is there from the start. Without `steps` it went live. */
export interface SeedDeployment {
  commit?: string
  message?: string
  /** The digest of the image. */
  digest?: string
  minutesAgo?: number
  script?: Script
  canRollback?: boolean
  variables?: Record<string, string>
}

export interface ServiceInstanceOptions {
  source?: { repo: string; branch?: string } | { image: string } | 'none'
  /** The deployment that serves traffic. By default the head of the branch, or the image; `false`: none. */
  live?: SeedDeployment | false
  /** Deployments before that one, oldest first. */
  history?: SeedDeployment[]
  /** `true`: the domain that Railway would give it. */
  domain?: boolean | string
  targetPort?: number
  customDomain?: string
  /** `false`: the DNS record of the custom domain was not found. */
  customDomainVerified?: boolean
  /** The path that a volume is mounted at. */
  volume?: string
  variables?: Record<string, string>
  sealed?: Record<string, string>
  cron?: string
  rootDirectory?: string
  startCommand?: string
  healthcheckPath?: string
  /** The path of a config file, as its settings have it. */
  railwayConfigFile?: string
  /** A config file at the default place of its source, which the settings do not name. */
  foundConfigFile?: string
  watchPatterns?: string[]
  /** Services built from a repository have a trigger for their branch, unless this says `false`. */
  trigger?: boolean
  checkSuites?: boolean
  autoDeploy?: boolean
  /** The service was removed from this environment, or from the project. */
  deleted?: boolean
}

export interface ServiceOptions extends ServiceInstanceOptions {
  /** Environments that it exists in; by default all that the project has by now. */
  in?: string[]
  /** Differences in one of them, by its name. */
  per?: Record<string, ServiceInstanceOptions>
  restricted?: boolean
}
