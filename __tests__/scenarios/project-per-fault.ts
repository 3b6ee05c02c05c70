import {
  type FaultName,
  type FaultRule,
  faultCatalogue,
  type World,
} from '../../local/railway/index.ts'
import type { Project } from '../../local/railway/model.ts'

export const everyFault = Object.keys(faultCatalogue) as FaultName[]

/**
 * Faults that delay all requests of a token, and that are obeyed as long as they last: if they never end, a run has
 * nothing else in it.
 */
export const pausing: readonly FaultName[] = [
  'rate-limited',
  'edge-limited',
  'throttled',
  'cooldown',
]

/** Faults that a retry cannot fix, although they happen once. */
export const lasting: readonly FaultName[] = [
  'refused',
  'problem',
  'wrong-name',
  'wrong-type',
  'redirect',
]

/** Faults that a retry fixes. */
export const passing = everyFault.filter((fault) => !lasting.includes(fault))

/**
 * The rule for the requests about one project. With it, one run can have a project for every fault, named after it, and
 * tests as much as a run for each fault. It also tests that a fault affects only its own project.
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

/** Returns the project of anything that has an id, `undefined` if the text is not an id. */
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
