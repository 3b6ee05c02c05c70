import { failure } from '../../errors/codes.ts'
import { listNames } from '../../errors/messages.ts'
import { err, ok, type Result } from '../../errors/result.ts'
import type { Warning } from '../../errors/warning.ts'
import type { VariableRequest } from '../../inputs/variable-inputs.ts'
import { type ServiceInstance, type ServiceTarget, targetName } from '../../inventory/inventory.ts'
import { count } from '../../text.ts'
import { phaseOf } from '../deployment-status.ts'
import type { Plan, SetVariablesStep, Step } from '../plan.ts'
import { decideChange, wantedValues } from './change.ts'
import { dependentsOf } from './dependents.ts'
import { isSettled, type VariableDiff, writtenNames } from './diff.ts'
import type { VariableChange } from './ports.ts'
import { sealedNotCopied, type TargetVariables, type VariablesSnapshot } from './snapshot.ts'

/** What is done about variables, and which services have to be deployed for it to count. */
export interface VariablesPlan {
  /** A step for each place, in their order: written to, or left alone. */
  readonly steps: readonly Step[]
  /** Services whose variables really change, with the step that changes them. */
  readonly needing: ReadonlyMap<ServiceInstance, SetVariablesStep>
  readonly warnings: readonly Warning[]
}

/** Decides for every place what is written, from what is there and what is wanted. */
export function planChanges(
  survey: VariablesSnapshot,
  wish: VariableRequest,
): Result<VariablesPlan> {
  const empty =
    wish.mode === 'replace' ? survey.places.filter((place) => hasNothing(place, wish)) : []
  if (empty.length > 0) return err([wouldRemoveAll(empty)])
  const steps: Step[] = []
  const needing = new Map<ServiceInstance, SetVariablesStep>()
  for (const place of survey.places) {
    const step = planPlace(decideChange(place, wish))
    steps.push(step)
    if (step.action !== 'set-variables') continue
    for (const instance of instancesNeeding(step, survey)) needing.set(instance, step)
  }
  return ok({ steps, needing, warnings: sealedNotCopied(wish, survey) })
}

/**
 * The plan for `variables`: what is written, and then one deployment of each service whose variables really
 * changed, of the commit it has.
 */
export function planVariables(
  { steps, needing, warnings }: VariablesPlan,
  survey: VariablesSnapshot,
  { redeploy }: VariableRequest,
): Plan {
  const planned = steps.flatMap((step) => {
    if (step.action !== 'set-variables' || !redeploy) return [step]
    const users = servicesAt(step, survey).filter(({ instance }) => needing.get(instance) === step)
    return [step, ...users.map((target) => deployment(target, step))]
  })
  return { steps: planned, warnings: [...warnings, ...(redeploy ? underWay(planned) : [])] }
}

/** The plan for `deploy` with variables: they go in before the deployment that needs them. */
export function planVariablesFirst(
  deploys: Plan,
  { steps, needing, warnings }: VariablesPlan,
): Plan {
  const first = new Map(
    steps.map((step) => [step.target.instance ?? step.target.environment.id, step]),
  )
  const planned = new Set<Step>()
  const all = deploys.steps.flatMap((step): Step[] => {
    const { instance, environment } = step.target
    const own = first.get(instance ?? environment.id) ?? first.get(environment.id)
    const needed = instance ? needing.get(instance) : undefined
    const before = own && own.action !== 'keep' && !planned.has(own) ? [own] : []
    for (const one of before) planned.add(one)
    if (!needed || step.action === 'keep') return [...before, step]
    return [...before, { ...step, after: [...(step.after ?? []), needed] }]
  })
  const selected = new Set(deploys.steps.map(({ target }) => target.instance))
  const left = [...needing.keys()].filter((instance) => !selected.has(instance))
  return { steps: all, warnings: [...deploys.warnings, ...warnings, ...notDeployed(left)] }
}

const hasNothing = ({ base }: TargetVariables, wish: VariableRequest) =>
  wantedValues(wish, base).size === 0

const wouldRemoveAll = (places: readonly TargetVariables[]) =>
  failure('input-invalid', {
    input: 'variables-mode',
    given: 'replace',
    problem: {
      kind: 'removes-everything',
      services: places.map(({ target }) => targetName(target)),
    },
  })

function planPlace(change: VariableChange): Step {
  const { target, diff } = change
  const detail = describeDiff(diff)
  if (isSettled(diff)) return { action: 'keep', because: 'unchanged', target, detail }
  return { action: 'set-variables', target, detail, change }
}

/** The names of a diff for people: `adds A; changes B; removes C; 4 unchanged`. */
export function describeDiff(diff: VariableDiff): string {
  const told = (verb: string, names: readonly string[]) =>
    names.length > 0 ? [`${verb} ${names.join(', ')}`] : []
  const parts = [
    ...told('adds', diff.added),
    ...told('changes', diff.changed),
    ...told('writes sealed', diff.sealed),
    ...told('removes', diff.removed),
    ...(diff.unchanged.length > 0 ? [`${diff.unchanged.length} unchanged`] : []),
    ...told('leaves', diff.spared),
  ]
  return parts.length > 0 ? parts.join('; ') : 'there is nothing to remove'
}

function instancesNeeding(
  { target, change }: SetVariablesStep,
  survey: VariablesSnapshot,
): ServiceInstance[] {
  if (target.instance) return [target.instance]
  const shared = survey.places.find(({ scope }) => scope === change.scope)
  if (!shared) return []
  const services = (survey.services.get(target.environment.id) ?? []).flatMap((place) => {
    const { instance } = place.target
    return instance ? [{ service: instance, name: instance.service.name, state: place.state }] : []
  })
  // What a new value refers to is no matter here: the value itself is new.
  const names = [...writtenNames(change.diff), ...change.remove]
  return dependentsOf(names, { shared: shared.state, services })
}

function servicesAt({ target }: SetVariablesStep, survey: VariablesSnapshot): ServiceTarget[] {
  const { project, environment, instance } = target
  if (instance) return [{ project, environment, instance }]
  return (survey.services.get(environment.id) ?? []).flatMap((place) =>
    place.target.instance ? [{ ...place.target, instance: place.target.instance }] : [],
  )
}

function deployment(target: ServiceTarget, step: SetVariablesStep): Step {
  const { latest, active } = target.instance
  const why = latest === null ? 'it was never deployed' : 'it was taken down'
  if (latest === null || (active.length === 0 && phaseOf(latest.status) === 'removed')) {
    const detail = `${why}, so its next deployment will be the first with the new variables`
    return { action: 'keep', because: 'skipped', target, detail }
  }
  const detail = 'the commit or image it has now, with the new variables'
  return { action: 'deploy', revision: { kind: 'current' }, target, detail, after: [step] }
}

/** A push may be on its way while variables are set: which commit Railway then takes is not known. */
function underWay(steps: readonly Step[]): Warning[] {
  const names = steps.flatMap(({ action, target }) => {
    const phase = phaseOf(target.instance?.latest?.status ?? '')
    return action === 'deploy' && (phase === 'going' || phase === 'blocked')
      ? [targetName(target)]
      : []
  })
  if (names.length === 0) return []
  return [
    {
      title: 'a deployment is under way',
      message: `${names.join(', ')}: a deployment was under way when the variables were read; the one that brings the new variables will take its place. If it belongs to a newer commit, run \`deploy\` for that commit afterwards.`,
    },
  ]
}

function notDeployed(instances: readonly ServiceInstance[]): Warning[] {
  if (instances.length === 0) return []
  const names = listNames(instances.map(({ service }) => service.name))
  return [
    {
      title: 'services keep the old shared variables',
      message: `${count(instances.length, 'service')} that this run does not deploy use${instances.length === 1 ? 's' : ''} the changed shared variables: ${names}. They run with the old values until they are deployed.`,
    },
  ]
}
