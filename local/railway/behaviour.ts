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
 * The behaviour of the local Railway if Railway's documentation does not specify it, or if it differs from case to
 * case. Each property has the possible behaviours as its values. The default is the behaviour that was reported, or else
 * the one that is harder to handle for a client.
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
  /** `projects(workspaceId)` of a workspace outside the token's scope. `workspace(workspaceId)` is always refused. */
  foreignWorkspace: 'refused' | 'empty'
  /** `me` for OAuth tokens without the scopes `email` and `profile`. */
  oauthWithoutProfile: 'refused' | 'empty'
  /** The content of an environment with `canAccess: false`, such as instances, deployments and variables. */
  restrictedEnvironment: 'refused' | 'empty'
  /** `deployments` of another environment in the same project, requested with a project token. */
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
  /** Reads of a workspace that enforces two-factor authentication, by a user without a second factor. */
  twoFactor: 'refused' | 'redacted'
  /** Whether lists contain deleted objects, with their `deletedAt`. */
  listDeleted: boolean
  deploymentsOrder: 'newest-first' | 'oldest-first'
  /** HTTP status of the response to variables that do not match their types. */
  badInputStatus: 200 | 400
  traceIdIn: 'error' | 'extensions'
  /** An older server does not have the newer parts of the schema. It refuses a document with one of them. */
  schema: 'newest' | 'older'
  /** The newer parts of the schema that the server does not have. */
  missing: readonly NewerPart[]
  /** The callers that may read the schema itself. */
  introspection: 'everybody' | 'tokens' | 'nobody'
  /** Number of entries in a page if no size is requested. */
  pageDefault: 20 | 50 | 100
  /** Largest number of entries in a page. */
  pageMaximum: 20 | 50 | 100 | 500
  /** The response to a request for larger pages. */
  pageTooLarge: 'clamp' | 'refuse'
  /** Largest number of root fields in a document, each alias counted; `null`: no limit. */
  rootFieldsMaximum: 10 | 50 | 100 | null
  /** Largest number of fields in a document, with fragments expanded; `null`: no limit. */
  fieldsMaximum: 200 | 1000 | null
  /** Largest number of objects that the pages of a document may contain; `null`: no limit. */
  objectsMaximum: 1000 | 10_000 | null

  /** The headers about the rate limit: all, only `RateLimit-Policy`, or none. */
  rateLimitHeaders: 'all' | 'policy-only' | 'none'
  /** The format of `X-RateLimit-Reset`. */
  rateLimitReset: 'epoch-seconds' | 'epoch-milliseconds' | 'iso' | 'delta' | 'absent'
  /** The format of `RateLimit-Policy`. `foreign-units` adds a policy that counts bytes, not requests. */
  rateLimitPolicy: 'plain' | 'structured' | 'hour-only' | 'foreign-units' | 'none'
  /** The start of the hour that the limit applies to. */
  rateLimitHour: 'first-request' | 'clock-hour'
  /** The unit that the limit counts. */
  rateLimitUnit: 'request' | 'root-field'
  /** The callers that share one limit. */
  rateLimitScope: 'token' | 'everybody'
  /** The JSON of a 429: a GraphQL error, or `{ "message": … }`. */
  rateLimitedBody: 'graphql' | 'message'
  /** The format of `Retry-After` in a 429. */
  retryAfter: 'seconds' | 'date' | 'absent'

  /** Seconds before new environments and deployments appear in lists. */
  listLagSeconds: number
  /** Seconds during which `deployment(id)` and `environment(id)` do not find a new object. */
  notFoundLagSeconds: number

  /** Whether a deployment that was created through the API waits for checks, as one of a push does. */
  apiDeployWaitsForChecks: boolean
  /** Watch paths in a deployment of a commit through the API. `respected`: it is skipped if no changed file matches. */
  apiDeployWatchPaths: 'ignored' | 'respected'
  /** Watch paths in an upload. `respected`: the deployment is skipped if no file of the archive matches. */
  uploadWatchPaths: 'ignored' | 'respected'
  /** `serviceInstanceDeployV2` without a commit, for a service whose code was uploaded. */
  deployOfUploaded: 'last-upload' | 'not-found'
  /** `serviceInstanceDeployV2` without a commit, for a service without a source and a deployment, as in a clone. */
  deployWithoutSource: 'no-snapshot' | 'not-found'
  /** `serviceInstanceDeployV2` without a commit, for an image service whose latest deployment is an upload. */
  deployOfUploadedImage: 'plain-image' | 'last-upload'
  /** The first deployments of a new clone that are `CRASHED` before they are `SUCCESS`. */
  cloneCrashesFirst: 'none' | 'images' | 'all'
  /** Seconds for which such a deployment is `CRASHED`. */
  crashedSeconds: number
  /** The content of a deployment's `meta`. */
  deploymentMeta: 'full' | 'branch-null' | 'commit-only' | 'null'
  /** `skippedReason` in the `meta` of a skipped deployment. */
  skippedReason: 'present' | 'absent'
  /** Entries of `configErrors` in `meta`. */
  configErrors: 'strings' | 'objects'
  /** `url` and `staticUrl` of a deployment. */
  deploymentUrls: 'host' | 'https'
  /** Number of lines that a log query returns if there are more than requested. */
  logLines: 'one-more' | 'exact'
  /** Whether the live deployment itself can be rolled back to. */
  liveCanRollback: boolean
  /** Seconds for which a replaced deployment is `REMOVING` before it is `REMOVED`. */
  removingSeconds: number
  /** Seconds after the creation of a deployment during which log queries fail. */
  logsUnavailableSeconds: number

  /** The value of a sealed variable in the map that `variables` returns. */
  sealedVariables: 'absent' | 'null' | 'empty'
  /** Whether `variableCollectionUpsert` with `replace: true` keeps sealed variables that it does not name. */
  replaceSparesSealed: boolean
  /** Whether a sealed variable is still sealed after it was written through the API. */
  upsertKeepsSeal: boolean
  /** Whether `variableDelete` deploys the service. */
  variableDeleteDeploys: boolean
  /** `variableDelete` of a variable that does not exist. */
  variableDeleteMissing: 'refused' | 'accepted'
  /** Services that a changed shared variable deploys. */
  sharedVariableDeploys: 'referring' | 'all' | 'none'
  /** An explicit `null` in the input of `serviceInstanceUpdate`. An empty string always clears. */
  instanceUpdateNull: 'ignored' | 'clears'
  /** The branch of a service's source in the environment's config. */
  configBranch: 'named' | 'null' | 'absent'

  /** Seconds after the creation of an environment during which its workspace cannot create another. */
  environmentCooldownSeconds: number
  /** The error message of that cooldown. */
  cooldownMessage: string
  duplicateEnvironmentNames: 'refused' | 'allowed'
  /** Seconds during which the name of a deleted environment cannot be used again. */
  nameReservedSeconds: number
  /** The error if the name is still reserved. */
  nameReservedError: 'already-exists' | 'problem'
  /** Seconds before the first instance of a clone exists. */
  cloneSeconds: number
  /** Seconds between two instances of a clone. */
  cloneStepSeconds: number
  /**
   * The completeness of a clone: all services, or the first half of them. If it has the first half, its patch is
   * reported as committed, as failed, or as being applied without an end.
   */
  cloneCompletes: 'whole' | 'half-committed' | 'half-failed' | 'half-forever'
  /** Names of services that a clone does not contain. */
  cloneOmits: string[]
  /** The error with which the patch of a clone fails after its instances were created. */
  cloneError: string | null
  /** Whether the instances of a clone get Railway domains. */
  cloneDomains: boolean
  /** Seconds between a cloned instance and its Railway domain. */
  cloneDomainSeconds: number
  /** Volumes of a clone. */
  cloneVolumes: 'attached' | 'late' | 'absent'
  /** Seconds between a cloned instance and its volume if `cloneVolumes` is `late`. */
  cloneVolumeSeconds: number
  /** Deployment triggers of a clone. */
  cloneTriggers: 'copied' | 'late' | 'absent'
  /** Seconds between a cloned instance and its trigger if `cloneTriggers` is `late`. */
  cloneTriggerSeconds: number
  projectTokenCreatesEnvironments: boolean
  /** Seconds during which lists contain a deleted environment as if it still existed. */
  deletedLingerSeconds: number
  /** The error message if a deleted environment is deleted again. */
  deleteAgainMessage: 'Not Authorized' | 'Problem processing request'
  /** `environmentStagedChanges` of an environment in which nothing is staged. */
  nothingStaged: 'last-patch' | 'empty-staged' | 'empty-id-staged' | 'empty-id-committed'
  /** Whether `environmentStagedChanges` returns a patch that is being applied or that failed. */
  unfinishedPatches: 'shown' | 'hidden'
  /** The status of a patch that failed. */
  failedPatchStatus: 'FAILED' | 'STAGED' | 'COMMITTED'
  /** A patch that changes nothing. */
  equalPatch: 'deploys' | 'ignored'
  /** `environmentPendingWork`. `empty`: it is empty even if a change is pending. */
  pendingWork: 'shown' | 'empty' | 'refused'
  /** Seconds for which the workflow of a committed patch is `Running`. */
  patchSeconds: number
  /** Seconds for which the workflow of a committed patch is `NotFound` at first. */
  workflowHiddenSeconds: number
  /** Seconds for which a patch is `STAGED` after its commit was accepted. */
  patchShowsStagedSeconds: number
  /** Seconds between the application of a patch and the change of its variables. */
  patchVariablesLagSeconds: number
  /** The error with which the application of a patch fails. Nothing is changed then. */
  patchError: string | null
  /** Whether `deploymentTriggerUpdate` with another branch deploys that branch. */
  triggerUpdateDeploys: boolean
  /** Seconds for which a new domain is `CREATING`. */
  domainSeconds: number

  /** Whether workspace tokens may upload. */
  workspaceTokenUploads: boolean
  /** HTTP status of the response to an upload that is not allowed. */
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
  skippedReason: 'present',
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
  nameReservedError: 'already-exists',
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
