import type { Target } from '../inventory/inventory.ts'
import { labelOf } from '../named.ts'
import { isThere, type Plan, type Step, type StepEnvironment, type StepId } from './plan.ts'

/**
 * Returns a key of a target from the ids of its project, environment and service. The name of the environment takes the
 * place of its id if the environment does not exist yet.
 */
export function targetKey({ project, environment, instance }: Target<StepEnvironment>): string {
  const place = isThere(environment) ? environment.id : environment.name
  return [project.id, place, ...(instance ? [instance.service.id] : [])].join('/')
}

/** Returns the id of a step while the plan is made. It consists of ids, because names may repeat. */
export const draftId = (action: Step['action'], target: Target<StepEnvironment>): StepId =>
  `${action} ${targetKey(target)}`

interface Draft {
  readonly action: Step['action']
  readonly target: Target<StepEnvironment>
}

/** Builds a step from its content. `after`: the ids of the steps that must succeed before it. */
export function toStep<const Content extends Draft>(
  content: Content,
  after: readonly StepId[] = [],
): Content & { readonly id: StepId; readonly after: readonly StepId[] } {
  return { ...content, id: draftId(content.action, content.target), after }
}

/**
 * Replaces the ids of a finished plan by readable ones, such as `deploy shop/production/web`. If an id repeats, a
 * number is added.
 */
export function assignStepIds(plan: Plan): Plan {
  const names = new Map<StepId, StepId>()
  const taken = new Set<StepId>()
  for (const step of plan.steps) {
    if (names.has(step.id)) throw new Error(`two steps of one id: ${step.id}`)
    const name = readableName(step)
    let unique = name
    for (let count = 2; taken.has(unique); count += 1) unique = `${name} (${count})`
    taken.add(unique)
    names.set(step.id, unique)
  }
  const nameOf = (id: StepId) => {
    const name = names.get(id)
    if (name === undefined) throw new Error(`a step refers to ${id}, which the plan does not have`)
    return name
  }
  return { ...plan, steps: plan.steps.map((step) => renamed(step, nameOf)) }
}

function readableName({ action, target: { project, environment, instance } }: Step): StepId {
  const path = [project, environment, ...(instance ? [instance.service] : [])].map(labelOf)
  return `${action} ${path.join('/')}`
}

function renamed(step: Step, nameOf: (id: StepId) => StepId): Step {
  const ids = { id: nameOf(step.id), after: step.after.map(nameOf) }
  const { environment } = step.target
  if (!('createdBy' in environment)) return { ...step, ...ids }
  const place = { ...environment, createdBy: nameOf(environment.createdBy) }
  switch (step.action) {
    case 'deploy':
    case 'adopt':
      return { ...step, ...ids, target: { ...step.target, environment: place } }
    case 'keep':
    case 'create-preview':
      return { ...step, ...ids, target: { ...step.target, environment: place } }
    default:
      return { ...step, ...ids }
  }
}
