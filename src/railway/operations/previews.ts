import { z } from 'zod'
import { triggerSchema, triggersFields } from './inventory.ts'
import { batch, connection, operation, pageInfo } from './operation.ts'
import { instanceSchema, instancesFields } from './service-instance.ts'
import { patchPaths } from './variables.ts'

const recordFields =
  'id name isEphemeral createdAt deletedAt sourceEnvironment { id } meta { prNumber }'

export const recordSchema = z.object({
  id: z.string(),
  name: z.string(),
  isEphemeral: z.boolean(),
  createdAt: z.string(),
  deletedAt: z.string().nullish(),
  sourceEnvironment: z.object({ id: z.string() }).nullish(),
  meta: z.object({ prNumber: z.number().nullish() }).nullish(),
})

export type RecordAnswer = z.infer<typeof recordSchema>

/** Reads the record of an environment, which tells whether it is a preview. */
export const environmentRecord = batch('EnvironmentRecords', {
  variables: { id: 'String!' },
  field: `environment(id: $id) { ${recordFields} }`,
  answer: recordSchema,
})

/** Reads the environments of a project, to find one whose answer was lost. Deleted ones are not listed. */
export const projectRecords = operation(
  'ProjectRecords',
  `query ProjectRecords($projectId: String!, $after: String) {
    environments(projectId: $projectId, first: 100, after: $after) {
      edges { node { ${recordFields} } }
      ${pageInfo}
    }
  }`,
  z.object({ environments: connection(recordSchema) }),
)

/** Creates an environment. The answer comes before it is filled: `PreviewState` tells when it is. */
export const createEnvironment = operation(
  'CreateEnvironment',
  `mutation CreateEnvironment($input: EnvironmentCreateInput!) {
    environmentCreate(input: $input) { id name }
  }`,
  z.object({ environmentCreate: z.object({ id: z.string(), name: z.string() }) }),
)

export const deleteEnvironment = operation(
  'DeleteEnvironment',
  'mutation DeleteEnvironment($id: String!) { environmentDelete(id: $id) }',
  z.object({ environmentDelete: z.boolean() }),
)

/** Reads the services of an environment, and the state of its last change. */
export const previewState = operation(
  'PreviewState',
  `query PreviewState($id: String!, $first: Int!) {
    environment(id: $id) {
      deletedAt
      serviceInstances(first: $first) { ${instancesFields} }
      deploymentTriggers(first: $first) { ${triggersFields} }
    }
    environmentStagedChanges(environmentId: $id) { status lastAppliedError patch }
  }`,
  z.object({
    environment: z.object({
      deletedAt: z.string().nullish(),
      serviceInstances: connection(instanceSchema),
      deploymentTriggers: connection(triggerSchema),
    }),
    environmentStagedChanges: z.object({
      status: z.string(),
      lastAppliedError: z.string().nullish(),
      patch: patchPaths,
    }),
  }),
  // The patch has values of variables in it.
  { confidential: true },
)

/** Switches off deployments by pushes, for services in one environment. */
export const stopAutoDeploy = batch('StopAutoDeploy', {
  kind: 'repeatable-mutation',
  variables: { projectId: 'String!', environmentId: 'String!', serviceId: 'String!' },
  field: `serviceInstanceAutoDeployUpdate(input: {
    projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId, enabled: false
  }) { enabled }`,
  answer: z.object({ enabled: z.boolean() }),
})

/** Merges changes into the staged ones; the same changes twice are the same as once. */
export const stageChanges = operation(
  'StagePreview',
  `mutation StagePreview($environmentId: String!, $input: EnvironmentConfig!) {
    environmentStageChanges(environmentId: $environmentId, input: $input, merge: true) { id }
  }`,
  z.object({ environmentStageChanges: z.object({ id: z.string() }) }),
  { repeatable: true, confidential: true },
)

/**
 * Applies the staged changes without deploying anything. Afterwards nothing is staged any more, and a repetition after
 * a lost answer is rejected. A change that somebody has staged in between is applied as well. In a preview, unlike
 * elsewhere (see `CommitStaged`), that would happen anyway.
 */
export const commitStaged = operation(
  'CommitPreview',
  `mutation CommitPreview($environmentId: String!, $commitMessage: String) {
    environmentPatchCommitStaged(
      environmentId: $environmentId
      commitMessage: $commitMessage
      skipDeploys: true
    )
  }`,
  z.object({ environmentPatchCommitStaged: z.string() }),
  { repeatable: true, confidential: true },
)

/** Reads the configuration of an environment with its values in plain text: never printed, never kept. */
export const environmentConfig = operation(
  'EnvironmentConfig',
  `query EnvironmentConfig($id: String!) { environment(id: $id) { config(decryptVariables: true) } }`,
  z.object({ environment: z.object({ config: z.unknown().transform(readServices) }) }),
  { confidential: true },
)

const configSchema = z.object({
  services: z.record(z.string(), z.record(z.string(), z.unknown()).catch({})),
})

/** Reads the services of a configuration. The scalar is untyped, so anything unexpected counts as missing. */
function readServices(config: unknown): Record<string, Record<string, unknown>> {
  return configSchema.safeParse(config).data?.services ?? {}
}

/** Creates the Railway domain of a service. It has one at most, so a second one is rejected. */
export const createDomain = operation(
  'CreateDomain',
  `mutation CreateDomain($input: ServiceDomainCreateInput!) {
    serviceDomainCreate(input: $input) { domain }
  }`,
  z.object({ serviceDomainCreate: z.object({ domain: z.string() }) }),
)

/** Reads the stored values of a service's variables. They are secrets, and only compared. */
export const storedVariables = batch('StoredVariables', {
  variables: { projectId: 'String!', environmentId: 'String!', serviceId: 'String!' },
  field: `variables(
    projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId, unrendered: true
  )`,
  answer: z.record(z.string(), z.string().nullable()),
  confidential: true,
})
