import { reading, type Topic } from './assumption.ts'

const followed = 'Its status is followed, whatever comes.'
const skipped = 'It ends as `skipped`; `on-skipped` decides about the job.'
const notUploaded = 'The upload ends as refused; nothing was deployed.'
const noRevision =
  'A live deployment counts as verified only if Railway reports its commit; otherwise a warning says so.'

/** Assumptions about deployments. */
export const deployments: Topic = {
  title: 'Deployments',
  assumptions: [
    {
      id: 'api-deploy-checks',
      evidence: 'unknown',
      about: 'A deployment that is started through the API',
      readings: [
        reading('starts', 'does not wait for checks', followed),
        reading(
          'waits',
          'waits for the checks of its commit',
          'It is reported as waiting; a job that is itself such a check ends by `timeout`.',
        ),
      ],
      operations: ['DeployService', 'DeployLatest'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'api-deploy-watch-paths',
      evidence: 'unknown',
      about: 'A deployment that is started through the API',
      readings: [
        reading('ignored', 'ignores watch paths', followed),
        reading('respected', 'is skipped if no watched file changed', skipped),
      ],
      operations: ['DeployService', 'DeployLatest'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'upload-watch-paths',
      evidence: 'reported',
      about: 'An upload',
      readings: [
        reading('ignored', 'ignores watch paths', followed),
        reading('respected', 'is skipped if it has no watched file', skipped),
      ],
      operations: ['Upload'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'deploy-of-uploaded',
      evidence: 'unknown',
      about: 'A service whose code comes from uploads, deployed without a commit,',
      readings: [
        reading('last-upload', 'deploys its last upload', followed),
        reading('not-found', 'answers "Deployment not found"', 'It is reported as refused.'),
      ],
      operations: ['DeployService'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'deploy-without-source',
      evidence: 'contradictory',
      about: 'The clone of a service whose code comes from uploads, deployed,',
      readings: [
        reading('not-found', 'answers "Deployment not found"', 'It is left out of previews.'),
        reading('no-snapshot', 'says that there is no snapshot', 'It is left out of previews.'),
      ],
      operations: ['DeployService'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'deploy-of-uploaded-image',
      evidence: 'reported',
      about: 'An image service to which code was uploaded, deployed,',
      readings: [
        reading('plain-image', 'deploys the plain image', 'What is live is compared and told.'),
        reading('last-upload', 'deploys the last upload', 'What is live is compared and told.'),
      ],
      operations: ['DeployService'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'clone-crashes-first',
      evidence: 'reported',
      about: 'In a fresh clone',
      readings: [
        reading('none', 'nothing crashes at first', followed),
        reading('images', 'images crash at first and recover', 'They are given time to recover.'),
        reading('all', 'every service crashes at first and recovers', 'It is given time to.'),
      ],
      operations: ['DeployService', 'ServedDeployments', 'DeploymentStates'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'deployment-meta',
      evidence: 'unknown',
      about: '`meta` of a deployment of a repository',
      readings: [
        reading('full', 'names commit and branch', 'The live commit is verified.'),
        reading('branch-null', 'names the commit and no branch', 'The live commit is verified.'),
        reading('commit-only', 'names the commit and nothing else', 'The live commit is verified.'),
        reading('null', 'is null', noRevision),
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
      about: '`meta` of a skipped deployment',
      readings: [
        reading('told', 'gives the reason', 'The reason is shown.'),
        reading('absent', 'gives no reason', 'The result is told without a reason.'),
      ],
      operations: ['ServedDeployments', 'DeploymentStates', 'InstanceStates'],
      decidedBy: { probe: 'ended-deployments' },
    },
    {
      id: 'config-errors',
      evidence: 'unknown',
      about: '`configErrors` in `meta` of a failed deployment',
      readings: [
        reading('strings', 'are texts', 'They are shown.'),
        reading('objects', 'are objects', 'Their messages are shown.'),
      ],
      operations: ['ServedDeployments', 'DeploymentStates', 'InstanceStates'],
      decidedBy: { probe: 'ended-deployments' },
    },
    {
      id: 'deployment-urls',
      evidence: 'unknown',
      about: '`url` and `staticUrl` of a deployment',
      readings: [
        reading('host', 'are hosts without a scheme', 'They are not used: domains are.'),
        reading('https', 'have a scheme', 'They are not used: domains are.'),
      ],
      operations: [],
      decidedBy: { probe: 'deployments' },
    },
    {
      id: 'live-can-rollback',
      evidence: 'unknown',
      about: 'The live deployment',
      readings: [
        reading('false', 'cannot be rolled back to', 'An earlier one is chosen.'),
        reading('true', 'can be rolled back to', 'An earlier one is chosen all the same.'),
      ],
      operations: ['ServiceHistories', 'HistoryPage', 'RollbackOffers'],
      decidedBy: { probe: 'deployments' },
    },
    {
      id: 'removing',
      evidence: 'unknown',
      about: 'A deployment that was replaced',
      readings: [
        reading('at-once', 'is `REMOVED` at once', 'What is live decides.'),
        reading('seconds', 'is `REMOVING` for a while', 'What is live decides.'),
      ],
      operations: ['ServedDeployments', 'DeploymentStates', 'InstanceStates'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'logs-unavailable',
      evidence: 'reported',
      about: 'The log of a new deployment',
      readings: [
        reading('at-once', 'can be read at once', 'Its last lines are shown on failure.'),
        reading('seconds', 'cannot be read for a while', 'A failure is told without its log.'),
      ],
      operations: ['AllLogs', 'BuildLogs', 'DeploymentLogs'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'log-lines',
      evidence: 'reported',
      about: 'A log query',
      readings: [
        reading('one-more', 'answers with a line more than requested', 'It is cut.'),
        reading('exact', 'answers with as many lines as requested', 'They are shown.'),
      ],
      operations: ['AllLogs', 'BuildLogs', 'DeploymentLogs'],
      decidedBy: { probe: 'logs' },
    },
    {
      id: 'trigger-update',
      evidence: 'contradictory',
      about: 'Pointing a trigger at another branch',
      readings: [
        reading('silent', 'deploys nothing', 'It is not done: a preview stages its branch.'),
        reading('deploys', 'deploys that branch', 'It is not done: a preview stages its branch.'),
      ],
      operations: [],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'domain',
      evidence: 'unknown',
      about: 'A new domain',
      readings: [
        reading('at-once', 'is ready at once', 'It is named in the report.'),
        reading('late', 'is `CREATING` for a while', 'It is named in the report all the same.'),
      ],
      operations: ['CreateDomain'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'workspace-token-uploads',
      evidence: 'unknown',
      about: 'A workspace token',
      readings: [
        reading('accepted', 'may upload', followed),
        reading('refused', 'may not upload', notUploaded),
      ],
      operations: ['Upload'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'upload-refused',
      evidence: 'unknown',
      about: 'A refused upload',
      readings: [
        reading('401', 'is HTTP 401', notUploaded),
        reading('403', 'is HTTP 403', notUploaded),
        reading('404', 'is HTTP 404', notUploaded),
      ],
      operations: ['Upload'],
      decidedBy: { needs: 'a change' },
    },
  ],
}
