import { reading, type Topic } from './assumption.ts'

const smaller = 'The largest page is lowered for the rest of the run; lists are read to their end.'
const split = 'The document is refused, split in halves and asked for again.'
const lacks = (what: string) => `It is lived without: ${what}.`

/** Assumptions about documents, pages and errors. */
export const documents: Topic = {
  title: 'Documents, pages and errors',
  assumptions: [
    {
      id: 'missing',
      evidence: 'reported',
      about: 'The newer parts of the schema',
      readings: [
        reading('nothing', 'are all there', 'They are used.'),
        reading('all', 'are all missing', 'They are lived without, each on its own.'),
        reading(
          'Query.environmentHistory',
          'lack `Query.environmentHistory`',
          lacks('it is not used'),
        ),
        reading(
          'Query.environmentPendingWork',
          'lack `Query.environmentPendingWork`',
          lacks('a clone is done when its services are there'),
        ),
        reading(
          'ServiceInstance.hasEverDeployed',
          'lack `ServiceInstance.hasEverDeployed`',
          lacks('it is not used'),
        ),
        reading(
          'ServiceInstance.preDeployTimeoutSeconds',
          'lack `ServiceInstance.preDeployTimeoutSeconds`',
          lacks('it is not used'),
        ),
        reading(
          'ServiceInstance.resolvedFileConfig',
          'lack `ServiceInstance.resolvedFileConfig`',
          lacks('config files are known from the settings only'),
        ),
        reading(
          'EnvironmentPatchStatus.FAILED',
          'lack `EnvironmentPatchStatus.FAILED`',
          lacks('the error of a patch tells that it failed'),
        ),
      ],
      operations: ['ResolvedConfigFiles', 'PatchState', 'PreviewState'],
      decidedBy: { probe: 'schema' },
    },
    {
      id: 'introspection',
      evidence: 'reported',
      about: 'Introspection',
      readings: [
        reading('everybody', 'is answered without a token', 'Only the schema check rests on it.'),
        reading('tokens', 'needs a token', 'Only the schema check rests on it.'),
        reading('nobody', 'is refused', 'Only the schema check rests on it.'),
      ],
      operations: [],
      decidedBy: { probe: 'schema' },
    },
    {
      id: 'page-default',
      evidence: 'unknown',
      about: 'A page for which no size is requested',
      readings: [
        reading('50', 'has 50 entries', 'Every request names a size.'),
        reading('20', 'has 20 entries', 'Every request names a size.'),
      ],
      operations: [],
      decidedBy: { probe: 'deployments' },
    },
    {
      id: 'page-maximum',
      evidence: 'unknown',
      about: 'A page of 500 entries',
      readings: [
        reading('500', 'is given', 'Lists are read in large pages.'),
        reading('100', 'is cut to 100', 'Lists are read to their end by cursor.'),
        reading('50', 'is cut to 50', 'Lists are read to their end by cursor.'),
        reading('20', 'is cut to 20', 'Lists are read to their end by cursor.'),
        reading('100-refused', 'is refused, 100 is the most', smaller),
        reading('50-refused', 'is refused, 50 is the most', smaller),
        reading('20-refused', 'is refused, 20 is the most', smaller),
      ],
      operations: 'all',
      decidedBy: { probe: 'page-maximum' },
    },
    {
      id: 'root-fields',
      evidence: 'unknown',
      about: 'A document',
      readings: [
        reading('any', 'may have more than 100 root fields', 'Batches are as large as planned.'),
        reading('100', 'may have at most 100 root fields', split),
        reading('50', 'may have at most 50 root fields', split),
        reading('10', 'may have at most 10 root fields', split),
      ],
      operations: 'all',
      decidedBy: { probe: 'root-fields' },
    },
    {
      id: 'fields',
      evidence: 'unknown',
      about: 'A document',
      readings: [
        reading('any', 'may have more than 1,000 fields', 'Batches are as large as planned.'),
        reading('1000', 'may have at most 1,000 fields', split),
        reading('200', 'may have at most 200 fields', split),
      ],
      operations: 'all',
      decidedBy: { probe: 'fields' },
    },
    {
      id: 'objects',
      evidence: 'unknown',
      about: 'The pages of a document',
      readings: [
        reading('any', 'may hold more than 10,000 objects', 'Pages are as large as planned.'),
        reading(
          '10000',
          'may hold at most 10,000 objects',
          'The inventory requests smaller pages.',
        ),
        reading('1000', 'may hold at most 1,000 objects', 'The inventory requests smaller pages.'),
      ],
      operations: 'all',
      decidedBy: { probe: 'objects' },
    },
    {
      id: 'bad-input',
      evidence: 'unknown',
      about: 'A variable of a wrong type',
      readings: [
        reading('400', 'is answered with HTTP 400', 'The body is read, whatever the status.'),
        reading('200', 'is answered with HTTP 200', 'The body is read, whatever the status.'),
      ],
      operations: 'all',
      decidedBy: { probe: 'bad-input' },
    },
    {
      id: 'trace-id',
      evidence: 'contradictory',
      about: 'The trace id of an error',
      readings: [
        reading('error', 'is in the error itself', 'It is shown with the error.'),
        reading('extensions', 'is among its extensions', 'It is shown with the error.'),
      ],
      operations: 'all',
      decidedBy: { probe: 'bad-input' },
    },
    {
      id: 'deployments-order',
      evidence: 'reported',
      about: 'Deployments',
      readings: [
        reading('newest-first', 'are listed newest first', 'They are sorted by their time.'),
        reading('oldest-first', 'are listed oldest first', 'They are sorted by their time.'),
      ],
      operations: ['ServiceDeployments', 'ServiceHistories', 'HistoryPage'],
      decidedBy: { probe: 'deployments' },
    },
    {
      id: 'list-lag',
      evidence: 'reported',
      about: 'A new object',
      readings: [
        reading('at-once', 'is in lists at once', 'It is found by the first look.'),
        reading('seconds', 'is in lists after 28 seconds', 'Lists are read again for a while.'),
      ],
      operations: ['ServiceDeployments', 'ProjectRecords', 'CreateEnvironment', 'DeployService'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'not-found-lag',
      evidence: 'reported',
      about: 'A new object, read by its id,',
      readings: [
        reading('at-once', 'is found at once', 'It is found by the first look.'),
        reading('seconds', 'is not found for a while', 'It is read again for a while.'),
      ],
      operations: ['DeploymentStates', 'EnvironmentRecords', 'PreviewState'],
      decidedBy: { needs: 'a change' },
    },
  ],
}
