import { type Topic, variant } from './assumption.ts'

const smallerPages = 'The run requests smaller pages from then on, and reads every list to its end.'
const readsToEnd = 'The run continues after the last entry until it reaches the end of the list.'
const divides = 'The run divides a rejected batch in two, and sends both parts.'
const fullBatches = 'The run sends batches of its usual size.'
const unused = 'The run does not use it.'
const noIntrospection = 'Only the diagnosis uses introspection. The other commands do not need it.'
const alwaysSized = 'Every request of the run contains a page size.'
const readsBody = 'The run reads the errors in the body of the response, whatever the status is.'
const showsTrace = 'The run shows the trace id with the error.'
const sorts = 'The run sorts deployments by their creation time.'

/** Assumptions about documents, pages and errors. */
export const documents: Topic = {
  title: 'Documents, pages and errors',
  assumptions: [
    {
      id: 'missing',
      evidence: 'reported',
      about: "Railway's schema",
      variants: [
        variant(
          'nothing',
          'contains every field that was added recently',
          'The run uses these fields.',
        ),
        variant(
          'all',
          'lacks every field that was added recently',
          'The run works without them, as the next entries describe.',
        ),
        variant('Query.environmentHistory', 'lacks `Query.environmentHistory`', unused),
        variant(
          'Query.environmentPendingWork',
          'lacks `Query.environmentPendingWork`',
          'The run does not use it. A new preview counts as complete when it has every service of its base environment.',
        ),
        variant(
          'ServiceInstance.hasEverDeployed',
          'lacks `ServiceInstance.hasEverDeployed`',
          unused,
        ),
        variant(
          'ServiceInstance.preDeployTimeoutSeconds',
          'lacks `ServiceInstance.preDeployTimeoutSeconds`',
          unused,
        ),
        variant(
          'ServiceInstance.resolvedFileConfig',
          'lacks `ServiceInstance.resolvedFileConfig`',
          "The run finds only the config files that are named in a service's settings.",
        ),
        variant(
          'EnvironmentPatchStatus.FAILED',
          'lacks `EnvironmentPatchStatus.FAILED`',
          'The run recognizes a failed change of an environment by the error that Railway stores with it.',
        ),
      ],
      operations: ['ResolvedConfigFiles', 'PatchState', 'PreviewState'],
      decidedBy: { probe: 'schema' },
    },
    {
      id: 'introspection',
      evidence: 'reported',
      about: 'Introspection of the schema',
      variants: [
        variant('everybody', 'works without a token', noIntrospection),
        variant('tokens', 'needs a token', noIntrospection),
        variant('nobody', 'is rejected', noIntrospection),
      ],
      operations: [],
      decidedBy: { probe: 'schema' },
    },
    {
      id: 'page-default',
      evidence: 'unknown',
      about: 'A page of a list, requested without a size,',
      variants: [
        variant('50', 'has 50 entries', alwaysSized),
        variant('20', 'has 20 entries', alwaysSized),
      ],
      operations: [],
      decidedBy: { probe: 'deployments' },
    },
    {
      id: 'page-maximum',
      evidence: 'unknown',
      about: 'A request for a page of 500 entries',
      variants: [
        variant('500', 'returns 500 entries', 'The run reads lists in large pages.'),
        variant('100', 'returns at most 100 entries', readsToEnd),
        variant('50', 'returns at most 50 entries', readsToEnd),
        variant('20', 'returns at most 20 entries', readsToEnd),
        variant('100-refused', 'is rejected, and the maximum is 100', smallerPages),
        variant('50-refused', 'is rejected, and the maximum is 50', smallerPages),
        variant('20-refused', 'is rejected, and the maximum is 20', smallerPages),
      ],
      operations: 'all',
      decidedBy: { probe: 'page-maximum' },
    },
    {
      id: 'root-fields',
      evidence: 'unknown',
      about: 'A GraphQL document',
      variants: [
        variant('any', 'may have more than 100 root fields', fullBatches),
        variant('100', 'may have at most 100 root fields', divides),
        variant('50', 'may have at most 50 root fields', divides),
        variant('10', 'may have at most 10 root fields', divides),
      ],
      operations: 'all',
      decidedBy: { probe: 'root-fields' },
    },
    {
      id: 'fields',
      evidence: 'unknown',
      about: 'A GraphQL document',
      variants: [
        variant('any', 'may have more than 1,000 fields', fullBatches),
        variant('1000', 'may have at most 1,000 fields', divides),
        variant('200', 'may have at most 200 fields', divides),
      ],
      operations: 'all',
      decidedBy: { probe: 'fields' },
    },
    {
      id: 'objects',
      evidence: 'unknown',
      about: 'The pages of one GraphQL document',
      variants: [
        variant(
          'any',
          'may contain more than 10,000 objects in total',
          'The run requests pages of its usual size.',
        ),
        variant(
          '10000',
          'may contain at most 10,000 objects in total',
          'The run reads projects and their contents in smaller pages.',
        ),
        variant(
          '1000',
          'may contain at most 1,000 objects in total',
          'The run reads projects and their contents in smaller pages.',
        ),
      ],
      operations: 'all',
      decidedBy: { probe: 'objects' },
    },
    {
      id: 'bad-input',
      evidence: 'unknown',
      about: 'A request with a GraphQL variable of the wrong type',
      variants: [
        variant('400', 'is rejected with HTTP 400', readsBody),
        variant('200', 'is rejected with HTTP 200', readsBody),
      ],
      operations: 'all',
      decidedBy: { probe: 'bad-input' },
    },
    {
      id: 'trace-id',
      evidence: 'contradictory',
      about: 'The trace id of an error',
      variants: [
        variant('error', 'is a field of the error', showsTrace),
        variant('extensions', "is a field of the error's `extensions`", showsTrace),
      ],
      operations: 'all',
      decidedBy: { probe: 'bad-input' },
    },
    {
      id: 'deployments-order',
      evidence: 'reported',
      about: 'A list of deployments',
      variants: [
        variant('newest-first', 'starts with the newest one', sorts),
        variant('oldest-first', 'starts with the oldest one', sorts),
      ],
      operations: ['ServiceDeployments', 'ServiceHistories', 'HistoryPage'],
      decidedBy: { probe: 'deployments' },
    },
    {
      id: 'list-lag',
      evidence: 'reported',
      about: 'A new deployment or environment',
      variants: [
        variant(
          'at-once',
          'appears in lists at once',
          'If the response to its creation is lost, the first read of the list finds it.',
        ),
        variant(
          'seconds',
          'appears in lists after 28 seconds',
          'If the response to its creation is lost, the run reads the list again for up to 90 seconds.',
        ),
      ],
      operations: ['ServiceDeployments', 'ProjectRecords', 'CreateEnvironment', 'DeployService'],
      decidedBy: { needs: 'a change' },
    },
    {
      id: 'not-found-lag',
      evidence: 'reported',
      about: 'A new deployment or environment, read by its id,',
      variants: [
        variant('at-once', 'is found at once', 'The first read finds it.'),
        variant(
          'seconds',
          'is not found for some seconds',
          'The run reads it again until it is found.',
        ),
      ],
      operations: ['DeploymentStates', 'EnvironmentRecords', 'PreviewState'],
      decidedBy: { needs: 'a change' },
    },
  ],
}
