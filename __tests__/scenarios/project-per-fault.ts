import {
  type FaultName,
  type FaultRule,
  faultCatalogue,
  type World,
} from '../../local/railway/index.ts'
import type { Project } from '../../local/railway/model.ts'

export const everyFault = Object.keys(faultCatalogue) as FaultName[]

/**
 * Faults that hold up everything a token asks, and that are obeyed for as long as they last: where they
 * never end, a run has nothing else in it.
 */
export const pausing: readonly FaultName[] = [
  'rate-limited',
  'edge-limited',
  'throttled',
  'cooldown',
]

/** Faults that cannot be mended by asking again, although they happen once. */
export const lasting: readonly FaultName[] = [
  'refused',
  'problem',
  'wrong-name',
  'wrong-type',
  'redirect',
]

/** Faults after which asking again is all it takes. */
export const passing = everyFault.filter((fault) => !lasting.includes(fault))

/**
 * The rule, for what a run asks about one project. So one run can have a project for every fault, named
 * after it, and says as much as a run for each fault; and besides, that a fault stays where it is.
 */
export function within(world: World, project: string, rule: FaultRule): FaultRule {
  return {
    ...rule,
    matching: ({ variables }) => {
      const concerned = textsIn(variables).flatMap((text) => projectOf(world, text) ?? [])
      return concerned.length > 0 && concerned.every(({ name }) => name === project)
    },
  }
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** The project of anything that has an id, `undefined` where the text is no id. */
function projectOf(world: World, id: string): Project | undefined {
  const patches = [...world.patches.values()]
  return (
    world.projects.get(id) ??
    world.environments.get(id)?.project ??
    world.services.get(id)?.project ??
    world.deployments.get(id)?.instance.service.project ??
    patches.find((patch) => patch.id === id || patch.workflow?.id === id)?.environment.project
  )
}
