import { startDeployment } from './deployments.ts'
import { liveDeployments } from './lifecycle.ts'
import type { Deployment, ServiceInstance } from './model.ts'
import { noRequest } from './origin.ts'
import { type Script, scripts, toScript } from './script.ts'
import type { World } from './world.ts'

/**
 * Starts a run of a cron service, as a new deployment with the content of the live one. Railway does not document
 * if it creates a deployment for each run.
 */
export function startScheduledRun(
  world: World,
  instance: ServiceInstance,
  script?: Script,
): Deployment {
  const [live = instance.deployments.at(-1)] = liveDeployments(instance, world.now())
  if (!live) throw new Error(`Cannot run ${instance.service.name}: it has no deployment.`)
  return startDeployment(world, instance, {
    cause: 'schedule',
    content: live.content,
    origin: noRequest,
    script: toScript(script ?? scripts.runsBySchedule),
  })
}
