import type { z } from 'zod'
import * as deployments from './deployments.ts'
import * as history from './history.ts'
import * as inventory from './inventory.ts'
import { batchOf } from './operation.ts'
import * as previews from './previews.ts'
import * as token from './token.ts'
import * as variables from './variables.ts'

/** What the schema check needs to know of a document. */
export interface OperationCheck {
  name: string
  kind: 'query' | 'mutation'
  document: string
  answer: z.ZodType
}

/** Every document that the action sends; batches at the size of two. */
export const operations: readonly OperationCheck[] = [
  token.whoAmI,
  token.tokenWorkspaces,
  token.userWorkspaces,
  token.projectTokenScope,
  token.projectWorkspace,
  token.workspaceRedaction,
  token.sharedProjects,
  token.projectNames,
  token.visibleProjects,
  token.sharedWorkspaces,
  token.workspaceById,
  inventory.workspaceProjects,
  inventory.projectById,
  inventory.projectsByIds,
  inventory.projectEnvironments,
  inventory.environmentInstances,
  inventory.environmentTriggers,
  batchOf(inventory.environmentContents, 2),
  batchOf(inventory.resolvedConfigFile, 2),
  batchOf(history.serviceHistory, 2),
  history.historyPage,
  batchOf(history.rollbackOffer, 2),
  history.cancelDeployment,
  history.rollBackTo,
  deployments.instanceRoot,
  deployments.updateService,
  deployments.deployService,
  deployments.deployLatest,
  batchOf(deployments.deploymentState, 2),
  batchOf(deployments.instanceState, 2),
  deployments.serviceDeployments,
  deployments.deploymentSteps,
  deployments.deploymentDiagnosis,
  deployments.buildLogs,
  deployments.deploymentLogs,
  batchOf(variables.serviceVariables, 2),
  batchOf(variables.sharedVariables, 2),
  variables.renderedVariables,
  batchOf(variables.environmentVariables, 2),
  variables.moreEnvironmentVariables,
  variables.writeServiceVariables,
  variables.writeSharedVariables,
  batchOf(variables.stagedChanges, 2),
  variables.stageChange,
  variables.commitStaged,
  variables.patchState,
  variables.workflowState,
  batchOf(previews.environmentRecord, 2),
  previews.projectRecords,
  previews.environmentVariables,
  previews.createEnvironment,
  previews.deleteEnvironment,
  previews.previewState,
  previews.switchAutoDeploy,
  previews.stageChanges,
  previews.commitStaged,
  previews.environmentConfig,
  batchOf(previews.domainPorts, 2),
  previews.createDomain,
  batchOf(previews.storedVariables, 2),
]
