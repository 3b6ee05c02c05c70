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

/** The facts about an environment that show whether it is a preview. */
export type RecordResponse = z.infer<typeof recordSchema>

/** Reads the facts about an environment that show whether it is a preview. */
export const environmentRecord = batch('EnvironmentRecords', {
  variables: { id: 'String!' },
  field: `environment(id: $id) { ${recordFields} }`,
  response: recordSchema,
})

/**
 * Reads a page of the environments of a project, without deleted ones. It finds a new environment if the response to
 * its creation was lost.
 */
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

/** Creates an environment. Railway responds before it has copied the services. `PreviewState` reads its progress. */
export const createEnvironment = operation(
  'CreateEnvironment',
  `mutation CreateEnvironment($input: EnvironmentCreateInput!) {
    environmentCreate(input: $input) { id name }
  }`,
  z.object({ environmentCreate: z.object({ id: z.string(), name: z.string() }) }),
)

/** Deletes an environment with everything in it. */
export const deleteEnvironment = operation(
  'DeleteEnvironment',
  'mutation DeleteEnvironment($id: String!) { environmentDelete(id: $id) }',
  z.object({ environmentDelete: z.boolean() }),
)

/** Reads the services and triggers of an environment, and its staged changes or the last change that was applied. */
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
  // The patch contains values of variables.
  { confidential: true },
)

/** Turns off automatic deployments (those that a push to the branch starts) for a service in an environment. */
export const stopAutoDeploy = batch('StopAutoDeploy', {
  kind: 'repeatable-mutation',
  variables: { projectId: 'String!', environmentId: 'String!', serviceId: 'String!' },
  field: `serviceInstanceAutoDeployUpdate(input: {
    projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId, enabled: false
  }) { enabled }`,
  response: z.object({ enabled: z.boolean() }),
})

/** Stages changes of an environment in addition to the changes that are already staged. */
export const stageChanges = operation(
  'StagePreview',
  `mutation StagePreview($environmentId: String!, $input: EnvironmentConfig!) {
    environmentStageChanges(environmentId: $environmentId, input: $input, merge: true) { id }
  }`,
  z.object({ environmentStageChanges: z.object({ id: z.string() }) }),
  { repeatable: true, confidential: true },
)

/**
 * Commits all staged changes of an environment without deployments. It is retried if its response is lost: Railway
 * rejects the retry if the first request committed the changes. The commit also applies changes that a person stages
 * meanwhile. That is accepted only in a preview (compare `CommitStaged`).
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

/** Reads the configuration of all services in an environment. It contains values in plain text and is never printed. */
export const environmentConfig = operation(
  'EnvironmentConfig',
  `query EnvironmentConfig($id: String!) { environment(id: $id) { config(decryptVariables: true) } }`,
  z.object({ environment: z.object({ config: z.unknown().transform(readServices) }) }),
  { confidential: true },
)

const configSchema = z.object({
  services: z.record(z.string(), z.record(z.string(), z.unknown()).catch({})),
})

/**
 * Returns the configuration of each service, by its id. The schema has no type for it, so any other format counts as
 * missing.
 */
function readServices(config: unknown): Record<string, Record<string, unknown>> {
  return configSchema.safeParse(config).data?.services ?? {}
}

/** Creates the Railway domain of a service. Railway rejects a second one, because a service has at most one. */
export const createDomain = operation(
  'CreateDomain',
  `mutation CreateDomain($input: ServiceDomainCreateInput!) {
    serviceDomainCreate(input: $input) { domain }
  }`,
  z.object({ serviceDomainCreate: z.object({ domain: z.string() }) }),
)

/**
 * Reads the values of a service's variables without rendering references. They are only compared, and never printed.
 */
export const storedVariables = batch('StoredVariables', {
  variables: { projectId: 'String!', environmentId: 'String!', serviceId: 'String!' },
  field: `variables(
    projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId, unrendered: true
  )`,
  response: z.record(z.string(), z.string().nullable()),
  confidential: true,
})
