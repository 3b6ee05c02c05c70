/**
 * The objects of the local Railway. They are plain objects with references to each other, which tests can read and
 * change. All times are milliseconds since the epoch.
 */
import type { DeploymentScript, ScriptStep } from './script.ts'

export type TokenKind = 'account' | 'workspace' | 'oauth' | 'project'

export interface Token {
  kind: TokenKind
  value: string
  /** The user of an account or OAuth token; `null` for other kinds. */
  user: User | null
  /** The workspaces that the token can access: all of the account, those granted to an OAuth token, or one. */
  workspaces: Workspace[]
  /** Single projects that the token can access: those shared with the account, or granted to an OAuth token. */
  projects: Project[]
  /** Scopes of an OAuth token, such as `openid`, `email`, `profile`, `workspace:member`, `project:viewer`. */
  scopes: string[]
  /** The environment of a project token; `null` for other kinds. */
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
  /** Time at which the last environment was created. The cooldown of the workspace begins there. */
  lastEnvironmentAt: number | null
  /** Largest number of builds at the same time. Further deployments stay `QUEUED`. `null`: no limit. */
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

/** The `meta` of an environment that Railway creates for a pull request. */
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
  /** Time from which lists contain it. It can be read by its id earlier. */
  visibleFrom: number
  deletedAt: number | null
  ephemeral: boolean
  /** Kinds of token that can see the environment and may not access its content. */
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
  /** Path of the config file that Railway finds in the source if the settings do not name one. */
  foundConfigFile: string | null
  variables: VariableSet
  autoDeploy: boolean
  serviceDomains: Domain[]
  volumes: VolumeMount[]
  customDomains: Domain[]
  /** The API can write the credentials and cannot read them. */
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
  /** Time at which `syncStatus` changes from `CREATING` to `ACTIVE`. */
  activeFrom: number
  deletedAt: number | null
  /** Whether Railway has found the DNS record that proves the ownership. Always true for Railway's own domains. */
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

/** The code or image that a deployment runs. `archive` is the SHA-256 of the uploaded archive. */
export type Content =
  | { kind: 'commit'; repo: string; branch: string; commit: string; message: string }
  | { kind: 'image'; image: string; digest: string }
  | { kind: 'upload'; archive: string; message: string }

/**
 * The cause of a deployment:
 *
 * - `seed`: the world has it at its start
 * - `api`: a deploy mutation
 * - `push`: a push to the branch of a trigger
 * - `trigger`: `environmentTriggersDeploy`, or a trigger with another branch
 * - `variables`: a write of variables without `skipDeploys`
 * - `patch`: a committed patch
 * - `clone`: a new environment
 * - `schedule`: a run of a cron service
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
  /** Time from which lists and `latestDeployment` contain it. It can be read by its id earlier. */
  visibleFrom: number
  cause: Cause
  /** Index of the request that created it; `null` if no request did. */
  request: number | null
  content: Content
  script: DeploymentScript
  /** The sequences of statuses, oldest first. Each run replaces the later statuses of earlier runs. */
  runs: Run[]
  stoppedAt: number | null
  /** Whether Railway has kept its image, which a rollback needs. */
  retained: boolean
  /** The variables it runs with, with references resolved and without those that Railway provides. */
  variables: Record<string, string>
  /** The variables as they were stored when it was created. A rollback restores them. */
  stored: VariableSet
}

/** A sequence of statuses that begins at a time. */
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

/** The application of a committed patch: the API's `workflowStatus`. */
export interface Workflow {
  id: string
  workspace: Workspace
  acceptedAt: number
  /** Time at which the status changes from `NotFound` to `Running`. */
  visibleFrom: number
  /** Time at which the status changes from `Running` to `Complete` or `Error`. */
  endsAt: number
  error: string | null
}

/** An archive that was sent to the upload endpoint. The archive itself is not kept. */
export interface Upload {
  at: number
  projectId: string
  environmentId: string
  /** The id in the request. If it is empty, Railway creates a service. */
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
