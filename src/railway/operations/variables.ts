import { z } from 'zod'
import { Secret } from '../../secret.ts'
import { batch, connection, operation, pageInfo } from './operation.ts'

/**
 * Parses the flat map of variables. Values become secrets here, before anything else reads them. A sealed value may be
 * `null`. The parser reads entries, since a variable may have any name, `__proto__` included.
 */
const values = z.unknown().transform((map, context): ReadonlyMap<string, Secret | null> => {
  const entries = typeof map === 'object' && map !== null ? Object.entries(map) : []
  const isMap = typeof map === 'object' && map !== null && !Array.isArray(map)
  const found = new Map<string, Secret | null>()
  for (const [name, value] of entries as [string, unknown][]) {
    if (typeof value === 'string') found.set(name, new Secret(value))
    else if (value === null) found.set(name, null)
    else context.addIssue({ code: 'custom', message: 'a variable is not text', path: [name] })
  }
  if (!isMap) context.addIssue({ code: 'custom', message: 'expected a map of texts' })
  return found
})

/** Reads the variables of a service in an environment, references unrendered. */
export const serviceVariables = batch('ServiceVariables', {
  variables: { projectId: 'String!', environmentId: 'String!', serviceId: 'String!' },
  field: `variables(projectId: $projectId, environmentId: $environmentId, serviceId: $serviceId, unrendered: true)`,
  answer: values,
  confidential: true,
})

/** Reads the shared variables of an environment. */
export const sharedVariables = batch('SharedVariables', {
  variables: { projectId: 'String!', environmentId: 'String!' },
  field: `variables(projectId: $projectId, environmentId: $environmentId, unrendered: true)`,
  answer: values,
  confidential: true,
})

/** Reads the values that a service runs with, references rendered. They are only used to redact its log. */
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

export type ListedVariable = z.infer<typeof listed>

const listFields = `edges { node { name isSealed serviceId references } } ${pageInfo}`

/** Lists the variables of an environment, without their values. */
export const environmentVariables = batch('EnvironmentVariables', {
  variables: { id: 'String!' },
  field: `environment(id: $id) { variables(first: 500) { ${listFields} } }`,
  answer: z.object({ variables: connection(listed) }),
})

/** Lists the variables of an environment, without their values, from a cursor on. */
export const moreEnvironmentVariables = operation(
  'MoreEnvironmentVariables',
  `query MoreEnvironmentVariables($id: String!, $after: String) {
    environment(id: $id) { variables(first: 500, after: $after) { ${listFields} } }
  }`,
  z.object({ environment: z.object({ variables: connection(listed) }) }),
)

/**
 * Writes variables of a service and deploys nothing. The document itself requires the service's id: without one the
 * same mutation would write shared variables. Nothing is replaced, so sending it again leaves the same state.
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

/** Writes the shared variables of an environment and deploys nothing. */
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
 * Parses a staged patch into the paths of its changes, none for an empty one. The values are dropped: only the paths
 * are needed, and the values may be other people's secrets.
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

/** Reads the staged changes of an environment, or its last patch if there are none. */
export const stagedChanges = batch('StagedChanges', {
  variables: { id: 'String!' },
  field: `environmentStagedChanges(environmentId: $id) { id status patch }`,
  answer: patch,
})

/** Merges a change into the staged ones. Staging the same again leaves the same patch. */
export const stageChange = operation(
  'StageChange',
  `mutation StageChange($id: String!, $change: EnvironmentConfig!) {
    environmentStageChanges(environmentId: $id, input: $change, merge: true) { id status patch }
  }`,
  z.object({ environmentStageChanges: patch }),
  { repeatable: true, confidential: true },
)

/**
 * Commits everything that is staged, without deployments. The client does not repeat it, because by then it might
 * commit what somebody else has staged. `VariableRemovals` repeats it, each time after it has read what is staged.
 */
export const commitStaged = operation(
  'CommitStaged',
  `mutation CommitStaged($id: String!) {
    environmentPatchCommitStaged(environmentId: $id, commitMessage: "Remove variables", skipDeploys: true)
  }`,
  z.object({ environmentPatchCommitStaged: z.string() }),
  { confidential: true },
)

/** Reads the state of a patch. */
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

/** Reads the progress of a committed patch. */
export const workflowState = operation(
  'WorkflowState',
  `query WorkflowState($id: String!) {
    workflowStatus(workflowId: $id) { status error }
  }`,
  z.object({ workflowStatus: z.object({ status: z.string(), error: z.string().nullish() }) }),
)
