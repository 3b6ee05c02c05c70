/** The state of deployments at the current time of the world. */
import type { GraphQLError } from 'graphql'
import {
  isLive,
  isUnfinished,
  liveDeployments,
  type Phase,
  phaseAt,
  phasesOf,
} from './lifecycle.ts'
import type { Deployment, ServiceInstance } from './model.ts'
import { notFound, refusal } from './refusal.ts'
import type { World } from './world.ts'

/** Returns the current status and the time at which it began. */
export function statusOf(world: World, deployment: Deployment): Phase {
  return phaseAt(phasesOf(deployment, world.behaviour.removingSeconds), world.now())
}

/** Whether the deployment serves traffic or has done so. */
export function wasLive(world: World, deployment: Deployment): boolean {
  const phases = phasesOf(deployment, world.behaviour.removingSeconds)
  return phases.some(({ status, from }) => isLive(status) && from <= world.now())
}

export function canRollback(world: World, deployment: Deployment): boolean {
  if (!deployment.retained || !wasLive(world, deployment)) return false
  return world.behaviour.liveCanRollback || !isLive(statusOf(world, deployment).status)
}

export function canRedeploy(world: World, deployment: Deployment): boolean {
  const { status } = statusOf(world, deployment)
  return !isUnfinished(status) && status !== 'REMOVED' && status !== 'REMOVING'
}

/** Whether no process of the deployment runs any more: the field `deploymentStopped` of the API. */
export function isStopped(world: World, deployment: Deployment): boolean {
  const { status, from } = statusOf(world, deployment)
  if (['REMOVED', 'FAILED', 'CRASHED', 'SKIPPED'].includes(status)) return true
  if (deployment.stoppedAt !== null && deployment.stoppedAt <= world.now()) return true
  const { cronSchedule } = deployment.instance.settings
  const { stopsAfterSeconds = cronSchedule ? 20 : Infinity } = deployment.script
  return status === 'SUCCESS' && world.now() >= from + stopsAfterSeconds * 1000
}

/** Returns the newest deployment that lists contain at this time. */
export function latestDeployment(world: World, instance: ServiceInstance): Deployment | undefined {
  return instance.deployments.findLast(({ visibleFrom }) => visibleFrom <= world.now())
}

/** Whether the latest deployment is still queued or building. Railway refuses to redeploy it then. */
export function cannotRedeployYet(world: World, instance: ServiceInstance): boolean {
  const latest = instance.deployments.at(-1)
  if (!latest) return false
  return ['INITIALIZING', 'QUEUED', 'BUILDING'].includes(statusOf(world, latest).status)
}

export const redeployRefused = (): GraphQLError =>
  refusal(
    'Cannot redeploy yet, please wait for the original deployment to finish building, then try again.',
  )

export function findDeployment(world: World, id: string): Deployment {
  const found = world.deployments.get(id)
  const lag = world.behaviour.notFoundLagSeconds * 1000
  if (!found || world.now() < found.createdAt + lag) throw notFound('Deployment')
  return found
}

export const activeDeployments = (world: World, instance: ServiceInstance): Deployment[] =>
  liveDeployments(instance, world.now())
