import { z } from 'zod'
import { Secret } from '../../secret.ts'
import { batch, connection, operation, pageInfo } from './operation.ts'

/**
 * Parses the variables of a service: an object with a value for each name. Values become instances of `Secret`. The
 * value of a sealed variable may be `null`. `z.record` is not used, because a variable may have the name `__proto__`.
 */
const values = z.unknown().transform((map, context): ReadonlyMap<string, Secret | null> => {
  const entries: [string, unknown][] =
    typeof map === 'object' && map !== null ? Object.entries(map) : []
  const isMap = typeof map === 'object' && map !== null && !Array.isArray(map)
  const found = new Map<string, Secret | null>()
  for (const [name, value] of entries) {
    if (typeof value === 'string') found.set(name, new Secret(value))
    else if (value === null) found.set(name, null)
    else context.addIssue({ code: 'custom', message: 'a variable is not text', path: [name] })
  }
  if (!isMap) context.addIssue({ code: 'custom', message: 'expected a map of texts' })
  return found
})

/** Reads the variables of a service in an environment, with references such as `${{db.URL}}` unchanged. */
export const serviceVariables = batch('ServiceVariables', {
  variables: { projectId: 'String!', environmentId: 'String!', serviceId: 'String!' },
  field: `variables(projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId, unrendered: true)`,
  response: values,
  confidential: true,
})

/** Reads the shared variables of an environment, with references unchanged. */
export const sharedVariables = batch('SharedVariables', {
  variables: { projectId: 'String!', environmentId: 'String!' },
  field: `variables(projectId: $projectId, environmentId: $environmentId, unrendered: true)`,
  response: values,
  confidential: true,
})

/** Reads the variables of a service with references replaced by their values. They are only used to redact its log. */
export const renderedVariables = operation(
  'RenderedVariables',
  `query RenderedVariables($projectId: String!, $environmentId: String!, $serviceId: String!) {
    variables(projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId)
  }`,
  z.object({ variables: values }),
  { confidential: true },
)

const listed = z.object({
  name: z.string(),
  isSealed: z.boolean(),
  serviceId: z.string().nullish(),
  references: z.array(z.string()),
})

/** A variable without its value. It is a shared variable if it has no `serviceId`. */
export type ListedVariable = z.infer<typeof listed>

const listFields = `edges { node { name isSealed serviceId references } } ${pageInfo}`

/** Reads the first 500 variables of an environment, without their values. */
export const environmentVariables = batch('EnvironmentVariables', {
  variables: { id: 'String!' },
  field: `environment(id: $id) { variables(first: 500) { ${listFields} } }`,
  response: z.object({ variables: connection(listed) }),
})

/** Reads 500 variables of an environment, without their values, starting at a cursor. */
export const moreEnvironmentVariables = operation(
  'MoreEnvironmentVariables',
  `query MoreEnvironmentVariables($id: String!, $after: String) {
    environment(id: $id) { variables(first: 500, after: $after) { ${listFields} } }
  }`,
  z.object({ environment: z.object({ variables: connection(listed) }) }),
)

/**
 * Writes variables of a service and starts no deployment. Other variables do not change. The document requires the id
 * of the service, because the mutation writes shared variables if it has none.
 */
export const writeServiceVariables = operation(
  'WriteServiceVariables',
  `mutation WriteServiceVariables(
    $projectId: String!, $environmentId: String!, $serviceId: String!, $values: EnvironmentVariables!
  ) {
    variableCollectionUpsert(input: {
      projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId,
      variables: $values, replace: false, skipDeploys: true
    })
  }`,
  z.object({ variableCollectionUpsert: z.boolean() }),
  { repeatable: true, confidential: true },
)

/** Writes shared variables of an environment and starts no deployment. Other variables do not change. */
export const writeSharedVariables = operation(
  'WriteSharedVariables',
  `mutation WriteSharedVariables(
    $projectId: String!, $environmentId: String!, $values: EnvironmentVariables!
  ) {
    variableCollectionUpsert(input: {
      projectId: $projectId, environmentId: $environmentId,
      variables: $values, replace: false, skipDeploys: true
    })
  }`,
  z.object({ variableCollectionUpsert: z.boolean() }),
  { repeatable: true, confidential: true },
)

/**
 * Parses a patch of an environment into the paths of its changes, such as `/services/<id>/variables/NAME`. The values
 * are not kept, because they may be secrets of other people.
 */
export const patchPaths = z
  .unknown()
  .optional()
  .transform((patch) => (typeof patch === 'object' && patch !== null ? leavesOf(patch, '') : []))

function leavesOf(value: unknown, path: string): string[] {
  if (value === undefined) return []
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path]
  return Object.entries(value).flatMap(([key, below]) => leavesOf(below, `${path}/${key}`))
}

const patch = z.object({ id: z.string(), status: z.string(), patch: patchPaths })

/** Reads the staged changes of an environment, or its last committed patch if nothing is staged. */
export const stagedChanges = batch('StagedChanges', {
  variables: { id: 'String!' },
  field: `environmentStagedChanges(environmentId: $id) { id status patch }`,
  response: patch,
})

/** Reads when the staged changes of an environment were created. It is not read if nothing is staged. */
export const stagedSince = batch('StagedSince', {
  variables: { id: 'String!' },
  field: `environmentStagedChanges(environmentId: $id) { createdAt }`,
  response: z.object({ createdAt: z.string() }),
})

/** Stages a change of an environment in addition to the changes that are already staged. */
export const stageChange = operation(
  'StageChange',
  `mutation StageChange($id: String!, $change: EnvironmentConfig!) {
    environmentStageChanges(environmentId: $id, input: $change, merge: true) { id status patch }
  }`,
  z.object({ environmentStageChanges: patch }),
  { repeatable: true, confidential: true },
)

/**
 * Commits all staged changes of an environment without deployments. The client does not retry it, because a retry could
 * commit changes that another person has staged meanwhile. `VariableRemovals` reads the staged changes before each
 * retry.
 */
export const commitStaged = operation(
  'CommitStaged',
  `mutation CommitStaged($id: String!) {
    environmentPatchCommitStaged(environmentId: $id, commitMessage: "Remove variables", skipDeploys: true)
  }`,
  z.object({ environmentPatchCommitStaged: z.string() }),
  { confidential: true },
)

/** Reads the status of a patch of an environment, and the error of its last application. */
export const patchState = operation(
  'PatchState',
  `query PatchState($id: String!) {
    environmentPatch(id: $id) { id status lastAppliedError }
  }`,
  z.object({
    environmentPatch: z.object({
      id: z.string(),
      status: z.string(),
      lastAppliedError: z.string().nullish(),
    }),
  }),
)

/** Reads the status of the workflow that applies a committed patch. */
export const workflowState = operation(
  'WorkflowState',
  `query WorkflowState($id: String!) {
    workflowStatus(workflowId: $id) { status error }
  }`,
  z.object({ workflowStatus: z.object({ status: z.string(), error: z.string().nullish() }) }),
)
