import type { Clock } from '../clock.ts'
import type { Behaviour } from './behaviour.ts'
import type { EnvironmentMeta, TokenKind, WorkspacePlan } from './model.ts'
import type { Script } from './script.ts'

export interface WorldOptions {
  clock: Clock
  /** The seed of all ids. */
  seed?: string
  behaviour?: Partial<Behaviour>
}

export interface WorkspaceOptions {
  plan?: WorkspacePlan
  enforcesTwoFactor?: boolean
  /** Largest number of builds at the same time; no limit by default. */
  builders?: number
}

export interface ProjectOptions {
  /** Names of the environments. The first one is the primary environment. */
  environments?: string[]
  baseEnvironment?: string
  prDeploys?: boolean
  botPrEnvironments?: boolean
  focusedPrEnvironments?: boolean
  deleted?: boolean
}

export interface EnvironmentOptions {
  ephemeral?: boolean
  /** `true`: every token can see the environment and none can access its content. A list: this applies to these kinds of token. */
  restricted?: boolean | TokenKind[]
  source?: string
  meta?: EnvironmentMeta
  deleted?: boolean
}

/** A deployment that the world has at its start. Without a script it is live. */
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
  /** The live deployment. By default it has the latest commit of the branch, or the image; `false`: there is none. */
  live?: SeedDeployment | false
  /** Earlier deployments, oldest first. */
  history?: SeedDeployment[]
  /** The Railway domain; `true`: the one that Railway would generate. */
  domain?: boolean | string
  targetPort?: number
  customDomain?: string
  /** `false`: Railway has not found the DNS record of the custom domain. */
  customDomainVerified?: boolean
  /** The mount path of a volume. */
  volume?: string
  variables?: Record<string, string>
  sealed?: Record<string, string>
  cron?: string
  rootDirectory?: string
  startCommand?: string
  healthcheckPath?: string
  /** Path of a config file in the settings of the instance. */
  railwayConfigFile?: string
  /** Path of a config file that Railway finds in the source. The settings do not name it. */
  foundConfigFile?: string
  watchPatterns?: string[]
  /** `false`: a service that is built from a repository has no trigger for its branch. */
  trigger?: boolean
  checkSuites?: boolean
  autoDeploy?: boolean
  /** Whether the service was removed from the environment or from the project. */
  deleted?: boolean
}

export interface ServiceOptions extends ServiceInstanceOptions {
  /** Names of the environments that have the service; by default all environments of the project. */
  in?: string[]
  /** Options for single environments, by name. They replace the common options. */
  per?: Record<string, ServiceInstanceOptions>
  restricted?: boolean
}
