import { startDeployment } from './deployments.ts'
import { liveDeployments } from './lifecycle.ts'
import type { Deployment, ServiceInstance } from './model.ts'
import { byItself } from './origin.ts'
import { type Script, scripts, toScript } from './script.ts'
import type { World } from './world.ts'

/**
 * Starts a run of a service with a schedule, as a new deployment of what is live. Whether Railway does that, or runs the
 * deployment that is there once more, is not documented.
 */
export function tick(world: World, instance: ServiceInstance, script?: Script): Deployment {
  const [live = instance.deployments.at(-1)] = liveDeployments(instance, world.now())
  if (!live) throw new Error('a service that was never deployed has no schedule')
  return startDeployment(world, instance, {
    cause: 'schedule',
    content: live.content,
    origin: byItself,
    script: toScript(script ?? scripts.runsBySchedule),
  })
}
