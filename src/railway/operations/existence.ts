import { z } from 'zod'
import { operation } from './operation.ts'

const deletable = z.object({ deletedAt: z.string().nullish() })
const accessible = deletable.extend({ canAccess: z.boolean() })

/** Reads whether a project is deleted. */
export const projectExistence = operation(
  'ProjectExistence',
  'query ProjectExistence($projectId: String!) { project(id: $projectId) { deletedAt } }',
  z.object({ project: deletable }),
)

/** Reads whether an environment or its project is deleted, and whether the token may access the environment. */
export const environmentExistence = operation(
  'EnvironmentExistence',
  `query EnvironmentExistence($projectId: String!, $environmentId: String!) {
    project(id: $projectId) { deletedAt }
    environment(id: $environmentId) { deletedAt canAccess }
  }`,
  z.object({ project: deletable, environment: accessible }),
)

/**
 * Reads whether a service instance, its environment or its project is deleted, and whether the token may access the
 * environment.
 */
export const instanceExistence = operation(
  'InstanceExistence',
  `query InstanceExistence($projectId: String!, $environmentId: String!, $serviceId: String!) {
    project(id: $projectId) { deletedAt }
    environment(id: $environmentId) { deletedAt canAccess }
    serviceInstance(environmentId: $environmentId, serviceId: $serviceId) { deletedAt }
  }`,
  z.object({ project: deletable, environment: accessible, serviceInstance: deletable }),
)
