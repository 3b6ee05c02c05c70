import type { z } from 'zod'
import * as deployments from './deployments.ts'
import * as existence from './existence.ts'
import * as history from './history.ts'
import * as inventory from './inventory.ts'
import { type BatchOperation, batchOf } from './operation.ts'
import * as previews from './previews.ts'
import * as token from './token.ts'
import * as variables from './variables.ts'

/** The properties of an operation that tests check against Railway's schema. */
export interface OperationCheck {
  name: string
  kind: 'query' | 'mutation'
  document: string
  response: z.ZodType
}

/** All operations that are not batches. */
export const singleOperations: readonly OperationCheck[] = [
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
  history.historyPage,
  history.cancelDeployment,
  history.rollBackTo,
  existence.projectExistence,
  existence.environmentExistence,
  existence.instanceExistence,
  deployments.instanceRoot,
  deployments.updateService,
  deployments.deployService,
  deployments.deployLatest,
  deployments.serviceDeployments,
  deployments.deploymentSteps,
  deployments.deploymentDiagnosis,
  deployments.allLogs,
  deployments.buildLogs,
  deployments.deploymentLogs,
  variables.renderedVariables,
  variables.moreEnvironmentVariables,
  variables.writeServiceVariables,
  variables.writeSharedVariables,
  variables.stageChange,
  variables.commitStaged,
  variables.patchState,
  variables.workflowState,
  previews.projectRecords,
  previews.createEnvironment,
  previews.deleteEnvironment,
  previews.previewState,
  previews.stageChanges,
  previews.commitStaged,
  previews.environmentConfig,
  previews.createDomain,
]

/** All batches. */
export const batches: readonly BatchOperation<Record<string, string>, unknown>[] = [
  inventory.environmentContents,
  inventory.resolvedConfigFile,
  inventory.autoDeployState,
  history.serviceHistory,
  history.rollbackOffer,
  deployments.deploymentState,
  deployments.servedDeployments,
  deployments.instanceState,
  deployments.sourceSettings,
  variables.serviceVariables,
  variables.sharedVariables,
  variables.environmentVariables,
  variables.stagedChanges,
  variables.stagedSince,
  previews.environmentRecord,
  previews.stopAutoDeploy,
  previews.storedVariables,
]

/** All operations of the action. Batches have two items. */
export const operations: readonly OperationCheck[] = [
  ...singleOperations,
  ...batches.map((batch) => batchOf(batch, 2)),
]
