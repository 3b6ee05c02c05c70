import ignore from 'ignore'
import { currentContent, seedContent, triggerOf } from './content.ts'
import { canRedeploy, canRollback, redeployRefused, statusOf } from './deployment-state.ts'
import { isLive, isUnfinished, type Phase, phasesOf } from './lifecycle.ts'
import type { Cause, Content, Deployment, ServiceInstance, VariableSet } from './model.ts'
import { noRequest, type Origin } from './origin.ts'
import { problem } from './refusal.ts'
import {
  type DeploymentScript,
  type DeploymentStatus,
  type ScriptStep,
  scripts,
  toScript,
} from './script.ts'
import { renderedVariables } from './variables.ts'
import type { World } from './world.ts'
import type { SeedDeployment } from './world-options.ts'

/** A deployment as plain data, for assertions in tests. `request` is the index of the request that created it. */
export interface DeploymentFacts {
  id: string
  project: string
  environment: string
  service: string
  cause: Cause
  request: number | null
  status: DeploymentStatus
  commit: string | null
  image: string | null
  createdAt: number
}

export function deploymentFacts(world: World, deployment: Deployment): DeploymentFacts {
  const { id, instance, cause, request, createdAt, content } = deployment
  return {
    id,
    project: instance.service.project.name,
    environment: instance.environment.name,
    service: instance.service.name,
    cause,
    request,
    status: statusOf(world, deployment).status,
    commit: content.kind === 'commit' ? content.commit : null,
    image: content.kind === 'image' ? content.image : null,
    createdAt,
  }
}

export interface NewDeployment {
  cause: Cause
  content: Content
  origin: Origin
  at?: number
  script?: DeploymentScript
  /** In a rollback, the stored variables of the deployment that is rolled back to. */
  stored?: VariableSet
  /** In a rollback, the rendered variables of the deployment that is rolled back to. */
  variables?: Record<string, string>
}

export function startDeployment(
  world: World,
  instance: ServiceInstance,
  { cause, content, origin, at = world.now(), script, stored, variables }: NewDeployment,
): Deployment {
  const chosen = script ?? nextScript(world, instance, cause, content)
  const count = String(instance.deployments.length)
  const lag = (origin.lagSeconds + world.behaviour.listLagSeconds) * 1000
  const deployment: Deployment = {
    id: world.ids.uuid('deployment', instance.id, count),
    instance,
    createdAt: at,
    visibleFrom: at + lag,
    cause,
    request: origin.request,
    content: replacedContent(content, chosen),
    script: chosen,
    runs: [{ at, steps: withQueueTime(world, instance, chosen.steps, at) }],
    stoppedAt: null,
    retained: true,
    variables: variables ?? renderedVariables(instance),
    stored: stored ?? new Map(instance.variables),
  }
  instance.deployments.push(deployment)
  world.deployments.set(deployment.id, deployment)
  return deployment
}

function nextScript(
  world: World,
  instance: ServiceInstance,
  cause: Cause,
  content: Content,
): DeploymentScript {
  const { service, environment } = instance
  for (const key of [`${service.id}/${environment.name}`, `${service.id}/*`]) {
    const next = world.scripts.get(key)?.shift()
    if (next) return toScript(next)
  }
  if (cause === 'rollback') return toScript(world.defaults.rollback)
  const usual = toScript(content.kind === 'image' ? world.defaults.image : world.defaults.build)
  return crashesFirst(world, instance, content) ? withCrash(world, usual) : usual
}

/** Whether the deployment is `CRASHED` at first. The world's behaviour determines this for the first deployments of a clone. */
function crashesFirst(
  world: World,
  { deployments, environment }: ServiceInstance,
  content: Content,
): boolean {
  const { cloneCrashesFirst } = world.behaviour
  if (environment.source === null || deployments.length > 0) return false
  return cloneCrashesFirst === 'all' || (cloneCrashesFirst === 'images' && content.kind === 'image')
}

/** Adds a `CRASHED` step before the `SUCCESS` of the script. */
function withCrash(world: World, script: DeploymentScript): DeploymentScript {
  const { crashedSeconds } = world.behaviour
  const steps = script.steps.flatMap((step): ScriptStep[] =>
    step === 'SUCCESS' ? [{ status: 'CRASHED', seconds: crashedSeconds }, step] : [step],
  )
  return { ...script, steps }
}

/** Returns the content with the commit or digest of the script, which may differ from the requested one. */
function replacedContent(content: Content, { commit, digest }: DeploymentScript): Content {
  if (content.kind === 'commit' && commit) return { ...content, commit }
  if (content.kind === 'image' && digest) return { ...content, digest }
  return content
}

/** Adds a `QUEUED` step that lasts until the number of running builds is below the limit of the workspace. */
function withQueueTime(
  world: World,
  instance: ServiceInstance,
  steps: ScriptStep[],
  at: number,
): ScriptStep[] {
  const { workspace } = instance.service.project
  const index = steps.findIndex((step) => typeof step === 'object' && step.status === 'BUILDING')
  if (workspace.builders === null || index < 0) return steps
  const before = steps.slice(0, index)
  const start = before.reduce((time, step) => time + secondsOf(step) * 1000, at)
  const ends = [...world.deployments.values()]
    .filter((one) => one.instance.service.project.workspace === workspace)
    .map((one) => buildEnd(phasesOf(one, 0)))
    .filter((end) => end > start)
    .sort((a, b) => a - b)
  const free = ends.at(-workspace.builders)
  if (ends.length < workspace.builders || free === undefined) return steps
  const wait: ScriptStep = { status: 'QUEUED', seconds: (free - start) / 1000 }
  return [...before, wait, ...steps.slice(index)]
}

const secondsOf = (step: ScriptStep): number => (typeof step === 'string' ? Infinity : step.seconds)

function buildEnd(phases: readonly Phase[]): number {
  const index = phases.findLastIndex(({ status }) => status === 'BUILDING')
  return index < 0 ? -Infinity : (phases[index + 1]?.from ?? Infinity)
}

/** Adds a deployment that the world has at its start. */
export function seedDeployment(
  world: World,
  instance: ServiceInstance,
  seed: SeedDeployment,
): Deployment {
  const at = world.now() - (seed.minutesAgo ?? 60) * 60_000
  const deployment = startDeployment(world, instance, {
    cause: 'seed',
    content: seedContent(world, instance, seed),
    origin: noRequest,
    at,
    script: toScript(seed.script ?? liveScript),
    ...(seed.variables && { variables: seed.variables, stored: toSet(seed.variables) }),
  })
  deployment.visibleFrom = at
  deployment.retained = seed.canRollback ?? true
  return deployment
}

const liveScript: DeploymentScript = {
  steps: ['SUCCESS'],
  buildLog: ['Using Railpack', 'npm ci', 'npm run build', 'Successfully built'],
  deployLog: ['Starting Container', 'Listening on port 3000'],
}

const toSet = (values: Record<string, string>): VariableSet =>
  new Map(Object.entries(values).map(([name, value]) => [name, { value, sealed: false }]))

/** Starts the deployment of a deploy mutation, which may wait for checks or be skipped by watch paths. */
export function deployInstance(
  world: World,
  instance: ServiceInstance,
  content: Content,
  origin: Origin,
): Deployment {
  const { apiDeployWaitsForChecks, apiDeployWatchPaths } = world.behaviour
  const waits = apiDeployWaitsForChecks && triggerOf(instance)?.checkSuites
  const changed = content.kind === 'commit' ? (world.changedFiles.get(content.commit) ?? []) : null
  const skips =
    apiDeployWatchPaths === 'respected' && changed !== null && !watches(instance, changed)
  return startDeployment(world, instance, {
    cause: 'api',
    content,
    origin,
    ...(waits && { script: scripts.waitsForChecks }),
    ...(skips && { script: scripts.skippedByWatchPaths }),
  })
}

/** Whether one of the files matches the watch paths of the instance. Without watch paths, every file matches. */
export function watches({ settings }: ServiceInstance, files: string[]): boolean {
  const { watchPatterns } = settings
  if (watchPatterns.length === 0) return true
  const matcher = ignore().add(watchPatterns)
  return files.some((file) => matcher.ignores(file))
}

/** Deploys the current content of the instance again, with its current variables. */
export function deployAgain(
  world: World,
  instance: ServiceInstance,
  cause: Cause,
  origin: Origin,
): Deployment {
  return startDeployment(world, instance, {
    cause,
    content: currentContent(world, instance),
    origin,
  })
}

/** Restores the content and the variables of an earlier deployment. The source of the service does not change. */
export function rollBack(world: World, deployment: Deployment, origin: Origin): Deployment {
  if (!canRollback(world, deployment)) throw problem()
  const { instance, content, stored, variables } = deployment
  instance.variables = new Map(stored)
  return startDeployment(world, instance, { cause: 'rollback', content, origin, stored, variables })
}

export function redeploy(world: World, deployment: Deployment, origin: Origin): Deployment {
  if (isUnfinished(statusOf(world, deployment).status)) throw redeployRefused()
  if (!canRedeploy(world, deployment)) throw problem()
  const { instance, content } = deployment
  return startDeployment(world, instance, { cause: 'redeploy', content, origin })
}

export function approve(world: World, deployment: Deployment): void {
  if (statusOf(world, deployment).status !== 'NEEDS_APPROVAL') throw problem()
  const steps = deployment.script.approved ?? toScript(world.defaults.build).steps
  deployment.runs.push({ at: world.now(), steps })
}

export function cancel(world: World, deployment: Deployment): void {
  if (!isUnfinished(statusOf(world, deployment).status)) throw problem()
  deployment.runs.push({ at: world.now(), steps: ['REMOVED'] })
}

export function remove(world: World, deployment: Deployment): void {
  deployment.runs.push({ at: world.now(), steps: ['REMOVED'] })
}

export function stop(world: World, deployment: Deployment): void {
  if (!isLive(statusOf(world, deployment).status)) throw problem()
  deployment.stoppedAt = world.now()
}

export function restart(world: World, deployment: Deployment): void {
  if (isUnfinished(statusOf(world, deployment).status)) throw problem()
  deployment.stoppedAt = null
  deployment.runs.push({
    at: world.now(),
    steps: [{ status: 'DEPLOYING', seconds: 5 }, 'SUCCESS'],
  })
}
