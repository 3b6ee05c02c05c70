/** The pending and past changes of an environment: the API's `environmentPendingWork` and `environmentHistory`. */

import { statusOf } from './deployment-state.ts'
import { isUnfinished } from './lifecycle.ts'
import type { Environment, Patch } from './model.ts'
import type { World } from './world.ts'

const actor = { principal: 'user', surface: 'api' }

const statuses = {
  STAGED: 'staged',
  APPLYING: 'applying',
  FAILED: 'failed',
  COMMITTED: 'applied',
} as const

/** Returns the patches that are staged or being applied, the last patch if it failed, and the unfinished deployments. */
export function pendingOperations(world: World, environment: Environment) {
  const { patches, instances } = environment
  const pending = patches.filter(
    ({ status }, index) =>
      status === 'STAGED' ||
      status === 'APPLYING' ||
      (status === 'FAILED' && index === patches.length - 1),
  )
  const deployments = instances
    .flatMap((instance) => instance.deployments)
    .filter((deployment) => isUnfinished(statusOf(world, deployment).status))
  return [
    ...pending.map((patch) => ({
      actor,
      changes: {},
      environmentId: environment.id,
      finishedAt: patch.status === 'FAILED' ? date(patch.appliedAt) : null,
      id: patch.id,
      kind: 'environment-patch',
      startedAt: date(patch.createdAt),
      status: statuses[patch.status],
      workflowId: patch.workflow?.id ?? null,
    })),
    ...deployments.map(({ id, createdAt }) => ({
      actor,
      changes: {},
      environmentId: environment.id,
      finishedAt: null,
      id,
      kind: 'deployment',
      startedAt: date(createdAt),
      status: 'applying' as const,
      workflowId: null,
    })),
  ]
}

/** Returns the patches that were applied or failed, newest first. */
export function historyOf({ patches }: Environment) {
  return patches
    .filter(({ status }) => status === 'COMMITTED' || status === 'FAILED')
    .map((patch) => ({
      action: 'committed',
      actor,
      createdAt: date(patch.appliedAt ?? patch.createdAt),
      id: patch.id,
      object: 'environment-patch',
      outcome: patch.status === 'FAILED' ? 'failure' : 'success',
      serviceIds: servicesOf(patch),
      workflowId: patch.workflow?.id ?? null,
    }))
    .reverse()
}

function servicesOf({ config: { services } }: Patch): string[] {
  return typeof services === 'object' && services !== null ? Object.keys(services) : []
}

const date = (time: number | null): string | null =>
  time === null ? null : new Date(time).toISOString()
