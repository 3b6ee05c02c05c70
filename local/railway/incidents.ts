/** Changes to the world that no request of the client causes, such as a deleted project. */

import { statusOf } from './deployment-state.ts'
import { startDeployment } from './deployments.ts'
import { isLive, isUnfinished } from './lifecycle.ts'
import type { Environment, Project, ServiceInstance } from './model.ts'
import { noRequest } from './origin.ts'
import type { World } from './world.ts'

/** The time of a change: after a number of seconds or of requests. Requests may be limited to those with one root field. */
export type When = { seconds: number } | { requests: number; root?: string }

export const now: When = { seconds: 0 }

export interface RefusalOptions {
  roots?: readonly string[]
  when?: When
}

/** The root fields of mutations that deploy. An upload has the root `up`. */
export const deployingRoots: readonly string[] = [
  'serviceInstanceDeployV2',
  'serviceInstanceDeploy',
  'serviceInstanceRedeploy',
  'deploymentRedeploy',
  'deploymentRollback',
  'environmentCreate',
  'up',
]

/** Error messages that Railway returns if the plan of the workspace does not allow a deployment. The list is not complete. */
export const planRefusals = {
  trialEnded: 'Your trial has expired. Please select a plan to continue using Railway.',
  resources:
    'Free plan resource provision limit exceeded. Please upgrade to provision more resources!',
  usage: 'Usage limit reached. Please increase the limit in the settings of your workspace.',
  peakHours: 'Deploys on the Free plan are paused during peak hours.',
  environments: 'You have reached the maximum number of environments for your plan.',
} as const

export function deleteProjectNow(world: World, project: Project): void {
  for (const environment of project.environments) deleteEnvironmentNow(world, environment)
  project.deletedAt ??= world.now()
}

export function deleteEnvironmentNow(world: World, environment: Environment): void {
  if (environment.deletedAt !== null) return
  environment.deletedAt = world.now()
  for (const instance of environment.instances) endDeployments(world, instance)
}

/** Removes a service from an environment, and ends its deployments there. */
export function removeServiceNow(world: World, instance: ServiceInstance): void {
  instance.deletedAt ??= world.now()
  endDeployments(world, instance)
}

function endDeployments(world: World, { deployments }: ServiceInstance): void {
  for (const deployment of deployments) {
    const { status } = statusOf(world, deployment)
    if (!isLive(status) && !isUnfinished(status)) continue
    deployment.runs.push({ at: world.now(), steps: ['REMOVED'] })
  }
}

/** Starts a deployment with the content of the latest one, as a second push of the same commit would. */
export function supersede(world: World, instance: ServiceInstance): void {
  const content = instance.deployments.at(-1)?.content
  if (!content) throw new Error(`${instance.service.name} has no deployment to replace`)
  startDeployment(world, instance, { cause: 'push', content, origin: noRequest })
}
