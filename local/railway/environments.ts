import { copyOf, withoutSealed } from './config.ts'
import { currentContent, triggerOf } from './content.ts'
import { startDeployment } from './deployments.ts'
import type { Environment, Patch, Project, ServiceInstance } from './model.ts'
import type { Origin } from './origin.ts'
import { addPatch, isDeployable } from './patches.ts'
import { refusal } from './refusal.ts'
import type { World } from './world.ts'

export interface NewEnvironment {
  project: Project
  name: string
  source: Environment | null
  ephemeral: boolean
  skipInitialDeploys: boolean
  stageInitialChanges: boolean
}

/** The environment, and when the last of its services will be there. */
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
  const taken = project.environments.some((one) => one.name === name && one.deletedAt === null)
  if (taken && behaviour.duplicateEnvironmentNames === 'refused') {
    throw refusal(`An environment named "${name}" already exists in this project`)
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

/** Fills the environment bit by bit; returns when that will be done. */
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
  const originals = source.instances.filter(
    (one) => one.deletedAt === null && !behaviour.cloneOmits.includes(one.service.name),
  )
  const start = world.now() + behaviour.cloneSeconds * 1000
  const step = behaviour.cloneStepSeconds * 1000
  for (const [index, original] of originals.entries()) {
    const at = start + index * step
    world.later(at, () => {
      if (environment.deletedAt === null) cloneInstance(world, environment, original, at)
    })
  }
  const readyAt = start + Math.max(0, originals.length - 1) * step
  const error = behaviour.cloneError
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
 * The copy follows the branch of the original, and has its settings and variables. It lacks what is sealed,
 * custom domains, and as a rule the Railway domain.
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
  const trigger = triggerOf(original)
  if (trigger) world.addTrigger(copy, trigger)
  const domain = original.serviceDomains.find(({ deletedAt }) => deletedAt === null)
  if (domain && world.behaviour.cloneDomains) {
    world.addDomain(copy.serviceDomains, world.domainName(copy), domain.targetPort, at)
  }
}

/** Deleting what is gone already is an error, worded like many others. */
export function deleteEnvironment(world: World, environment: Environment): void {
  if (environment.deletedAt !== null) throw refusal(world.behaviour.deleteAgainMessage)
  environment.deletedAt = world.now()
}
