import { copyOf, withoutSealed } from './config.ts'
import { currentContent, triggerOf } from './content.ts'
import { startDeployment } from './deployments.ts'
import type { Environment, Patch, Project, ServiceInstance } from './model.ts'
import type { Origin } from './origin.ts'
import { addPatch, isDeployable } from './patches.ts'
import { problem, refusal } from './refusal.ts'
import type { World } from './world.ts'

export interface NewEnvironment {
  project: Project
  name: string
  source: Environment | null
  ephemeral: boolean
  skipInitialDeploys: boolean
  stageInitialChanges: boolean
}

/**
 * Creates an environment, which may be a clone of another one. `readyAt` is the time at which the patch of the clone
 * ends, `Infinity` if it never does. Throws if the name is taken or reserved, or during the cooldown of the workspace.
 */
export function createEnvironment(
  world: World,
  wanted: NewEnvironment,
  origin: Origin,
): { environment: Environment; readyAt: number } {
  const { project, name, source, ephemeral } = wanted
  const { workspace } = project
  const now = world.now()
  const { behaviour } = world
  const last = workspace.lastEnvironmentAt ?? -Infinity
  if (now < last + behaviour.environmentCooldownSeconds * 1000) {
    throw refusal(behaviour.cooldownMessage)
  }
  const deletedAt = Math.max(
    ...project.environments.map((one) =>
      one.name === name ? (one.deletedAt ?? -Infinity) : -Infinity,
    ),
  )
  const reservedUntil = Math.max(
    deletedAt + behaviour.nameReservedSeconds * 1000,
    world.reservedNames.get(`${project.id}/${name}`) ?? -Infinity,
  )
  if (now < reservedUntil) {
    throw behaviour.nameReservedError === 'problem' ? problem() : nameTaken(name)
  }
  const taken = project.environments.some((one) => one.name === name && one.deletedAt === null)
  if (taken && behaviour.duplicateEnvironmentNames === 'refused') {
    throw nameTaken(name)
  }
  const environment = world.environment(project, name, { ephemeral })
  environment.source = source
  environment.createdAt = now
  environment.visibleFrom = now + (origin.lagSeconds + behaviour.listLagSeconds) * 1000
  workspace.lastEnvironmentAt = now
  if (!source) return { environment, readyAt: now }
  if (wanted.stageInitialChanges) {
    addPatch(world, environment, copyOf(source))
    return { environment, readyAt: now }
  }
  return { environment, readyAt: clone(world, environment, source, wanted, origin) }
}

const nameTaken = (name: string) =>
  refusal(`An environment named "${name}" already exists in this project`)

/** Schedules the creation of the clone's instances. Returns the time at which the patch of the clone ends. */
function clone(
  world: World,
  environment: Environment,
  source: Environment,
  { skipInitialDeploys }: NewEnvironment,
  origin: Origin,
): number {
  const { behaviour } = world
  const patch = addPatch(world, environment, copyOf(source))
  patch.status = 'APPLYING'
  const all = source.instances.filter(
    (one) => one.deletedAt === null && !behaviour.cloneOmits.includes(one.service.name),
  )
  const { cloneCompletes } = behaviour
  const originals = cloneCompletes === 'whole' ? all : all.slice(0, Math.ceil(all.length / 2))
  const start = world.now() + behaviour.cloneSeconds * 1000
  const step = behaviour.cloneStepSeconds * 1000
  for (const [index, original] of originals.entries()) {
    const at = start + index * step
    world.later(at, () => {
      if (environment.deletedAt === null) cloneInstance(world, environment, original, at)
    })
  }
  const last = start + Math.max(0, originals.length - 1) * step
  const readyAt = cloneCompletes === 'half-forever' ? Infinity : last
  const failed = cloneCompletes === 'half-failed' ? 'Failed to apply the changes' : null
  const error = behaviour.cloneError ?? failed
  world.later(start, () => {
    environment.sharedVariables = withoutSealed(source.sharedVariables)
  })
  world.later(readyAt, () => {
    finish(patch, readyAt, error)
    if (skipInitialDeploys || error !== null || environment.deletedAt !== null) return
    for (const instance of environment.instances.filter(isDeployable)) {
      const content = currentContent(world, instance)
      startDeployment(world, instance, { cause: 'clone', content, origin, at: readyAt })
    }
  })
  return readyAt
}

function finish(patch: Patch, at: number, error: string | null): void {
  patch.appliedAt = at
  patch.status = error === null ? 'COMMITTED' : 'FAILED'
  patch.error = error
}

/**
 * Adds a copy of an instance to the environment. The copy has the settings and the variables that are not sealed. The
 * world's behaviour decides about the trigger, the volumes and the Railway domain. Custom domains are not copied.
 */
function cloneInstance(
  world: World,
  environment: Environment,
  original: ServiceInstance,
  at: number,
): void {
  const copy = world.addInstance(original.service, environment, at)
  copy.source = original.source && { ...original.source }
  copy.settings = { ...original.settings, watchPatterns: [...original.settings.watchPatterns] }
  copy.foundConfigFile = original.foundConfigFile
  copy.variables = withoutSealed(original.variables)
  copy.autoDeploy = original.autoDeploy
  copy.registryCredentials = original.registryCredentials
  const { behaviour } = world
  const trigger = triggerOf(original)
  if (trigger && behaviour.cloneTriggers !== 'absent') {
    const lag = behaviour.cloneTriggers === 'late' ? behaviour.cloneTriggerSeconds : 0
    runAfter(world, at, lag, () => {
      if (!triggerOf(copy)) world.addTrigger(copy, trigger)
    })
  }
  if (behaviour.cloneVolumes !== 'absent') {
    const lag = behaviour.cloneVolumes === 'late' ? behaviour.cloneVolumeSeconds : 0
    runAfter(world, at, lag, (then) => {
      for (const { mountPath, volume } of original.volumes) {
        world.addVolume(copy, volume.name, mountPath, then)
      }
    })
  }
  const domain = original.serviceDomains.find(({ deletedAt }) => deletedAt === null)
  if (domain && behaviour.cloneDomains) {
    runAfter(world, at, behaviour.cloneDomainSeconds, (then) => {
      if (copy.serviceDomains.some(({ deletedAt }) => deletedAt === null)) return
      world.addDomain(copy.serviceDomains, world.domainName(copy), domain.targetPort, then)
    })
  }
}

/** Runs `change` this number of seconds after `at`, or immediately for 0 seconds. `change` receives the time of the change. */
function runAfter(world: World, at: number, seconds: number, change: (time: number) => void): void {
  const time = at + seconds * 1000
  if (seconds === 0) change(time)
  else world.later(time, () => change(time))
}

/** Deletes the environment. Throws if it was deleted before. */
export function deleteEnvironment(world: World, environment: Environment): void {
  if (environment.deletedAt !== null) throw refusal(world.behaviour.deleteAgainMessage)
  environment.deletedAt = world.now()
}
