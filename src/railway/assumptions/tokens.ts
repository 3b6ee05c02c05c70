import { reading, type Topic } from './assumption.ts'

const fromUser = 'The workspaces are read from `me` instead.'

/** Assumptions about tokens, and about what they may read. */
export const tokens: Topic = {
  title: 'Tokens and what they may read',
  assumptions: [
    {
      id: 'api-token-account',
      evidence: 'reported',
      about: '`apiToken`, read with an account token,',
      readings: [
        reading('workspaces', 'names its workspaces', 'They are the workspaces in reach.'),
        reading('refused', 'is refused', fromUser),
        reading('empty', 'names no workspace', fromUser),
      ],
      operations: ['TokenWorkspaces'],
      decidedBy: { probe: 'token-workspaces' },
    },
    {
      id: 'api-token-oauth',
      evidence: 'unknown',
      about: '`apiToken`, read with an OAuth token,',
      readings: [
        reading('workspaces', 'names its workspaces', 'They are the workspaces in reach.'),
        reading('refused', 'is refused', fromUser),
        reading('empty', 'names no workspace', fromUser),
      ],
      operations: ['TokenWorkspaces'],
      decidedBy: { probe: 'token-workspaces' },
    },
    {
      id: 'api-token-project',
      evidence: 'reported',
      about: '`apiToken`, read with a project token,',
      readings: [
        reading('refused', 'is refused', '`projectToken` is asked next and tells the kind.'),
        reading(
          'workspaces',
          'names its workspace',
          'The query is only sent with a bearer token, and a project token is not one.',
        ),
        reading('empty', 'names no workspace', '`projectToken` is asked next and tells the kind.'),
      ],
      operations: ['TokenWorkspaces'],
      decidedBy: { probe: 'token-workspaces' },
    },
    {
      id: 'project-token-others',
      evidence: 'reported',
      about: '`projectToken`, read with a token of another kind,',
      readings: [
        reading('not-found', 'answers "Project Token not found"', 'It is no project token.'),
        reading('not-authorized', 'answers "Not Authorized"', 'It is no project token.'),
      ],
      operations: ['ProjectTokenScope'],
      decidedBy: { probe: 'project-token' },
    },
    {
      id: 'own-projects',
      evidence: 'contradictory',
      about: '`projects` without a workspace, read with an account or OAuth token,',
      readings: [
        reading('empty', 'is empty', 'Projects are only ever read by workspace.'),
        reading('all', 'lists all projects', 'It only adds workspaces that nothing else named.'),
        reading('refused', 'is refused', 'Projects are only ever read by workspace.'),
      ],
      operations: ['VisibleProjects'],
      decidedBy: { probe: 'visible-projects' },
    },
    {
      id: 'projects-for-project',
      evidence: 'unknown',
      about: '`projects`, read with a project token,',
      readings: [
        reading('own', 'lists its project', 'The project is read by its id.'),
        reading('refused', 'is refused', 'The project is read by its id.'),
      ],
      operations: ['VisibleProjects'],
      decidedBy: { probe: 'visible-projects' },
    },
    {
      id: 'foreign-workspace',
      evidence: 'unknown',
      about: '`projects` of a workspace out of reach',
      readings: [
        reading('refused', 'is refused', 'The hint about other workspaces is left out.'),
        reading('empty', 'is empty', 'The hint about other workspaces is left out.'),
      ],
      operations: ['ProjectNames'],
      decidedBy: { needs: 'another token' },
    },
    {
      id: 'oauth-without-profile',
      evidence: 'reported',
      about: '`me`, read with an OAuth token that was not granted the profile,',
      readings: [
        reading('refused', 'is refused', 'The workspaces are read from what was shared.'),
        reading('empty', 'is answered and names no workspace', 'The other lists are read, too.'),
      ],
      operations: ['WhoAmI', 'UserWorkspaces'],
      decidedBy: { probe: 'oauth-user' },
    },
    {
      id: 'two-factor',
      evidence: 'unknown',
      about:
        'The data of a workspace that requires two-factor authentication, read by a user without it,',
      readings: [
        reading('refused', 'is refused with an error', 'The run ends with `two-factor-required`.'),
        reading(
          'redacted',
          'is shown as redacted data',
          'If a workspace looks empty, the run checks for redacted data and ends with `two-factor-required`.',
        ),
      ],
      operations: ['WorkspaceRedaction', 'WorkspaceProjects'],
      decidedBy: { needs: 'another token' },
    },
    {
      id: 'token-budget',
      evidence: 'unknown',
      about: '`Workspace.apiTokenRateLimit`',
      readings: [
        reading('answered', 'may be read', 'It is not used: the headers tell the limit.'),
        reading('refused', 'is refused', 'It is not used: the headers tell the limit.'),
      ],
      operations: [],
      decidedBy: { probe: 'token-budget' },
    },
    {
      id: 'restricted-environment',
      evidence: 'unknown',
      about: 'The contents of an environment with `canAccess: false`',
      readings: [
        reading('refused', 'are refused', 'What can be seen is read without them.'),
        reading('empty', 'look empty', '`canAccess` decides, so it is not taken for empty.'),
      ],
      operations: ['WorkspaceProjects', 'ProjectById', 'EnvironmentContents'],
      decidedBy: { probe: 'restricted-environment' },
    },
    {
      id: 'sibling-deployments',
      evidence: 'contradictory',
      about: "The deployments of another environment of a project token's project",
      readings: [
        reading('empty', 'are an empty list', 'They are never asked for.'),
        reading('refused', 'are refused', 'They are never asked for.'),
      ],
      operations: ['ServiceDeployments', 'ServiceHistories'],
      decidedBy: { probe: 'sibling-deployments' },
    },
    {
      id: 'workflow-status',
      evidence: 'unknown',
      about: '`workflowStatus`',
      readings: [
        reading('answered', 'may be read', 'It tells when a change was applied.'),
        reading('refused', 'is refused', 'The patch itself is looked at instead.'),
      ],
      operations: ['WorkflowState'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'deployment-events',
      evidence: 'unknown',
      about: '`deploymentEvents`',
      readings: [
        reading('answered', 'may be read', 'It names the step that failed.'),
        reading('refused', 'is refused', 'A failure is reported without its step.'),
      ],
      operations: ['DeploymentSteps'],
      decidedBy: { probe: 'deployment-events' },
    },
    {
      id: 'deleted-project',
      evidence: 'reported',
      about: 'A deleted project, read by its id,',
      readings: [
        reading('not-found', 'is not found', 'The project is reported as gone.'),
        reading('not-authorized', 'is refused like one out of reach', 'It is reported as refused.'),
        reading('problem', 'is refused without a reason', 'It is reported as refused.'),
      ],
      operations: ['ProjectById', 'ProjectEnvironments'],
      decidedBy: { probe: 'deleted' },
    },
    {
      id: 'deleted-environment',
      evidence: 'reported',
      about: 'A deleted environment, read by its id,',
      readings: [
        reading('answered', 'is answered with its `deletedAt`', 'It counts as gone.'),
        reading('not-found', 'is not found', 'It counts as gone.'),
        reading(
          'not-authorized',
          'is refused like one out of reach',
          'The run looks the environment up to learn that it was deleted.',
        ),
      ],
      operations: ['EnvironmentRecords', 'EnvironmentInstances', 'DeploymentStates'],
      decidedBy: { probe: 'deleted' },
    },
    {
      id: 'list-deleted',
      evidence: 'reported',
      about: 'Deleted projects, environments and services',
      readings: [
        reading('shown', 'are in lists with their `deletedAt`', 'They are left out.'),
        reading('hidden', 'are not in lists', 'Nothing has to be left out.'),
      ],
      operations: ['WorkspaceProjects', 'ProjectById', 'ProjectNames', 'ProjectRecords'],
      decidedBy: { probe: 'deleted' },
    },
    {
      id: 'deleted-lingers',
      evidence: 'unknown',
      about: 'An environment that was deleted',
      readings: [
        reading('at-once', 'is gone from lists at once', 'The deletion is confirmed by the list.'),
        reading(
          'seconds',
          'stays in lists for a while',
          'The list is read again until the environment is no longer in it.',
        ),
      ],
      operations: ['DeleteEnvironment', 'ProjectRecords'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'delete-again',
      evidence: 'reported',
      about: 'Deleting an environment that was deleted already',
      readings: [
        reading('problem', 'is refused without a reason', 'The list tells that it is gone.'),
        reading('not-authorized', 'is refused', 'The list tells that it is gone.'),
      ],
      operations: ['DeleteEnvironment'],
      decidedBy: { needs: 'a change' },
    },
  ],
}
