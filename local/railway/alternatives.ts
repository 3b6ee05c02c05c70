import { type Behaviour, newerParts } from './behaviour.ts'

/** A possible behaviour of Railway's API that differs from the default one of the local Railway. */
export interface Alternative {
  /** `<assumption>/<variant>`. */
  id: string
  /** The options of the world that select this behaviour. */
  option: Partial<Behaviour>
  /** One sentence about the behaviour, without a full stop. */
  description: string
}

const one = (id: string, option: Partial<Behaviour>, description: string): Alternative => ({
  id,
  option,
  description,
})

/** Every alternative. The action must handle each of them. */
export const alternatives: readonly Alternative[] = [
  // Tokens
  one(
    'api-token-account/refused',
    { apiTokenForAccount: 'refused' },
    '`apiToken` refuses account tokens',
  ),
  one(
    'api-token-account/empty',
    { apiTokenForAccount: 'empty' },
    '`apiToken` names no workspace for account tokens',
  ),
  one(
    'api-token-oauth/refused',
    { apiTokenForOAuth: 'refused' },
    '`apiToken` refuses OAuth tokens',
  ),
  one(
    'api-token-oauth/empty',
    { apiTokenForOAuth: 'empty' },
    '`apiToken` names no workspace for OAuth tokens',
  ),
  one(
    'api-token-project/workspaces',
    { apiTokenForProject: 'workspaces' },
    '`apiToken` names the workspace of a project token',
  ),
  one(
    'api-token-project/empty',
    { apiTokenForProject: 'empty' },
    '`apiToken` names no workspace for project tokens',
  ),
  one(
    'project-token-others/not-authorized',
    { projectTokenForOthers: 'not-authorized' },
    '`projectToken` refuses other tokens as not authorized',
  ),
  one(
    'own-projects/all',
    { ownProjects: 'all' },
    '`projects` without arguments lists all projects of an account',
  ),
  one(
    'own-projects/refused',
    { ownProjects: 'refused' },
    '`projects` without arguments refuses account tokens',
  ),
  one(
    'projects-for-project/refused',
    { projectsForProject: 'refused' },
    '`projects` refuses project tokens',
  ),
  one(
    'foreign-workspace/empty',
    { foreignWorkspace: 'empty' },
    '`projects` of a foreign workspace is empty',
  ),
  one(
    'oauth-without-profile/empty',
    { oauthWithoutProfile: 'empty' },
    '`me` returns an empty user for OAuth tokens without profile scopes',
  ),
  one(
    'two-factor/redacted',
    { twoFactor: 'redacted' },
    'Without a second factor, the data of a workspace that enforces one is redacted',
  ),
  one('token-budget/refused', { tokenBudget: 'refused' }, '`apiTokenRateLimit` may not be read'),

  // Restricted and deleted objects
  one(
    'restricted-environment/empty',
    { restrictedEnvironment: 'empty' },
    'A restricted environment looks empty',
  ),
  one(
    'sibling-deployments/empty',
    { siblingDeployments: 'empty' },
    'The deployments of a sibling environment are an empty list for project tokens',
  ),
  one('workflow-status/refused', { workflowStatus: 'refused' }, '`workflowStatus` may not be read'),
  one(
    'deployment-events/refused',
    { deploymentEvents: 'refused' },
    '`deploymentEvents` may not be read',
  ),
  one(
    'deleted-project/not-authorized',
    { deletedProject: 'not-authorized' },
    'A deleted project is refused as not authorized',
  ),
  one(
    'deleted-project/problem',
    { deletedProject: 'problem' },
    'A deleted project is refused without a reason',
  ),
  one(
    'deleted-environment/not-found',
    { deletedEnvironment: 'not-found' },
    'A deleted environment is not found',
  ),
  one(
    'deleted-environment/not-authorized',
    { deletedEnvironment: 'not-authorized' },
    'A deleted environment is refused as not authorized',
  ),
  one('list-deleted/hidden', { listDeleted: false }, 'Lists do not contain deleted objects'),
  one(
    'deleted-lingers/seconds',
    { deletedLingerSeconds: 30 },
    'A deleted environment stays in lists for a while',
  ),
  one(
    'delete-again/not-authorized',
    { deleteAgainMessage: 'Not Authorized' },
    'Deleting an environment twice is not authorized',
  ),

  // Documents, pages, errors
  one('missing/all', { schema: 'older' }, 'The server lacks every newer part of the schema'),
  ...newerParts.map((part) =>
    one(`missing/${part}`, { missing: [part] }, `The server lacks \`${part}\``),
  ),
  one('introspection/tokens', { introspection: 'tokens' }, 'Introspection needs a token'),
  one('introspection/nobody', { introspection: 'nobody' }, 'Introspection is refused for all'),
  one('page-default/20', { pageDefault: 20 }, 'A page has 20 entries unless a size is requested'),
  ...([20, 50, 100] as const).flatMap((size) => [
    one(`page-maximum/${size}`, { pageMaximum: size }, `A page has at most ${size} entries`),
    one(
      `page-maximum/${size}-refused`,
      { pageMaximum: size, pageTooLarge: 'refuse' },
      `A page of more than ${size} entries is refused`,
    ),
  ]),
  ...([10, 50, 100] as const).map((most) =>
    one(
      `root-fields/${most}`,
      { rootFieldsMaximum: most },
      `A document has at most ${most} root fields`,
    ),
  ),
  ...([200, 1000] as const).map((most) =>
    one(`fields/${most}`, { fieldsMaximum: most }, `A document has at most ${most} fields`),
  ),
  ...([1000, 10_000] as const).map((most) =>
    one(
      `objects/${most}`,
      { objectsMaximum: most },
      `The pages of a document hold at most ${most} objects`,
    ),
  ),
  one(
    'bad-input/200',
    { badInputStatus: 200 },
    'The response to variables of a wrong type is HTTP 200',
  ),
  one('trace-id/extensions', { traceIdIn: 'extensions' }, 'The trace id is among the extensions'),
  one(
    'deployments-order/oldest-first',
    { deploymentsOrder: 'oldest-first' },
    'Deployments are listed oldest first',
  ),
  one('list-lag/seconds', { listLagSeconds: 28 }, 'New objects appear in lists after 28 seconds'),
  one(
    'not-found-lag/seconds',
    { notFoundLagSeconds: 5 },
    'New objects are not found by their id for 5 seconds',
  ),

  // Limits
  one(
    'rate-limit-headers/policy-only',
    { rateLimitHeaders: 'policy-only', rateLimitPolicy: 'hour-only' },
    '`RateLimit-Policy` is the only header about the rate limit',
  ),
  one('rate-limit-headers/none', { rateLimitHeaders: 'none' }, 'No header about the rate limit'),
  one(
    'rate-limit-reset/milliseconds',
    { rateLimitReset: 'epoch-milliseconds' },
    '`X-RateLimit-Reset` in milliseconds since the epoch',
  ),
  one('rate-limit-reset/iso', { rateLimitReset: 'iso' }, '`X-RateLimit-Reset` as an ISO date'),
  one(
    'rate-limit-reset/delta',
    { rateLimitReset: 'delta' },
    '`X-RateLimit-Reset` in seconds from now',
  ),
  one('rate-limit-reset/absent', { rateLimitReset: 'absent' }, 'No `X-RateLimit-Reset`'),
  one(
    'rate-limit-policy/structured',
    { rateLimitPolicy: 'structured' },
    '`RateLimit-Policy` with a name for each window',
  ),
  one(
    'rate-limit-policy/hour-only',
    { rateLimitPolicy: 'hour-only' },
    '`RateLimit-Policy` has the limit per hour only',
  ),
  one(
    'rate-limit-policy/foreign-units',
    { rateLimitPolicy: 'foreign-units' },
    '`RateLimit-Policy` has a policy that does not count requests',
  ),
  one('rate-limit-policy/none', { rateLimitPolicy: 'none' }, 'No `RateLimit-Policy`'),
  one(
    'rate-limit-hour/clock',
    { rateLimitHour: 'clock-hour' },
    'The limit counts by hours of the clock',
  ),
  one(
    'rate-limit-unit/root-field',
    { rateLimitUnit: 'root-field' },
    'Each root field counts as one unit',
  ),
  one('rate-limit-scope/everybody', { rateLimitScope: 'everybody' }, 'All tokens share one limit'),
  one(
    'rate-limited-body/message',
    { rateLimitedBody: 'message' },
    'The JSON of a 429 is `{ "message": … }`, not an error of GraphQL',
  ),
  one('retry-after/date', { retryAfter: 'date' }, '`Retry-After` is a date'),
  one('retry-after/absent', { retryAfter: 'absent' }, 'A 429 has no `Retry-After`'),

  // Deployments
  one(
    'api-deploy-checks/waits',
    { apiDeployWaitsForChecks: true },
    'Deployments through the API wait for checks',
  ),
  one(
    'api-deploy-watch-paths/respected',
    { apiDeployWatchPaths: 'respected' },
    'Deployments through the API respect watch paths',
  ),
  one(
    'upload-watch-paths/respected',
    { uploadWatchPaths: 'respected' },
    'Uploads respect watch paths',
  ),
  one(
    'deploy-of-uploaded/not-found',
    { deployOfUploaded: 'not-found', deployWithoutSource: 'not-found' },
    'A service with uploaded code cannot be deployed: `Deployment not found`',
  ),
  one(
    'deploy-without-source/not-found',
    { deployWithoutSource: 'not-found' },
    'The clone of a service with uploaded code cannot be deployed: `Deployment not found`',
  ),
  one(
    'deploy-of-uploaded-image/last-upload',
    { deployOfUploadedImage: 'last-upload' },
    'An image service with uploaded code deploys its last upload, not the image',
  ),
  one(
    'clone-crashes-first/images',
    { cloneCrashesFirst: 'images' },
    'Images in a fresh clone crash at first and recover',
  ),
  one(
    'clone-crashes-first/all',
    { cloneCrashesFirst: 'all' },
    'Every service of a fresh clone crashes at first and recovers',
  ),
  one('deployment-meta/branch-null', { deploymentMeta: 'branch-null' }, '`meta` names no branch'),
  one(
    'deployment-meta/commit-only',
    { deploymentMeta: 'commit-only' },
    '`meta` holds the commit and nothing else',
  ),
  one('deployment-meta/null', { deploymentMeta: 'null' }, '`meta` is null'),
  one(
    'skipped-reason/absent',
    { skippedReason: 'absent' },
    '`meta` gives no reason for a skipped deployment',
  ),
  one('config-errors/objects', { configErrors: 'objects' }, '`configErrors` are objects'),
  one('deployment-urls/https', { deploymentUrls: 'https' }, '`url` and `staticUrl` have a scheme'),
  one(
    'live-can-rollback/true',
    { liveCanRollback: true },
    'The live deployment itself can be rolled back to',
  ),
  one(
    'removing/seconds',
    { removingSeconds: 20 },
    'A replaced deployment is `REMOVING` for a while',
  ),
  one(
    'logs-unavailable/seconds',
    { logsUnavailableSeconds: 6 },
    'Logs cannot be read right after a deployment was made',
  ),
  one('log-lines/exact', { logLines: 'exact' }, 'A log query returns as many lines as requested'),
  one(
    'trigger-update/deploys',
    { triggerUpdateDeploys: true },
    'Pointing a trigger at another branch deploys it',
  ),
  one('domain/late', { domainSeconds: 20 }, 'A new domain is `CREATING` for a while'),
  one(
    'workspace-token-uploads/refused',
    { workspaceTokenUploads: false },
    'Workspace tokens may not upload',
  ),
  one(
    'upload-refused/403',
    { workspaceTokenUploads: false, uploadRefusedStatus: 403 },
    'A refused upload is HTTP 403',
  ),
  one(
    'upload-refused/404',
    { workspaceTokenUploads: false, uploadRefusedStatus: 404 },
    'A refused upload is HTTP 404',
  ),

  // Variables and settings
  one('sealed-variables/null', { sealedVariables: 'null' }, '`variables` has null for sealed ones'),
  one(
    'sealed-variables/empty',
    { sealedVariables: 'empty' },
    '`variables` has an empty string for sealed ones',
  ),
  one(
    'replace/spares-sealed',
    { replaceSparesSealed: true },
    '`replace` does not delete sealed variables',
  ),
  one(
    'upsert/unseals',
    { upsertKeepsSeal: false },
    'A sealed variable that is written is no longer sealed',
  ),
  one(
    'variable-delete/silent',
    { variableDeleteDeploys: false },
    '`variableDelete` deploys nothing',
  ),
  one(
    'variable-delete/missing-accepted',
    { variableDeleteMissing: 'accepted' },
    '`variableDelete` of a missing name is accepted',
  ),
  one(
    'shared-variables/deploy-all',
    { sharedVariableDeploys: 'all' },
    'A changed shared variable deploys every service',
  ),
  one(
    'shared-variables/deploy-none',
    { sharedVariableDeploys: 'none' },
    'A changed shared variable deploys no service',
  ),
  one(
    'instance-update-null/clears',
    { instanceUpdateNull: 'clears' },
    '`null` in `serviceInstanceUpdate` clears a setting',
  ),
  one(
    'config-branch/null',
    { configBranch: 'null' },
    'The branch is null in the config of an environment',
  ),
  one(
    'config-branch/absent',
    { configBranch: 'absent' },
    'The branch is absent from the config of an environment',
  ),

  // Environments and patches
  one(
    'environment-cooldown/none',
    { environmentCooldownSeconds: 0 },
    'Environments can be created without a cooldown',
  ),
  one(
    'cooldown-message/older',
    { cooldownMessage: 'Only one environment can be created per user every 30s' },
    'The older error message of the cooldown between two environments',
  ),
  one(
    'duplicate-names/allowed',
    { duplicateEnvironmentNames: 'allowed' },
    'Two environments may have one name',
  ),
  one(
    'name-reserved/already-exists',
    { nameReservedSeconds: 120 },
    'The name of a deleted environment is taken for a while',
  ),
  one(
    'name-reserved/problem',
    { nameReservedSeconds: 120, nameReservedError: 'problem' },
    'The name of a deleted environment is refused for a while, without a reason',
  ),
  one('clone/at-once', { cloneSeconds: 0 }, 'A clone is complete at once'),
  one('clone/late', { cloneSeconds: 150 }, 'A clone stays empty for minutes'),
  one('clone/one-by-one', { cloneStepSeconds: 6 }, 'The services of a clone come one by one'),
  one(
    'clone/half-committed',
    { cloneCompletes: 'half-committed' },
    'The patch of a clone is `COMMITTED` although half of the services are missing',
  ),
  one(
    'clone/half-failed',
    { cloneCompletes: 'half-failed' },
    'The patch of a clone fails after half of the services',
  ),
  one(
    'clone/half-forever',
    { cloneCompletes: 'half-forever' },
    'The patch of a clone stays `APPLYING` after half of the services',
  ),
  one('clone-domains/copied', { cloneDomains: true }, 'A clone has domains of its own'),
  one(
    'clone-domains/late',
    { cloneDomains: true, cloneDomainSeconds: 20 },
    'A clone gets domains of its own after a while',
  ),
  one('clone-volumes/late', { cloneVolumes: 'late' }, 'A clone gets its volumes after a while'),
  one('clone-volumes/absent', { cloneVolumes: 'absent' }, 'A clone has no volumes'),
  one('clone-triggers/late', { cloneTriggers: 'late' }, 'A clone gets its triggers after a while'),
  one('clone-triggers/absent', { cloneTriggers: 'absent' }, 'A clone has no triggers'),
  one(
    'project-token-environments/allowed',
    { projectTokenCreatesEnvironments: true },
    'Project tokens may create environments',
  ),
  one(
    'nothing-staged/empty-staged',
    { nothingStaged: 'empty-staged' },
    'If nothing is staged, `environmentStagedChanges` is an empty patch that is `STAGED`',
  ),
  one(
    'nothing-staged/empty-id-staged',
    { nothingStaged: 'empty-id-staged' },
    'If nothing is staged, `environmentStagedChanges` is a patch `<empty>` that is `STAGED`',
  ),
  one(
    'nothing-staged/empty-id-committed',
    { nothingStaged: 'empty-id-committed' },
    'If nothing is staged, `environmentStagedChanges` is a patch `<empty>` that is `COMMITTED`',
  ),
  one(
    'unfinished-patches/hidden',
    { unfinishedPatches: 'hidden' },
    'A patch that is being applied, or failed, is not shown as staged changes',
  ),
  one(
    'unfinished-patches/hidden-empty',
    { unfinishedPatches: 'hidden', nothingStaged: 'empty-staged' },
    'While a patch is being applied, an empty one is shown as `STAGED`',
  ),
  one(
    'failed-patch/staged',
    { failedPatchStatus: 'STAGED' },
    'A patch that failed is `STAGED`, with its error',
  ),
  one(
    'failed-patch/committed',
    { failedPatchStatus: 'COMMITTED' },
    'A patch that failed is `COMMITTED`, with its error',
  ),
  one(
    'equal-patch/ignored',
    { equalPatch: 'ignored' },
    'A patch that changes nothing deploys nothing',
  ),
  one(
    'pending-work/empty',
    { pendingWork: 'empty' },
    '`environmentPendingWork` is empty while something is pending',
  ),
  one(
    'pending-work/refused',
    { pendingWork: 'refused' },
    '`environmentPendingWork` may not be read',
  ),
  one('patch/at-once', { patchSeconds: 0 }, 'A patch is applied at once'),
  one('patch/late', { patchSeconds: 60 }, 'A patch is applied after a minute'),
  one('workflow/hidden', { workflowHiddenSeconds: 10 }, 'A workflow is not found for a while'),
  one(
    'patch/shows-staged',
    { patchShowsStagedSeconds: 10 },
    'A committed patch shows as staged for a while',
  ),
  one(
    'patch/variables-late',
    { patchVariablesLagSeconds: 10 },
    'The variables of a patch change some seconds after the patch is `COMMITTED`',
  ),
]
