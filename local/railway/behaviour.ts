/**
 * Where nobody knows what Railway does, or where it does one thing here and another there, the local
 * Railway can do either. The defaults are what was reported, else the answer that is harder on a client.
 */
export interface Behaviour {
  /** `apiToken` asked by an account token. */
  apiTokenForAccount: 'workspaces' | 'refused'
  apiTokenForOAuth: 'workspaces' | 'refused'
  apiTokenForProject: 'workspaces' | 'refused'
  /** `projects` without arguments, asked by an account or OAuth token. */
  ownProjects: 'empty' | 'all' | 'refused'
  /** `projects` without arguments, asked by a project token. */
  projectsForProject: 'own' | 'refused'
  /** `projects(workspaceId)` of a workspace out of reach. `workspace(workspaceId)` is always refused. */
  foreignWorkspace: 'refused' | 'empty'
  /** `me` for OAuth tokens without the scopes `email` and `profile`. */
  oauthWithoutProfile: 'refused' | 'empty'
  /** Instances, deployments, variables and the like of an environment with `canAccess: false`. */
  restrictedEnvironment: 'refused' | 'empty'
  /** A person without a second factor in a workspace that enforces it. */
  twoFactor: 'refused' | 'redacted'
  /** Whether lists hold deleted things, with their `deletedAt`. */
  listDeleted: boolean
  deploymentsOrder: 'newest-first' | 'oldest-first'
  /** HTTP status of variables that do not fit their types. */
  badInputStatus: 200 | 400
  traceIdIn: 'error' | 'extensions'
  /** Fields that an older server lacks: a document with one of them is refused. */
  schema: 'newest' | 'older'

  /** New environments and deployments show up in lists only after so many seconds. */
  listLagSeconds: number
  /** `deployment(id)` and `environment(id)` answer `… not found` for so many seconds. */
  notFoundLagSeconds: number

  /** Whether deployments made through the API wait for checks, as those of a push do. */
  apiDeployWaitsForChecks: boolean
  /** Whether the live deployment itself can be rolled back to. */
  liveCanRollback: boolean
  /** How long a replaced deployment is `REMOVING` before it is `REMOVED`. */
  removingSeconds: number
  /** Log queries fail for so many seconds after a deployment was made. */
  logsUnavailableSeconds: number

  /** How a sealed variable shows in maps. */
  sealedVariables: 'absent' | 'null' | 'empty'
  /** Whether `replace: true` leaves sealed variables alone. */
  replaceSparesSealed: boolean
  /** Whether a sealed variable stays sealed when it is written through the API. */
  upsertKeepsSeal: boolean
  variableDeleteDeploys: boolean

  /** One new environment per workspace in so many seconds. */
  environmentCooldownSeconds: number
  cooldownMessage: string
  duplicateEnvironmentNames: 'refused' | 'allowed'
  /** How long it takes until the first cloned instance is there, and from one to the next. */
  cloneSeconds: number
  cloneStepSeconds: number
  /** Names of services that a clone loses on its way. */
  cloneOmits: string[]
  /** Applying a clone ends with this error, after what came before it. */
  cloneError: string | null
  cloneDomains: boolean
  projectTokenCreatesEnvironments: boolean
  /** A deleted environment stays in lists as if nothing had happened for so many seconds. */
  deletedLingerSeconds: number
  deleteAgainMessage: 'Not Authorized' | 'Problem processing request'
  /** How long a committed patch is `Running`, and how long its workflow is `NotFound` before. */
  patchSeconds: number
  workflowHiddenSeconds: number
  /** How long a patch still shows as `STAGED` although its commit was accepted. */
  patchShowsStagedSeconds: number
  /** How long after a patch is said to be committed its variables are the old ones. */
  patchVariablesLagSeconds: number
  /** Applying a patch ends with this error, and changes nothing. */
  patchError: string | null
  /** Whether pointing a trigger at another branch deploys that branch. */
  triggerUpdateDeploys: boolean
  /** How long a new domain is `CREATING`. */
  domainSeconds: number

  /** Whether workspace tokens may upload. */
  workspaceTokenUploads: boolean
}

export const defaultBehaviour: Behaviour = {
  apiTokenForAccount: 'workspaces',
  apiTokenForOAuth: 'workspaces',
  apiTokenForProject: 'refused',
  ownProjects: 'empty',
  projectsForProject: 'own',
  foreignWorkspace: 'refused',
  oauthWithoutProfile: 'refused',
  restrictedEnvironment: 'refused',
  twoFactor: 'refused',
  listDeleted: true,
  deploymentsOrder: 'newest-first',
  badInputStatus: 400,
  traceIdIn: 'error',
  schema: 'newest',
  listLagSeconds: 0,
  notFoundLagSeconds: 0,
  apiDeployWaitsForChecks: false,
  liveCanRollback: false,
  removingSeconds: 0,
  logsUnavailableSeconds: 0,
  sealedVariables: 'absent',
  replaceSparesSealed: false,
  upsertKeepsSeal: true,
  variableDeleteDeploys: true,
  environmentCooldownSeconds: 30,
  cooldownMessage:
    'You are creating environments too quickly. This workspace allows 1 environment per 30 seconds',
  duplicateEnvironmentNames: 'refused',
  cloneSeconds: 8,
  cloneStepSeconds: 0,
  cloneOmits: [],
  cloneError: null,
  cloneDomains: false,
  projectTokenCreatesEnvironments: false,
  deletedLingerSeconds: 0,
  deleteAgainMessage: 'Problem processing request',
  patchSeconds: 3,
  workflowHiddenSeconds: 0,
  patchShowsStagedSeconds: 0,
  patchVariablesLagSeconds: 0,
  patchError: null,
  triggerUpdateDeploys: false,
  domainSeconds: 0,
  workspaceTokenUploads: true,
}
