import { type Topic, variant } from './assumption.ts'

const usesWorkspaces = 'The run uses these workspaces.'
const readsUser = 'The run reads the workspaces from the query `me` instead.'
const sendsProjectToken =
  'The run sends the query `projectToken` next, which identifies a project token.'
const notProjectToken = 'The run concludes that the token is not a project token.'
const onlyByWorkspace = 'The run reads projects by workspace, so it does not need this list.'
const readsById = 'The run reads the project by its id, so it does not need this list.'
const noHint =
  'If a project is not found, the error does not say whether another workspace has a project of that name.'
const usesHeaders =
  'The run does not use this field. It reads the request limit from the headers of the responses.'
const neverRequested = 'The run never requests them.'
const absentFromList =
  'The run lists the environments, and concludes from the list that it is deleted.'

/** Assumptions about tokens and the data that they may read. */
export const tokens: Topic = {
  title: 'Tokens and what they may read',
  assumptions: [
    {
      id: 'api-token-account',
      evidence: 'reported',
      about: 'The query `apiToken`, sent with an account token,',
      variants: [
        variant('workspaces', 'returns the workspaces of the token', usesWorkspaces),
        variant('refused', 'is rejected', readsUser),
        variant('empty', 'returns no workspace', readsUser),
      ],
      operations: ['TokenWorkspaces'],
      decidedBy: { probe: 'token-workspaces' },
    },
    {
      id: 'api-token-oauth',
      evidence: 'unknown',
      about: 'The query `apiToken`, sent with an OAuth token,',
      variants: [
        variant('workspaces', 'returns the workspaces of the token', usesWorkspaces),
        variant('refused', 'is rejected', readsUser),
        variant('empty', 'returns no workspace', readsUser),
      ],
      operations: ['TokenWorkspaces'],
      decidedBy: { probe: 'token-workspaces' },
    },
    {
      id: 'api-token-project',
      evidence: 'reported',
      about: 'The query `apiToken`, sent with a project token,',
      variants: [
        variant('refused', 'is rejected', sendsProjectToken),
        variant(
          'workspaces',
          'returns the workspace of the project',
          'The run sends this query as `Authorization: Bearer`, which Railway rejects for a project token. It therefore continues with the query `projectToken`.',
        ),
        variant('empty', 'returns no workspace', sendsProjectToken),
      ],
      operations: ['TokenWorkspaces'],
      decidedBy: { probe: 'token-workspaces' },
    },
    {
      id: 'project-token-others',
      evidence: 'reported',
      about: 'The query `projectToken`, sent with a token that is not a project token,',
      variants: [
        variant('not-found', 'is rejected with "Project Token not found"', notProjectToken),
        variant('not-authorized', 'is rejected with "Not Authorized"', notProjectToken),
      ],
      operations: ['ProjectTokenScope'],
      decidedBy: { probe: 'project-token' },
    },
    {
      id: 'own-projects',
      evidence: 'contradictory',
      about: 'The query `projects` without a workspace, sent with an account or OAuth token,',
      variants: [
        variant('empty', 'returns no project', onlyByWorkspace),
        variant(
          'all',
          'returns all projects of the user',
          'If no other query returns a workspace, the run uses the workspaces of these projects.',
        ),
        variant('refused', 'is rejected', onlyByWorkspace),
      ],
      operations: ['VisibleProjects'],
      decidedBy: { probe: 'visible-projects' },
    },
    {
      id: 'projects-for-project',
      evidence: 'unknown',
      about: 'The query `projects`, sent with a project token,',
      variants: [
        variant('own', "returns the token's project", readsById),
        variant('refused', 'is rejected', readsById),
      ],
      operations: ['VisibleProjects'],
      decidedBy: { probe: 'visible-projects' },
    },
    {
      id: 'foreign-workspace',
      evidence: 'unknown',
      about: 'The query `projects` for a workspace that the token cannot access',
      variants: [
        variant('refused', 'is rejected', noHint),
        variant('empty', 'returns no project', noHint),
      ],
      operations: ['ProjectNames'],
      decidedBy: { needs: 'another token' },
    },
    {
      id: 'oauth-without-profile',
      evidence: 'reported',
      about: 'The query `me`, sent with an OAuth token without access to the profile,',
      variants: [
        variant(
          'refused',
          'is rejected',
          'The run reads the workspaces that were shared with the user instead.',
        ),
        variant(
          'empty',
          'returns no workspace',
          'The run also reads the workspaces that were shared with the user.',
        ),
      ],
      operations: ['WhoAmI', 'UserWorkspaces'],
      decidedBy: { probe: 'oauth-user' },
    },
    {
      id: 'two-factor',
      evidence: 'unknown',
      about:
        'The data of a workspace that requires two-factor authentication, read for a user without it,',
      variants: [
        variant('refused', 'is rejected with an error', 'The run ends with `two-factor-required`.'),
        variant(
          'redacted',
          'is returned without its content',
          'If a workspace has no projects, the run reads whether they are hidden for this reason, and ends with `two-factor-required`.',
        ),
      ],
      operations: ['WorkspaceRedaction', 'WorkspaceProjects'],
      decidedBy: { needs: 'another token' },
    },
    {
      id: 'token-budget',
      evidence: 'unknown',
      about: 'The field `Workspace.apiTokenRateLimit`',
      variants: [
        variant('answered', 'can be read', usesHeaders),
        variant('refused', 'is rejected', usesHeaders),
      ],
      operations: [],
      decidedBy: { probe: 'token-budget' },
    },
    {
      id: 'restricted-environment',
      evidence: 'unknown',
      about: 'The query for the contents of an environment with `canAccess: false`',
      variants: [
        variant('refused', 'is rejected', 'The run continues with the other environments.'),
        variant(
          'empty',
          'returns no services',
          'The run treats the environment as inaccessible because of `canAccess`, and not as empty.',
        ),
      ],
      operations: ['WorkspaceProjects', 'ProjectById', 'EnvironmentContents'],
      decidedBy: { probe: 'restricted-environment' },
    },
    {
      id: 'sibling-deployments',
      evidence: 'contradictory',
      about: 'The query for deployments of another environment, sent with a project token,',
      variants: [
        variant('empty', 'returns an empty list', neverRequested),
        variant('refused', 'is rejected', neverRequested),
      ],
      operations: ['ServiceDeployments', 'ServiceHistories'],
      decidedBy: { probe: 'sibling-deployments' },
    },
    {
      id: 'workflow-status',
      evidence: 'unknown',
      about: 'The query `workflowStatus`',
      variants: [
        variant(
          'answered',
          'can be used',
          'The run reads from it whether a committed change was applied.',
        ),
        variant('refused', 'is rejected', 'The run reads the status of the change itself instead.'),
      ],
      operations: ['WorkflowState'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'deployment-events',
      evidence: 'unknown',
      about: 'The query `deploymentEvents`',
      variants: [
        variant(
          'answered',
          'can be used',
          'The error of a failed deployment names the step that failed.',
        ),
        variant(
          'refused',
          'is rejected',
          'The error of a failed deployment does not name the step.',
        ),
      ],
      operations: ['DeploymentSteps'],
      decidedBy: { probe: 'deployment-events' },
    },
    {
      id: 'deleted-project',
      evidence: 'reported',
      about: 'The query for a deleted project by its id',
      variants: [
        variant(
          'not-found',
          'is rejected with "not found"',
          'The run reports that Railway cannot find the project.',
        ),
        variant(
          'not-authorized',
          'is rejected with "Not Authorized"',
          'The run reports that Railway rejected the request.',
        ),
        variant(
          'problem',
          'is rejected without a reason',
          'The run reports that Railway rejected the request.',
        ),
      ],
      operations: ['ProjectById', 'ProjectEnvironments'],
      decidedBy: { probe: 'deleted' },
    },
    {
      id: 'deleted-environment',
      evidence: 'reported',
      about: 'The query for a deleted environment by its id',
      variants: [
        variant(
          'answered',
          'returns the environment with its `deletedAt`',
          'The run treats the environment as deleted.',
        ),
        variant(
          'not-found',
          'is rejected with "not found"',
          'The run treats the environment as deleted.',
        ),
        variant(
          'not-authorized',
          'is rejected with "Not Authorized"',
          'The run reads the environment and then its project, to find out which of them was deleted.',
        ),
      ],
      operations: ['EnvironmentRecords', 'EnvironmentInstances', 'DeploymentStates'],
      decidedBy: { probe: 'deleted' },
    },
    {
      id: 'list-deleted',
      evidence: 'reported',
      about: 'Lists of projects, environments and services',
      variants: [
        variant(
          'shown',
          'contain deleted ones with their `deletedAt`',
          'The run ignores these entries.',
        ),
        variant('hidden', 'contain no deleted ones', 'The run uses every entry.'),
      ],
      operations: ['WorkspaceProjects', 'ProjectById', 'ProjectNames', 'ProjectRecords'],
      decidedBy: { probe: 'deleted' },
    },
    {
      id: 'deleted-lingers',
      evidence: 'unknown',
      about: 'An environment that was deleted',
      variants: [
        variant(
          'at-once',
          'disappears from lists at once',
          'The run confirms the deletion by the list.',
        ),
        variant(
          'seconds',
          'stays in lists for some time',
          'The run reads the list again until the environment is no longer in it.',
        ),
      ],
      operations: ['DeleteEnvironment', 'ProjectRecords'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'delete-again',
      evidence: 'reported',
      about: 'The deletion of an environment that is already deleted',
      variants: [
        variant('problem', 'is rejected without a reason', absentFromList),
        variant('not-authorized', 'is rejected with "Not Authorized"', absentFromList),
      ],
      operations: ['DeleteEnvironment'],
      decidedBy: { needs: 'a change' },
    },
  ],
}
