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

export type TriggerAnswer = z.infer<typeof triggerSchema>
export type EnvironmentAnswer = z.infer<typeof environmentSchema>
export type ProjectAnswer = z.infer<typeof projectSchema>

/** The fields of {@link triggerSchema}, as a connection. */
export const triggersFields = `edges { node { serviceId repository branch } } ${pageInfo}`

/**
 * The fields of an environment. Those below it are rejected if the token may not act in it, and a rejected non-null
 * field takes the whole page with it. They can be left out (`$deep: false`) and requested one by one.
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

/** Reads a page of a workspace's projects with everything below them. */
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

/** Reads a project with everything below it: all that a project token can see. */
export const projectById = operation(
  'ProjectById',
  `query ProjectById($id: String!, $inner: Int!, $deep: Boolean!) {
    project(id: $id) { ${projectFields} }
  }`,
  z.object({ project: projectSchema }),
  { partial: true },
)

/** Reads projects by their ids. Those that the token does not reach are left out of the answer. */
export const projectsByIds = operation(
  'ProjectsByIds',
  `query ProjectsByIds($ids: [String!]!, $inner: Int!, $deep: Boolean!) {
    projectsByIds(ids: $ids) { ${projectFields} }
  }`,
  z.object({ projectsByIds: z.array(projectSchema) }),
  { partial: true },
)

/** Reads further environments of a project that has more than fit into its page. */
export const projectEnvironments = operation(
  'ProjectEnvironments',
  `query ProjectEnvironments($id: String!, $after: String, $inner: Int!, $deep: Boolean!) {
    project(id: $id) { environments(first: $inner, after: $after) { ${environmentsFields} } }
  }`,
  z.object({ project: z.object({ environments: connection(environmentSchema) }) }),
  { partial: true },
)

/** Reads service instances of an environment, from a cursor on. */
export const environmentInstances = operation(
  'EnvironmentInstances',
  `query EnvironmentInstances($id: String!, $after: String, $inner: Int!) {
    environment(id: $id) { serviceInstances(first: $inner, after: $after) { ${instancesFields} } }
  }`,
  z.object({ environment: z.object({ serviceInstances: connection(instanceSchema) }) }),
  { partial: true },
)

/** Reads deployment triggers of an environment, from a cursor on. */
export const environmentTriggers = operation(
  'EnvironmentTriggers',
  `query EnvironmentTriggers($id: String!, $after: String, $inner: Int!) {
    environment(id: $id) { deploymentTriggers(first: $inner, after: $after) { ${triggersFields} } }
  }`,
  z.object({ environment: z.object({ deploymentTriggers: connection(triggerSchema) }) }),
  { partial: true },
)

/** Reads the services and triggers of an environment, after a page with everything was rejected. */
export const environmentContents = batch('EnvironmentContents', {
  variables: { id: 'String!' },
  field: `environment(id: $id) {
    serviceInstances(first: 100) { ${instancesFields} }
    deploymentTriggers(first: 100) { ${triggersFields} }
  }`,
  answer: z.object({
    serviceInstances: connection(instanceSchema),
    deploymentTriggers: connection(triggerSchema),
  }),
})

/**
 * Reads the config file that a service's settings were last read from, even if the service's own settings name none.
 * Older servers lack the field and reject every document with it, so it has a document of its own.
 */
export const resolvedConfigFile = batch('ResolvedConfigFiles', {
  variables: { environmentId: 'String!', serviceId: 'String!' },
  field: `serviceInstance(environmentId: $environmentId, serviceId: $serviceId) {
    resolvedFileConfig { configFile }
  }`,
  answer: z.object({
    resolvedFileConfig: z.object({ configFile: z.string().nullish() }).nullish(),
  }),
})
