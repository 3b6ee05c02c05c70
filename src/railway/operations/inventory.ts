import { z } from 'zod'
import { batch, connection, operation, pageInfo } from './operation.ts'
import { instanceSchema, instancesFields } from './service-instance.ts'

export const triggerSchema = z.object({
  serviceId: z.string().nullish(),
  repository: z.string(),
  branch: z.string(),
})

const environmentSchema = z.object({
  id: z.string(),
  name: z.string(),
  canAccess: z.boolean(),
  deletedAt: z.string().nullish(),
  isEphemeral: z.boolean(),
  serviceInstances: connection(instanceSchema).optional(),
  deploymentTriggers: connection(triggerSchema).optional(),
})

const projectSchema = z.object({
  id: z.string(),
  name: z.string(),
  deletedAt: z.string().nullish(),
  workspaceId: z.string().nullish(),
  prDeploys: z.boolean(),
  baseEnvironmentId: z.string().nullish(),
  primaryEnvironmentId: z.string().nullish(),
  environments: connection(environmentSchema),
})

export type TriggerResponse = z.infer<typeof triggerSchema>
export type EnvironmentResponse = z.infer<typeof environmentSchema>
export type ProjectResponse = z.infer<typeof projectSchema>

/** The fields of {@link triggerSchema}, as a connection. */
export const triggersFields = `edges { node { serviceId repository branch } } ${pageInfo}`

/**
 * The fields of an environment. Railway rejects the services and triggers of an environment that the token may not
 * access. The rejection of a non-null field removes the whole page from the response. With `$deep: false`, the services
 * and triggers are not requested, and `EnvironmentContents` reads them for each environment.
 */
const environmentsFields = `
  edges { node {
    id name canAccess deletedAt isEphemeral
    serviceInstances(first: $inner) @include(if: $deep) { ${instancesFields} }
    deploymentTriggers(first: $inner) @include(if: $deep) { ${triggersFields} }
  } }
  ${pageInfo}`

const projectFields = `
  id name deletedAt workspaceId prDeploys baseEnvironmentId primaryEnvironmentId
  environments(first: $inner) { ${environmentsFields} }`

/** Reads a page of the projects of a workspace, with their environments, services and triggers. */
export const workspaceProjects = operation(
  'WorkspaceProjects',
  `query WorkspaceProjects($workspaceId: String!, $first: Int!, $after: String, $inner: Int!, $deep: Boolean!) {
    projects(workspaceId: $workspaceId, first: $first, after: $after) {
      edges { node { ${projectFields} } }
      ${pageInfo}
    }
  }`,
  z.object({ projects: connection(projectSchema) }),
  { partial: true },
)

/** Reads a project with its environments, services and triggers. A project token can read nothing else. */
export const projectById = operation(
  'ProjectById',
  `query ProjectById($id: String!, $inner: Int!, $deep: Boolean!) {
    project(id: $id) { ${projectFields} }
  }`,
  z.object({ project: projectSchema }),
  { partial: true },
)

/** Reads projects by their ids. Railway omits the projects that the token cannot access. */
export const projectsByIds = operation(
  'ProjectsByIds',
  `query ProjectsByIds($ids: [String!]!, $inner: Int!, $deep: Boolean!) {
    projectsByIds(ids: $ids) { ${projectFields} }
  }`,
  z.object({ projectsByIds: z.array(projectSchema) }),
  { partial: true },
)

/** Reads a page of the environments of a project, starting at a cursor. */
export const projectEnvironments = operation(
  'ProjectEnvironments',
  `query ProjectEnvironments($id: String!, $after: String, $inner: Int!, $deep: Boolean!) {
    project(id: $id) { environments(first: $inner, after: $after) { ${environmentsFields} } }
  }`,
  z.object({ project: z.object({ environments: connection(environmentSchema) }) }),
  { partial: true },
)

/** Reads a page of the service instances of an environment, starting at a cursor. */
export const environmentInstances = operation(
  'EnvironmentInstances',
  `query EnvironmentInstances($id: String!, $after: String, $inner: Int!) {
    environment(id: $id) { serviceInstances(first: $inner, after: $after) { ${instancesFields} } }
  }`,
  z.object({ environment: z.object({ serviceInstances: connection(instanceSchema) }) }),
  { partial: true },
)

/** Reads a page of the deployment triggers of an environment, starting at a cursor. */
export const environmentTriggers = operation(
  'EnvironmentTriggers',
  `query EnvironmentTriggers($id: String!, $after: String, $inner: Int!) {
    environment(id: $id) { deploymentTriggers(first: $inner, after: $after) { ${triggersFields} } }
  }`,
  z.object({ environment: z.object({ deploymentTriggers: connection(triggerSchema) }) }),
  { partial: true },
)

/** Reads the services and triggers of an environment. It is used if Railway rejected a page that contained them. */
export const environmentContents = batch('EnvironmentContents', {
  variables: { id: 'String!' },
  field: `environment(id: $id) {
    serviceInstances(first: 100) { ${instancesFields} }
    deploymentTriggers(first: 100) { ${triggersFields} }
  }`,
  response: z.object({
    serviceInstances: connection(instanceSchema),
    deploymentTriggers: connection(triggerSchema),
  }),
})

/**
 * Reads the path of the config file that Railway last used for a service, even if the settings of the service name
 * none. The field has an operation of its own, because a server without this field rejects every document that contains
 * it.
 */
export const resolvedConfigFile = batch('ResolvedConfigFiles', {
  variables: { environmentId: 'String!', serviceId: 'String!' },
  field: `serviceInstance(environmentId: $environmentId, serviceId: $serviceId) {
    resolvedFileConfig { configFile }
  }`,
  response: z.object({
    resolvedFileConfig: z.object({ configFile: z.string().nullish() }).nullish(),
  }),
})

/** Reads whether Railway deploys a service on pushes to the branch of its trigger. */
export const autoDeployState = batch('AutoDeployStates', {
  variables: { projectId: 'String!', environmentId: 'String!', serviceId: 'String!' },
  field: `serviceInstanceAutoDeployStatus(
    projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId
  ) { enabled }`,
  response: z.object({ enabled: z.boolean() }),
})
