/**
 * The objects of the local Railway. They are plain and refer to each other, so that a test may look at
 * everything and change anything. All times are milliseconds since the epoch.
 */
import type { DeploymentScript, ScriptStep } from './script.ts'

export type TokenKind = 'account' | 'workspace' | 'oauth' | 'project'

export interface Token {
  kind: TokenKind
  value: string
  /** The person behind an account or OAuth token. */
  user: User | null
  /** The workspaces in reach: those of the account, the consented ones, or the only one. */
  workspaces: Workspace[]
  /** Single projects: shared ones of an account, consented ones of an OAuth token. */
  projects: Project[]
  /** Of OAuth tokens, such as `openid`, `email`, `profile`, `workspace:member`, `project:viewer`. */
  scopes: string[]
  /** Of project tokens. */
  environment: Environment | null
  revoked: boolean
}

export interface User {
  id: string
  name: string
  email: string
  hasTwoFactor: boolean
}

export type WorkspacePlan = 'free' | 'hobby' | 'pro'

export interface Workspace {
  id: string
  name: string
  plan: WorkspacePlan
  createdAt: number
  enforcesTwoFactor: boolean
  projects: Project[]
  /** Environments can be created once per cooldown and workspace. */
  lastEnvironmentAt: number | null
  /** Most builds at once; further ones stay `QUEUED`. `null`: no limit. */
  builders: number | null
}

export interface Project {
  id: string
  name: string
  workspace: Workspace
  createdAt: number
  deletedAt: number | null
  prDeploys: boolean
  botPrEnvironments: boolean
  focusedPrEnvironments: boolean
  baseEnvironment: Environment | null
  environments: Environment[]
  services: Service[]
}

/** Railway's notes on the environments that it makes for pull requests itself. */
export interface EnvironmentMeta {
  baseBranch?: string
  branch?: string
  prNumber?: number
  prRepo?: string
  prTitle?: string
  skippedResourceIds?: string[]
}

export interface Environment {
  id: string
  name: string
  project: Project
  createdAt: number
  /** Lists show it from here on; asking for it by id works at once. */
  visibleFrom: number
  deletedAt: number | null
  ephemeral: boolean
  /** Kinds of token for which it is visible and off limits. */
  restrictedFor: TokenKind[]
  source: Environment | null
  meta: EnvironmentMeta | null
  instances: ServiceInstance[]
  triggers: DeploymentTrigger[]
  sharedVariables: VariableSet
  patches: Patch[]
}

export interface Service {
  id: string
  name: string
  project: Project
  createdAt: number
  deletedAt: number | null
  restricted: boolean
}

export interface Source {
  repo: string | null
  image: string | null
}

/** A service in an environment. */
export interface ServiceInstance {
  id: string
  service: Service
  environment: Environment
  createdAt: number
  deletedAt: number | null
  source: Source | null
  settings: InstanceSettings
  /** The config file in its source that Railway reads although the settings name none. */
  foundConfigFile: string | null
  variables: VariableSet
  autoDeploy: boolean
  serviceDomains: Domain[]
  volumes: VolumeMount[]
  customDomains: Domain[]
  /** Written through the API, readable nowhere in it. */
  registryCredentials: { username: string; password: string } | null
  /** Oldest first. */
  deployments: Deployment[]
}

export interface InstanceSettings {
  rootDirectory: string | null
  cronSchedule: string | null
  startCommand: string | null
  buildCommand: string | null
  healthcheckPath: string | null
  railwayConfigFile: string | null
  watchPatterns: string[]
}

export interface Domain {
  id: string
  domain: string
  targetPort: number | null
  createdAt: number
  /** `syncStatus` is `CREATING` before, `ACTIVE` from here on. */
  activeFrom: number
  deletedAt: number | null
  /** Whether the DNS record that proves the ownership was found. Railway's own domains need none. */
  verified: boolean
}

/** A volume, attached to an instance. */
export interface VolumeMount {
  id: string
  volume: { id: string; name: string; createdAt: number }
  mountPath: string
  createdAt: number
}

export interface DeploymentTrigger {
  id: string
  instance: ServiceInstance
  repository: string
  branch: string
  checkSuites: boolean
  rootDirectory: string | null
}

export interface StoredVariable {
  value: string
  sealed: boolean
}

export type VariableSet = Map<string, StoredVariable>

/** The code or image that a deployment runs. */
export type Content =
  | { kind: 'commit'; repo: string; branch: string; commit: string; message: string }
  | { kind: 'image'; image: string; digest: string }
  | { kind: 'upload'; archive: string; message: string }

/**
 * The origin of a deployment: `seed` was there from the start, `api` a deploy mutation, `push` Railway's own
 * trigger, `variables` a write without `skipDeploys`, `patch` a committed patch, `clone` a new environment.
 */
export type Cause =
  | 'seed'
  | 'api'
  | 'redeploy'
  | 'rollback'
  | 'upload'
  | 'push'
  | 'trigger'
  | 'variables'
  | 'patch'
  | 'clone'
  | 'schedule'

export interface Deployment {
  id: string
  instance: ServiceInstance
  createdAt: number
  /** Lists and `latestDeployment` show it from here on; asking for it by id works at once. */
  visibleFrom: number
  cause: Cause
  /** Index of the request that made it, `null` when none did. */
  request: number | null
  content: Content
  script: DeploymentScript
  /** The statuses it goes through: each run replaces what the one before had still ahead. */
  runs: Run[]
  stoppedAt: number | null
  /** Whether its image is kept, so that one can still roll back to it. */
  retained: boolean
  /** Rendered variables it runs with, without the ones that Railway provides. */
  variables: Record<string, string>
  /** The same as they were stored, for rollbacks. */
  stored: VariableSet
}

export interface Run {
  at: number
  steps: ScriptStep[]
}

export type PatchStatus = 'STAGED' | 'APPLYING' | 'COMMITTED' | 'FAILED'

export interface Patch {
  id: string
  environment: Environment
  createdAt: number
  appliedAt: number | null
  status: PatchStatus
  error: string | null
  message: string | null
  config: Record<string, unknown>
  workflow: Workflow | null
}

/** A committed patch at work. */
export interface Workflow {
  id: string
  workspace: Workspace
  acceptedAt: number
  /** `NotFound` before. */
  visibleFrom: number
  /** `Running` until then, `Complete` or `Error` afterwards. */
  endsAt: number
  error: string | null
}

/** An archive that was sent to the upload endpoint. The archive itself is not kept. */
export interface Upload {
  at: number
  projectId: string
  environmentId: string
  /** As sent: an empty one makes Railway create a service. */
  serviceId: string
  createdService: Service | null
  message: string
  bytes: number
  sha256: string
  entries: UploadEntry[]
  deploymentId: string
}

export interface UploadEntry {
  path: string
  type: 'file' | 'directory' | 'link' | 'other'
  bytes: number
  mode: number
}
