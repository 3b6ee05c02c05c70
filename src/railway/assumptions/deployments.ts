import { type Topic, variant } from './assumption.ts'

const follows = 'The run follows the status of the deployment to its end.'
const skipped =
  'The result of the deployment is `skipped`. The input `on-skipped` decides whether the job fails.'
const uploadRejected = 'The run reports the upload as rejected. Nothing is deployed.'
const reportsRejection = 'The run reports the deployment as rejected.'
const notInPreview = 'The run does not deploy this service in a preview.'
const comparesLive =
  'The run reads which image is live, and reports a difference from the requested image.'
const verifiesCommit = 'The run checks that the requested commit is live.'
const warnsUnverified = 'The run cannot check which commit is live, and a warning says so.'
const domainsInstead = "The run does not use these fields. It reads the service's domains."
const earlierOne = 'The run rolls back to an earlier deployment of another commit or image.'
const readsLive = 'The run reads which deployment is live, and does not depend on this status.'
const notUsed =
  'The run does not use this mutation. It sets the branch of a preview by staged changes.'
const showsDomain = 'The run reports the address of the domain.'

/** Assumptions about deployments. */
export const deployments: Topic = {
  title: 'Deployments',
  assumptions: [
    {
      id: 'api-deploy-checks',
      evidence: 'unknown',
      about: 'A deployment that is started through the API',
      variants: [
        variant('starts', 'does not wait for the checks of its commit', follows),
        variant(
          'waits',
          'waits for the checks of its commit',
          'The run reports the deployment as waiting. If the job is itself one of these checks, it ends with `deployment-timeout`.',
        ),
      ],
      operations: ['DeployService', 'DeployLatest'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'api-deploy-watch-paths',
      evidence: 'unknown',
      about: 'A deployment that is started through the API',
      variants: [
        variant('ignored', "ignores the service's watch paths", follows),
        variant('respected', 'is skipped if no file in the watch paths changed', skipped),
      ],
      operations: ['DeployService', 'DeployLatest'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'upload-watch-paths',
      evidence: 'reported',
      about: 'A deployment of uploaded files',
      variants: [
        variant('ignored', "ignores the service's watch paths", follows),
        variant('respected', 'is skipped if no uploaded file is in the watch paths', skipped),
      ],
      operations: ['Upload'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'deploy-of-uploaded',
      evidence: 'unknown',
      about: 'The deployment of a service whose code was uploaded, requested without a commit,',
      variants: [
        variant('last-upload', 'uses the last upload', follows),
        variant('not-found', 'is rejected with "Deployment not found"', reportsRejection),
      ],
      operations: ['DeployService'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'deploy-without-source',
      evidence: 'contradictory',
      about:
        'The deployment of a service in a preview whose code was uploaded in the base environment',
      variants: [
        variant('not-found', 'is rejected with "Deployment not found"', notInPreview),
        variant('no-snapshot', 'is rejected because it has no snapshot', notInPreview),
      ],
      operations: ['DeployService'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'deploy-of-uploaded-image',
      evidence: 'reported',
      about: 'The deployment of an image service to which code was uploaded',
      variants: [
        variant('plain-image', 'uses the image', comparesLive),
        variant('last-upload', 'uses the last upload', comparesLive),
      ],
      operations: ['DeployService'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'clone-crashes-first',
      evidence: 'reported',
      about: 'The first deployments of a new preview',
      variants: [
        variant('none', 'do not crash', follows),
        variant(
          'images',
          'crash and recover if they are of images',
          'The run gives a crashed service time to recover before it counts as failed.',
        ),
        variant(
          'all',
          'crash and recover',
          'The run gives a crashed service time to recover before it counts as failed.',
        ),
      ],
      operations: ['DeployService', 'ServedDeployments', 'DeploymentStates'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'deployment-meta',
      evidence: 'unknown',
      about: 'The field `meta` of a deployment from a repository',
      variants: [
        variant('full', 'contains the commit and the branch', verifiesCommit),
        variant('branch-null', 'contains the commit, and `null` as the branch', verifiesCommit),
        variant('commit-only', 'contains only the commit', verifiesCommit),
        variant('null', 'is `null`', warnsUnverified),
      ],
      operations: [
        'WorkspaceProjects',
        'ServedDeployments',
        'DeploymentStates',
        'InstanceStates',
        'ServiceDeployments',
      ],
      decidedBy: { probe: 'deployments' },
    },
    {
      id: 'skipped-reason',
      evidence: 'unknown',
      about: 'The field `meta` of a skipped deployment',
      variants: [
        variant('told', 'contains the reason', 'The run shows the reason.'),
        variant(
          'absent',
          'contains no reason',
          'The run reports that the deployment was skipped, without a reason.',
        ),
      ],
      operations: ['ServedDeployments', 'DeploymentStates', 'InstanceStates'],
      decidedBy: { probe: 'ended-deployments' },
    },
    {
      id: 'config-errors',
      evidence: 'unknown',
      about: 'The entries of `configErrors` in the field `meta` of a failed deployment',
      variants: [
        variant('strings', 'are texts', 'The run shows them.'),
        variant('objects', 'are objects', 'The run shows their messages.'),
      ],
      operations: ['ServedDeployments', 'DeploymentStates', 'InstanceStates'],
      decidedBy: { probe: 'ended-deployments' },
    },
    {
      id: 'deployment-urls',
      evidence: 'unknown',
      about: 'The fields `url` and `staticUrl` of a deployment',
      variants: [
        variant('host', 'contain a host name', domainsInstead),
        variant('https', 'contain a URL with a scheme', domainsInstead),
      ],
      operations: [],
      decidedBy: { probe: 'deployments' },
    },
    {
      id: 'live-can-rollback',
      evidence: 'unknown',
      about: 'The field `canRollback` of the live deployment',
      variants: [
        variant('false', 'is `false`', earlierOne),
        variant('true', 'is `true`', earlierOne),
      ],
      operations: ['ServiceHistories', 'HistoryPage', 'RollbackOffers'],
      decidedBy: { probe: 'deployments' },
    },
    {
      id: 'removing',
      evidence: 'unknown',
      about: 'A deployment that a newer one replaced',
      variants: [
        variant('at-once', 'has the status `REMOVED` at once', readsLive),
        variant('seconds', 'has the status `REMOVING` for some seconds', readsLive),
      ],
      operations: ['ServedDeployments', 'DeploymentStates', 'InstanceStates'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'logs-unavailable',
      evidence: 'reported',
      about: 'The log of a new deployment',
      variants: [
        variant(
          'at-once',
          'can be read at once',
          'The run shows the last lines of the log if the deployment fails.',
        ),
        variant(
          'seconds',
          'cannot be read for some seconds',
          'If the log cannot be read, the run reports a failure without it.',
        ),
      ],
      operations: ['AllLogs', 'BuildLogs', 'DeploymentLogs'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'log-lines',
      evidence: 'reported',
      about: 'A query for a number of log lines',
      variants: [
        variant('one-more', 'returns one line more', 'The run removes the additional line.'),
        variant('exact', 'returns exactly this number', 'The run shows these lines.'),
      ],
      operations: ['AllLogs', 'BuildLogs', 'DeploymentLogs'],
      decidedBy: { probe: 'logs' },
    },
    {
      id: 'trigger-update',
      evidence: 'contradictory',
      about: 'The mutation that changes the branch of a deployment trigger',
      variants: [
        variant('silent', 'deploys nothing', notUsed),
        variant('deploys', 'deploys the branch', notUsed),
      ],
      operations: [],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'domain',
      evidence: 'unknown',
      about: 'A new domain',
      variants: [
        variant('at-once', 'is ready at once', showsDomain),
        variant('late', 'has the status `CREATING` for some seconds', showsDomain),
      ],
      operations: ['CreateDomain'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'workspace-token-uploads',
      evidence: 'unknown',
      about: 'An upload with a workspace token',
      variants: [
        variant('accepted', 'is accepted', follows),
        variant('refused', 'is rejected', uploadRejected),
      ],
      operations: ['Upload'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'upload-refused',
      evidence: 'unknown',
      about: 'An upload that Railway rejects',
      variants: [
        variant('401', 'gets a response with HTTP 401', uploadRejected),
        variant('403', 'gets a response with HTTP 403', uploadRejected),
        variant('404', 'gets a response with HTTP 404', uploadRejected),
      ],
      operations: ['Upload'],
      decidedBy: { needs: 'a change' },
    },
  ],
}
