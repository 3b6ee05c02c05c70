import { groupBy } from '../../collections.ts'
import { type Failure, failure } from '../../errors/codes.ts'
import { listNames } from '../../errors/messages.ts'
import { err, ok, type Result } from '../../errors/result.ts'
import type { Warning } from '../../errors/warning.ts'
import type { VariableRequest } from '../../inputs/variable-inputs.ts'
import { type ServiceTarget, type Target, targetName } from '../../inventory/inventory.ts'
import { count } from '../../text.ts'
import { phaseOf } from '../deployment-status.ts'
import type { KeepStep, Plan, SetVariablesStep, Step, StepId } from '../plan.ts'
import { targetKey, toStep } from '../step-id.ts'
import { desiredValuesOf, diffTarget } from './change.ts'
import { dependentsOf } from './dependents.ts'
import { isSettled, type VariableDiff, writtenNames } from './diff.ts'
import { sealedNotCopied, type TargetVariables, type VariablesSnapshot } from './snapshot.ts'
import { foreignPaths } from './staged-changes.ts'

/** The changes of variables, and the services that have to be deployed for them to take effect. */
export interface VariablesPlan {
  /** A step for each target, in their order: written to, or left alone. */
  readonly steps: readonly (SetVariablesStep | KeepStep)[]
  /** Services whose variables really change, by the key of their target. */
  readonly changing: ReadonlyMap<string, ChangingService>
  readonly warnings: readonly Warning[]
}

/** A service whose variables change, with the step that changes them. */
interface ChangingService {
  readonly target: ServiceTarget
  readonly by: StepId
}

/** Decides for every target what is written. `stagedPaths` is what is staged in the environments, by id. */
export function planChanges(
  snapshot: VariablesSnapshot,
  request: VariableRequest,
  stagedPaths: ReadonlyMap<string, readonly string[]>,
): Result<VariablesPlan> {
  const empty =
    request.mode === 'replace' ? snapshot.targets.filter((one) => hasNothing(one, request)) : []
  if (empty.length > 0) return err([wouldRemoveAll(empty)])
  const steps = snapshot.targets.map((one) => planTarget(one, request, stagedPaths))
  const inTheWay = stagedByOthers(steps, stagedPaths)
  if (inTheWay.length > 0) return err(inTheWay)
  const changing = new Map<string, ChangingService>()
  for (const step of steps) {
    if (step.action !== 'set-variables') continue
    for (const target of servicesChangedBy(step, snapshot)) {
      changing.set(targetKey(target), { target, by: step.id })
    }
  }
  return ok({ steps, changing, warnings: sealedNotCopied(request, snapshot) })
}

/** Returns the environments in which variables are removed: what is staged there is committed, too. */
export function removalTargets(snapshot: VariablesSnapshot, request: VariableRequest): Target[] {
  const removing = snapshot.targets.filter((one) => diffTarget(one, request).removed.length > 0)
  const environments = groupBy(removing, ({ owner }) => owner.environmentId)
  return [...environments.values()].flatMap(([first]) =>
    first ? [{ ...first.target, instance: null }] : [],
  )
}

/**
 * Plans `variables`: what is written, and then one deployment of each service whose variables really changed,
 * of the commit it has.
 */
export function planVariables(
  { steps, changing, warnings }: VariablesPlan,
  snapshot: VariablesSnapshot,
  { redeploy }: VariableRequest,
): Plan {
  const planned = steps.flatMap((step): Step[] => {
    if (step.action !== 'set-variables' || !redeploy) return [step]
    const users = servicesAt(step, snapshot).filter(
      (target) => changing.get(targetKey(target))?.by === step.id,
    )
    return [step, ...users.map((target) => deployment(target, step))]
  })
  return { steps: planned, warnings: [...warnings, ...(redeploy ? underWay(planned) : [])] }
}

/** Plans `deploy` with variables: they are written before the deployment that needs them. */
export function planVariablesFirst(
  deploys: Plan,
  { steps, changing, warnings }: VariablesPlan,
): Plan {
  const first = new Map(steps.map((step) => [targetKey(step.target), step]))
  const planned = new Set<StepId>()
  const all = deploys.steps.flatMap((step): Step[] => {
    const own =
      first.get(targetKey(step.target)) ?? first.get(targetKey({ ...step.target, instance: null }))
    const needed = changing.get(targetKey(step.target))
    const before = own && own.action !== 'keep' && !planned.has(own.id) ? [own] : []
    for (const one of before) planned.add(one.id)
    if (!needed || step.action === 'keep') return [...before, step]
    return [...before, { ...step, after: [...step.after, needed.by] }]
  })
  const selected = new Set(deploys.steps.map(({ target }) => targetKey(target)))
  const left = [...changing].flatMap(([key, { target }]) => (selected.has(key) ? [] : [target]))
  return {
    ...deploys,
    steps: all,
    warnings: [...deploys.warnings, ...warnings, ...notDeployed(left)],
  }
}

const hasNothing = ({ base }: TargetVariables, request: VariableRequest) =>
  desiredValuesOf(request, base).size === 0

const wouldRemoveAll = (targets: readonly TargetVariables[]) =>
  failure('input-invalid', {
    input: 'variables-mode',
    given: 'replace',
    problem: {
      kind: 'removes-everything',
      services: targets.map(({ target }) => targetName(target)),
    },
  })

function planTarget(
  variables: TargetVariables,
  request: VariableRequest,
  stagedPaths: ReadonlyMap<string, readonly string[]>,
): SetVariablesStep | KeepStep {
  const { target, owner } = variables
  const diff = diffTarget(variables, request)
  const detail = describeDiff(diff)
  if (isSettled(diff)) return toStep({ action: 'keep', because: 'unchanged', target, detail })
  const leftoverPaths = diff.removed.length > 0 ? (stagedPaths.get(owner.environmentId) ?? []) : []
  return toStep({
    action: 'set-variables',
    target,
    detail,
    variables: { owner, write: writtenNames(diff), remove: diff.removed, diff, leftoverPaths },
  })
}

/** Removing a variable commits what is staged in the environment, and that may be somebody's work. */
function stagedByOthers(
  steps: readonly (SetVariablesStep | KeepStep)[],
  stagedPaths: ReadonlyMap<string, readonly string[]>,
): Failure[] {
  const removing = steps.flatMap((step) =>
    step.action === 'set-variables' && step.variables.remove.length > 0 ? [step] : [],
  )
  const environments = groupBy(removing, ({ variables }) => variables.owner.environmentId)
  return [...environments].flatMap(([id, own]) => {
    const [first] = own
    const removals = own.map(({ variables }) => variables)
    if (!first || foreignPaths(stagedPaths.get(id) ?? [], removals).length === 0) return []
    const { project, environment } = first.target
    return [
      failure('staged-changes', {
        project: project.name,
        environment: environment.name,
        purpose: 'remove-variables',
        author: null,
        since: null,
      }),
    ]
  })
}

/** Lists the names of a diff for people: `adds A; changes B; removes C; 4 unchanged`. */
export function describeDiff(diff: VariableDiff): string {
  const listed = (verb: string, names: readonly string[]) =>
    names.length > 0 ? [`${verb} ${names.join(', ')}`] : []
  const parts = [
    ...listed('adds', diff.added),
    ...listed('changes', diff.changed),
    ...listed('writes sealed', diff.sealed),
    ...listed('removes', diff.removed),
    ...(diff.unchanged.length > 0 ? [`${diff.unchanged.length} unchanged`] : []),
    ...listed('leaves', diff.spared),
  ]
  return parts.length > 0 ? parts.join('; ') : 'there is nothing to remove'
}

function servicesChangedBy(
  { target, variables: { owner, write, remove } }: SetVariablesStep,
  snapshot: VariablesSnapshot,
): ServiceTarget[] {
  if (target.instance) return [{ ...target, instance: target.instance }]
  const shared = snapshot.targets.find(
    (one) => one.owner.kind === 'shared' && one.owner.environmentId === owner.environmentId,
  )
  if (!shared) return []
  const services = (snapshot.services.get(owner.environmentId) ?? []).flatMap((one) => {
    const { instance } = one.target
    if (!instance) return []
    return [{ service: { ...one.target, instance }, name: instance.service.name, state: one.state }]
  })
  // The references of a new value do not matter here: the value itself is new.
  return dependentsOf([...write, ...remove], { shared: shared.state, services })
}

function servicesAt({ target }: SetVariablesStep, snapshot: VariablesSnapshot): ServiceTarget[] {
  const { instance } = target
  if (instance) return [{ ...target, instance }]
  return (snapshot.services.get(target.environment.id) ?? []).flatMap((one) =>
    one.target.instance ? [{ ...one.target, instance: one.target.instance }] : [],
  )
}

function deployment(target: ServiceTarget, step: SetVariablesStep): Step {
  const { latest, active } = target.instance
  const why = latest === null ? 'it was never deployed' : 'it was taken down'
  if (latest === null || (active.length === 0 && phaseOf(latest.status) === 'removed')) {
    const detail = `${why}, so its next deployment will be the first with the new variables`
    return toStep({ action: 'keep', because: 'skipped', target, detail })
  }
  const detail = 'the commit or image it has now, with the new variables'
  return toStep({ action: 'deploy', revision: { kind: 'current' }, target, detail }, [step.id])
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

function notDeployed(targets: readonly ServiceTarget[]): Warning[] {
  if (targets.length === 0) return []
  const names = listNames(targets.map(({ instance }) => instance.service.name))
  return [
    {
      title: 'services keep the old shared variables',
      message: `${count(targets.length, 'service')} that this run does not deploy use${targets.length === 1 ? 's' : ''} the changed shared variables: ${names}. They run with the old values until they are deployed.`,
    },
  ]
}
