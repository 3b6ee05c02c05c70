import { isLive, phasesOf } from './lifecycle.ts'
import type { Deployment } from './model.ts'
import type { DeploymentStep } from './script.ts'
import type { World } from './world.ts'

/** A step of a deployment: the API's `DeploymentEvent`. `completedAt` is `null` while the step runs. */
export interface DeploymentEvent {
  id: string
  step: DeploymentStep
  createdAt: number
  completedAt: number | null
  payload: {
    error?: string
    reason?: string
    attempt?: number
    maxAttempts?: number
    durationMs?: number
  } | null
}

/** The steps that a deployment runs in each status. */
const stepsOf: Record<string, DeploymentStep[]> = {
  BUILDING: ['SNAPSHOT_CODE', 'BUILD_IMAGE', 'PUBLISH_IMAGE'],
  DEPLOYING: ['CREATE_CONTAINER', 'HEALTHCHECK'],
}

/** Returns the steps that have started. If the deployment failed, the last step has the reason in its payload. */
export function eventsOf(world: World, deployment: Deployment): DeploymentEvent[] {
  const now = world.now()
  const phases = phasesOf(deployment, 0)
  const events: DeploymentEvent[] = []
  for (const [index, { status, from }] of phases.entries()) {
    const steps = stepsOf[status] ?? []
    const end = phases[index + 1]?.from ?? Infinity
    const each = end === Infinity ? 1000 : (end - from) / Math.max(1, steps.length)
    for (const [position, step] of steps.entries()) {
      const createdAt = from + position * each
      const completedAt = position === steps.length - 1 ? end : createdAt + each
      events.push(event(world, deployment, { step, createdAt, completedAt }))
    }
  }
  const bad = phases.find(({ status }) => status === 'FAILED' || status === 'CRASHED')
  const failed = bad && !phases.some(({ status }) => isLive(status))
  const all = failed ? withFailure(world, deployment, events, bad.from) : events
  return all
    .filter(({ createdAt }) => createdAt <= now)
    .map((one) =>
      (one.completedAt ?? Infinity) <= now ? one : { ...one, completedAt: null, payload: null },
    )
}

function withFailure(
  world: World,
  deployment: Deployment,
  events: DeploymentEvent[],
  at: number,
): DeploymentEvent[] {
  const { failure } = deployment.script
  const step = failure?.step ?? events.at(-1)?.step ?? 'BUILD_IMAGE'
  const index = events.findIndex((one) => one.step === step)
  const kept = index < 0 ? events : events.slice(0, index)
  const createdAt = events[index]?.createdAt ?? at
  const { step: _, ...why } = failure ?? { step, error: 'failed' }
  const last = event(world, deployment, { step, createdAt, completedAt: at })
  return [...kept, { ...last, payload: { ...last.payload, ...why } }]
}

function event(
  world: World,
  deployment: Deployment,
  {
    step,
    createdAt,
    completedAt,
  }: { step: DeploymentStep; createdAt: number; completedAt: number },
): DeploymentEvent {
  return {
    id: world.ids.uuid('event', deployment.id, step),
    step,
    createdAt,
    completedAt,
    payload: Number.isFinite(completedAt)
      ? { durationMs: Math.round(completedAt - createdAt) }
      : null,
  }
}
