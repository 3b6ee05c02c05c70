import { z } from 'zod'
import { operation } from './operation.ts'

const deletable = z.object({ deletedAt: z.string().nullish() })
const accessible = deletable.extend({ canAccess: z.boolean() })

/** Reads whether a project is still there. */
export const projectExistence = operation(
  'ProjectExistence',
  'query ProjectExistence($projectId: String!) { project(id: $projectId) { deletedAt } }',
  z.object({ project: deletable }),
)

/** Reads whether an environment and its project are still there. */
export const environmentExistence = operation(
  'EnvironmentExistence',
  `query EnvironmentExistence($projectId: String!, $environmentId: String!) {
    project(id: $projectId) { deletedAt }
    environment(id: $environmentId) { deletedAt canAccess }
  }`,
  z.object({ project: deletable, environment: accessible }),
)

/** Reads whether a service, its environment and its project are still there. */
export const instanceExistence = operation(
  'InstanceExistence',
  `query InstanceExistence($projectId: String!, $environmentId: String!, $serviceId: String!) {
    project(id: $projectId) { deletedAt }
    environment(id: $environmentId) { deletedAt canAccess }
    serviceInstance(environmentId: $environmentId, serviceId: $serviceId) { deletedAt }
  }`,
  z.object({ project: deletable, environment: accessible, serviceInstance: deletable }),
)
