/** Parts of the schema that were added later than the rest, as `Type.member`. */
export const newerParts = [
  'Query.environmentHistory',
  'Query.environmentPendingWork',
  'ServiceInstance.hasEverDeployed',
  'ServiceInstance.preDeployTimeoutSeconds',
  'ServiceInstance.resolvedFileConfig',
  'EnvironmentPatchStatus.FAILED',
] as const

export type NewerPart = (typeof newerParts)[number]

/**
 * The readings of Railway's API. If nobody knows which one is right, or if it differs from case to case, the
 * local Railway can follow either. Defaults are the reported readings, or else the harder ones for a client.
 */
export interface Behaviour {
  /** `apiToken` requested with an account token. */
  apiTokenForAccount: 'workspaces' | 'refused' | 'empty'
  /** `apiToken` requested with an OAuth token. */
  apiTokenForOAuth: 'workspaces' | 'refused' | 'empty'
  /** `apiToken` requested with a project token. */
  apiTokenForProject: 'workspaces' | 'refused' | 'empty'
  /** `projectToken` requested with another kind of token. */
  projectTokenForOthers: 'not-found' | 'not-authorized'
  /** `projects` without arguments, requested with an account or OAuth token. */
  ownProjects: 'empty' | 'all' | 'refused'
  /** `projects` without arguments, requested with a project token. */
  projectsForProject: 'own' | 'refused'
  /** `projects(workspaceId)` of a workspace out of reach. `workspace(workspaceId)` is always refused. */
  foreignWorkspace: 'refused' | 'empty'
  /** `me` for OAuth tokens without the scopes `email` and `profile`. */
  oauthWithoutProfile: 'refused' | 'empty'
  /** Instances, deployments, variables and the like of an environment with `canAccess: false`. */
  restrictedEnvironment: 'refused' | 'empty'
  /** The `deployments` list of another environment of its project, requested with a project token. */
  siblingDeployments: 'refused' | 'empty'
  /** `workflowStatus`, for every token. */
  workflowStatus: 'answered' | 'refused'
  /** `deploymentEvents`, for every token. */
  deploymentEvents: 'answered' | 'refused'
  /** `apiTokenRateLimit` of users and workspaces, for every token. */
  tokenBudget: 'answered' | 'refused'
  /** Reads of a deleted project, by its id. */
  deletedProject: 'not-found' | 'not-authorized' | 'problem'
  /** Reads of a deleted environment and of its deployments, by their ids. */
  deletedEnvironment: 'answered' | 'not-found' | 'not-authorized'
  /** A person without a second factor in a workspace that enforces it. */
  twoFactor: 'refused' | 'redacted'
  /** Whether lists hold deleted things, with their `deletedAt`. */
  listDeleted: boolean
  deploymentsOrder: 'newest-first' | 'oldest-first'
  /** HTTP status of variables that do not fit their types. */
  badInputStatus: 200 | 400
  traceIdIn: 'error' | 'extensions'
  /** An older server lacks every newer part of the schema: a document with one of them is refused. */
  schema: 'newest' | 'older'
  /** Newer parts of the schema that the server lacks, each on its own. */
  missing: readonly NewerPart[]
  /** Who may read the schema itself. */
  introspection: 'everybody' | 'tokens' | 'nobody'
  /** Entries of a page for which no size is requested. */
  pageDefault: 20 | 50 | 100
  /** Most entries of a page. */
  pageMaximum: 20 | 50 | 100 | 500
  /** The answer to a request for larger pages. */
  pageTooLarge: 'clamp' | 'refuse'
  /** Most fields at the root of a document, aliases included; `null`: any number. */
  rootFieldsMaximum: 10 | 50 | 100 | null
  /** Most fields of a document, fragments written out; `null`: any number. */
  fieldsMaximum: 200 | 1000 | null
  /** Most objects that the pages of a document may hold; `null`: any number. */
  objectsMaximum: 1000 | 10_000 | null

  /** Which headers tell of the rate limit: all, `RateLimit-Policy` alone, or none. */
  rateLimitHeaders: 'all' | 'policy-only' | 'none'
  /** How `X-RateLimit-Reset` is written. */
  rateLimitReset: 'epoch-seconds' | 'epoch-milliseconds' | 'iso' | 'delta' | 'absent'
  /** How `RateLimit-Policy` is written; `foreign-units` adds a policy that does not count requests. */
  rateLimitPolicy: 'plain' | 'structured' | 'hour-only' | 'foreign-units' | 'none'
  /** When the hour of the limit begins. */
  rateLimitHour: 'first-request' | 'clock-hour'
  /** What counts as one unit of the limit. */
  rateLimitUnit: 'request' | 'root-field'
  /** Who shares one limit. */
  rateLimitScope: 'token' | 'everybody'
  /** The JSON of a 429: an error of GraphQL, or a message alone. */
  rateLimitedBody: 'graphql' | 'message'
  /** How `Retry-After` of a 429 is written. */
  retryAfter: 'seconds' | 'date' | 'absent'

  /** New environments and deployments show up in lists only after so many seconds. */
  listLagSeconds: number
  /** `deployment(id)` and `environment(id)` answer `… not found` for so many seconds. */
  notFoundLagSeconds: number

  /** Whether deployments made through the API wait for checks, as those of a push do. */
  apiDeployWaitsForChecks: boolean
  /** Deployments of a commit through the API, where none of its files matches the watch paths. */
  apiDeployWatchPaths: 'ignored' | 'respected'
  /** Uploads in which no file matches the watch paths. */
  uploadWatchPaths: 'ignored' | 'respected'
  /** `serviceInstanceDeployV2` without a commit, for a service whose code was uploaded. */
  deployOfUploaded: 'last-upload' | 'not-found'
  /** The same for a service that has neither a source nor a deployment, as in a clone. */
  deployWithoutSource: 'no-snapshot' | 'not-found'
  /** The same for a service with an image as source, to which code was uploaded afterwards. */
  deployOfUploadedImage: 'plain-image' | 'last-upload'
  /** Which deployments of a fresh clone are `CRASHED` at first, and `SUCCESS` after a while. */
  cloneCrashesFirst: 'none' | 'images' | 'all'
  /** How long such a deployment is `CRASHED`. */
  crashedSeconds: number
  /** What `meta` of a deployment holds. */
  deploymentMeta: 'full' | 'branch-null' | 'commit-only' | 'null'
  /** Whether `meta` of a skipped deployment has its `skippedReason`. */
  skippedReason: 'told' | 'absent'
  /** Entries of `configErrors` in `meta`. */
  configErrors: 'strings' | 'objects'
  /** `url` and `staticUrl` of a deployment. */
  deploymentUrls: 'host' | 'https'
  /** How many lines a log query answers with, where there are more than requested. */
  logLines: 'one-more' | 'exact'
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
  /** `variableDelete` of a name that is not there. */
  variableDeleteMissing: 'refused' | 'accepted'
  /** Services that a changed shared variable deploys. */
  sharedVariableDeploys: 'referring' | 'all' | 'none'
  /** An explicit `null` in the input of `serviceInstanceUpdate`. An empty string always clears. */
  instanceUpdateNull: 'ignored' | 'clears'
  /** The branch of a service's source in the environment's config. */
  configBranch: 'named' | 'null' | 'absent'

  /** One new environment per workspace in so many seconds. */
  environmentCooldownSeconds: number
  cooldownMessage: string
  duplicateEnvironmentNames: 'refused' | 'allowed'
  /** How long the name of a deleted environment cannot be used again. */
  nameReservedSeconds: number
  /** The answer to a name that is still reserved. */
  nameReservedAnswer: 'already-exists' | 'problem'
  /** How long it takes until the first cloned instance is there, and from one to the next. */
  cloneSeconds: number
  cloneStepSeconds: number
  /** How far a clone comes; the half that comes is said to be committed, or to have failed, or never ends. */
  cloneCompletes: 'whole' | 'half-committed' | 'half-failed' | 'half-forever'
  /** Names of services that a clone loses on its way. */
  cloneOmits: string[]
  /** Applying a clone ends with this error, after what came before it. */
  cloneError: string | null
  cloneDomains: boolean
  /** How long after a cloned instance its Railway domain is there. */
  cloneDomainSeconds: number
  /** Volumes of a clone. */
  cloneVolumes: 'attached' | 'late' | 'absent'
  /** How long after a cloned instance its volume is there, if it is late. */
  cloneVolumeSeconds: number
  /** Deployment triggers of a clone. */
  cloneTriggers: 'copied' | 'late' | 'absent'
  /** How long after a cloned instance its trigger is there, if it is late. */
  cloneTriggerSeconds: number
  projectTokenCreatesEnvironments: boolean
  /** A deleted environment stays in lists as if nothing had happened for so many seconds. */
  deletedLingerSeconds: number
  deleteAgainMessage: 'Not Authorized' | 'Problem processing request'
  /** `environmentStagedChanges` of an environment in which nothing is staged. */
  nothingStaged: 'last-patch' | 'empty-staged' | 'empty-id-staged' | 'empty-id-committed'
  /** Whether `environmentStagedChanges` shows a patch while it is being applied, and when it failed. */
  unfinishedPatches: 'shown' | 'hidden'
  /** The status of a patch that failed. */
  failedPatchStatus: 'FAILED' | 'STAGED' | 'COMMITTED'
  /** A patch that changes nothing. */
  equalPatch: 'deploys' | 'ignored'
  /** `environmentPendingWork`; `empty`: also while something is pending. */
  pendingWork: 'shown' | 'empty' | 'refused'
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
  /** HTTP status of an upload that is not allowed. */
  uploadRefusedStatus: 401 | 403 | 404
}

export const defaultBehaviour: Behaviour = {
  apiTokenForAccount: 'workspaces',
  apiTokenForOAuth: 'workspaces',
  apiTokenForProject: 'refused',
  projectTokenForOthers: 'not-found',
  ownProjects: 'empty',
  projectsForProject: 'own',
  foreignWorkspace: 'refused',
  oauthWithoutProfile: 'refused',
  restrictedEnvironment: 'refused',
  siblingDeployments: 'refused',
  workflowStatus: 'answered',
  deploymentEvents: 'answered',
  tokenBudget: 'answered',
  deletedProject: 'not-found',
  deletedEnvironment: 'answered',
  twoFactor: 'refused',
  listDeleted: true,
  deploymentsOrder: 'newest-first',
  badInputStatus: 400,
  traceIdIn: 'error',
  schema: 'newest',
  missing: [],
  introspection: 'everybody',
  pageDefault: 50,
  pageMaximum: 500,
  pageTooLarge: 'clamp',
  rootFieldsMaximum: null,
  fieldsMaximum: null,
  objectsMaximum: null,
  rateLimitHeaders: 'all',
  rateLimitReset: 'epoch-seconds',
  rateLimitPolicy: 'plain',
  rateLimitHour: 'first-request',
  rateLimitUnit: 'request',
  rateLimitScope: 'token',
  rateLimitedBody: 'graphql',
  retryAfter: 'seconds',
  listLagSeconds: 0,
  notFoundLagSeconds: 0,
  apiDeployWaitsForChecks: false,
  apiDeployWatchPaths: 'ignored',
  uploadWatchPaths: 'ignored',
  deployOfUploaded: 'last-upload',
  deployWithoutSource: 'no-snapshot',
  deployOfUploadedImage: 'plain-image',
  cloneCrashesFirst: 'none',
  crashedSeconds: 60,
  deploymentMeta: 'full',
  skippedReason: 'told',
  configErrors: 'strings',
  deploymentUrls: 'host',
  logLines: 'one-more',
  liveCanRollback: false,
  removingSeconds: 0,
  logsUnavailableSeconds: 0,
  sealedVariables: 'absent',
  replaceSparesSealed: false,
  upsertKeepsSeal: true,
  variableDeleteDeploys: true,
  variableDeleteMissing: 'refused',
  sharedVariableDeploys: 'referring',
  instanceUpdateNull: 'ignored',
  configBranch: 'named',
  environmentCooldownSeconds: 30,
  cooldownMessage:
    'You are creating environments too quickly. This workspace allows 1 environment per 30 seconds',
  duplicateEnvironmentNames: 'refused',
  nameReservedSeconds: 0,
  nameReservedAnswer: 'already-exists',
  cloneSeconds: 8,
  cloneStepSeconds: 0,
  cloneCompletes: 'whole',
  cloneOmits: [],
  cloneError: null,
  cloneDomains: false,
  cloneDomainSeconds: 0,
  cloneVolumes: 'attached',
  cloneVolumeSeconds: 30,
  cloneTriggers: 'copied',
  cloneTriggerSeconds: 30,
  projectTokenCreatesEnvironments: false,
  deletedLingerSeconds: 0,
  deleteAgainMessage: 'Problem processing request',
  nothingStaged: 'last-patch',
  unfinishedPatches: 'shown',
  failedPatchStatus: 'FAILED',
  equalPatch: 'deploys',
  pendingWork: 'shown',
  patchSeconds: 3,
  workflowHiddenSeconds: 0,
  patchShowsStagedSeconds: 0,
  patchVariablesLagSeconds: 0,
  patchError: null,
  triggerUpdateDeploys: false,
  domainSeconds: 0,
  workspaceTokenUploads: true,
  uploadRefusedStatus: 401,
}
