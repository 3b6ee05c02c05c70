import { groupBy } from '../../collections.ts'
import { type Failure, failure } from '../../errors/codes.ts'
import { listLocations } from '../../errors/list-locations.ts'
import { err, ok, type Result } from '../../errors/result.ts'
import type { Warning } from '../../errors/warning.ts'
import type { Shard } from '../../inputs/fields.ts'
import { isSameReference, parseImageReference } from '../../inputs/image-reference.ts'
import type { VariableRequest } from '../../inputs/variable-inputs.ts'
import {
  type Deployment,
  locationOf,
  type ServiceTarget,
  type Target,
  targetName,
} from '../../inventory/inventory.ts'
import { labelOf } from '../../named.ts'
import { phaseOf } from '../deployment-status.ts'
import type { PlanFacts } from '../facts.ts'
import type { KeepStep, Plan, Revision, SetVariablesStep, Step, StepId } from '../plan.ts'
import { liveOf } from '../rollback.ts'
import { targetKey, toStep } from '../step-id.ts'
import { desiredValues, diffTarget } from './change.ts'
import { checkCopiedNames } from './copied-names.ts'
import { dependentsOf } from './dependents.ts'
import { isSettled, type VariableDiff, writtenNames } from './diff.ts'
import { checkEmptyValues } from './empty-values.ts'
import { sealedNotCopied, type TargetVariables, type VariablesSnapshot } from './snapshot.ts'
import { foreignPaths } from './staged-changes.ts'
import {
  blockedDeployments,
  hasFailedRedeployment,
  otherInProgress,
} from './unfinished-deployments.ts'

/** The planned changes of variables, and the services that need a deployment for the changes to take effect. */
export interface VariablesPlan {
  /** One step for each target, in the order of the targets. A target without changes has a `keep` step. */
  readonly steps: readonly (SetVariablesStep | KeepStep)[]
  /**
   * The services whose variables really change, or whose last deployment with them failed, by the key of their target.
   */
  readonly changing: ReadonlyMap<string, ChangingService>
  readonly warnings: readonly Warning[]
}

/**
 * A service that has to be deployed for its variables to take effect. `by`: the steps that change the variables, in the
 * order of the plan. It is empty if no variable changes and only an earlier deployment has failed.
 */
interface ChangingService {
  readonly target: ServiceTarget
  readonly by: readonly StepId[]
}

/** Plans the change of variables of every target. */
export function planChanges(
  snapshot: VariablesSnapshot,
  request: VariableRequest,
  staged: Pick<PlanFacts, 'stagedPaths' | 'stagedSince'>,
  shard: Shard | null,
): Result<VariablesPlan> {
  const empty =
    request.mode === 'replace' ? snapshot.targets.filter((one) => hasNothing(one, request)) : []
  if (empty.length > 0) return err([wouldRemoveAll(empty)])
  const copied = checkCopiedNames(snapshot, request, shard)
  if (copied.failures.length > 0) return err(copied.failures)
  const emptied = checkEmptyValues(snapshot, request)
  if (emptied.failures.length > 0) return err(emptied.failures)
  const steps = snapshot.targets.map((one) => planTarget(one, request, staged.stagedPaths))
  const inTheWay = stagedChangeFailures(steps, staged)
  if (inTheWay.length > 0) return err(inTheWay)
  const changing = new Map<string, ChangingService>()
  for (const step of steps) {
    if (step.action !== 'set-variables') continue
    const { owner, write, remove } = step.variables
    const names = [...write, ...remove]
    for (const target of usersOf({ target: step.target, owner }, names, snapshot)) {
      const key = targetKey(target)
      changing.set(key, { target, by: [...(changing.get(key)?.by ?? []), step.id] })
    }
  }
  for (const one of snapshot.targets) {
    const { unchanged } = diffTarget(one, request)
    for (const target of usersOf(one, unchanged, snapshot)) {
      if (changing.has(targetKey(target)) || !hasFailedRedeployment(target)) continue
      changing.set(targetKey(target), { target, by: [] })
    }
  }
  const warnings = [...copied.warnings, ...sealedNotCopied(request, snapshot), ...emptied.warnings]
  return ok({ steps, changing, warnings })
}

/**
 * Returns the environments in which variables are removed. A removal is staged and committed, which commits all other
 * staged changes of the environment, too.
 */
export function removalTargets(snapshot: VariablesSnapshot, request: VariableRequest): Target[] {
  const removing = snapshot.targets.filter((one) => diffTarget(one, request).removed.length > 0)
  const environments = groupBy(removing, ({ owner }) => owner.environmentId)
  return [...environments.values()].flatMap(([first]) =>
    first ? [{ ...first.target, instance: null }] : [],
  )
}

/**
 * Plans the command `variables`. The changes come first, and then each affected service is deployed once with its live
 * commit or image.
 */
export function planVariables(
  { steps, changing, warnings }: VariablesPlan,
  { redeploy }: VariableRequest,
): Plan {
  const planned = steps.flatMap((step): Step[] => {
    if (!redeploy) return [step]
    if (step.action === 'keep') return changing.has(targetKey(step.target)) ? [] : [step]
    const users = [...changing.values()].filter(({ by }) => by.at(-1) === step.id)
    return [step, ...users.map(({ target, by }) => redeployment(target, by))]
  })
  const failed = [...changing.values()].filter(({ by }) => by.length === 0)
  const all = redeploy
    ? [...planned, ...failed.map(({ target }) => redeployment(target, []))]
    : planned
  const own = redeploy
    ? [...blockedDeployments(all), ...withoutRevision(all)]
    : notInEffect([...changing.values()].map(({ target }) => target))
  return { steps: all, warnings: [...warnings, ...own] }
}

/** Plans the command `deploy` with variables. A change of variables comes before each deployment that needs it. */
export function planVariablesFirst(
  deploys: Plan,
  { steps, changing, warnings }: VariablesPlan,
): Plan {
  const first = new Map(steps.map((step) => [targetKey(step.target), step]))
  const byId = new Map(steps.map((step) => [step.id, step]))
  const planned = new Set<StepId>()
  const all = deploys.steps.flatMap((step): Step[] => {
    const own =
      first.get(targetKey(step.target)) ?? first.get(targetKey({ ...step.target, instance: null }))
    const needed = changing.get(targetKey(step.target))
    const needs = (needed?.by ?? []).flatMap((id) => byId.get(id) ?? [])
    const before = [...new Set([...(own ? [own] : []), ...needs])].filter(
      ({ action, id }) => action !== 'keep' && !planned.has(id),
    )
    for (const one of before) planned.add(one.id)
    if (!needed || step.action === 'keep') return [...before, step]
    return [...before, { ...step, after: [...step.after, ...needed.by] }]
  })
  const selected = new Set(deploys.steps.map(({ target }) => targetKey(target)))
  const left = [...changing].flatMap(([key, { target }]) => (selected.has(key) ? [] : [target]))
  return {
    ...deploys,
    steps: all,
    warnings: [...deploys.warnings, ...warnings, ...notInEffect(left)],
  }
}

const hasNothing = ({ base }: TargetVariables, request: VariableRequest) =>
  desiredValues(request, base).size === 0

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

/**
 * Returns a failure for each environment in which variables are removed and somebody else has staged changes. The
 * commit of the removal would commit those changes, too.
 */
function stagedChangeFailures(
  steps: readonly (SetVariablesStep | KeepStep)[],
  { stagedPaths, stagedSince }: Pick<PlanFacts, 'stagedPaths' | 'stagedSince'>,
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
        project: labelOf(project),
        environment: environment.name,
        purpose: 'remove-variables',
        since: stagedSince.get(id) ?? null,
      }),
    ]
  })
}

/** Describes a diff for the detail of a step: `adds A; changes B; removes C; 4 unchanged`. */
export function describeDiff(diff: VariableDiff): string {
  const listed = (verb: string, names: readonly string[]) =>
    names.length > 0 ? [`${verb} ${names.join(', ')}`] : []
  const parts = [
    ...listed('adds', diff.added),
    ...listed('changes', diff.changed),
    ...listed('writes sealed', diff.sealed),
    ...listed('removes', diff.removed),
    ...(diff.unchanged.length > 0 ? [`${diff.unchanged.length} unchanged`] : []),
    ...listed('leaves', diff.kept),
  ]
  return parts.length > 0 ? parts.join('; ') : 'there is nothing to remove'
}

/** Lists the services that use variables of an owner: the owner itself, and services that refer to the variables. */
function usersOf(
  { target, owner }: Pick<TargetVariables, 'target' | 'owner'>,
  names: readonly string[],
  snapshot: VariablesSnapshot,
): ServiceTarget[] {
  const services = (snapshot.services.get(owner.environmentId) ?? []).flatMap((one) => {
    const { instance } = one.target
    if (!instance) return []
    return [{ service: { ...one.target, instance }, name: instance.service.name, state: one.state }]
  })
  const shared = snapshot.shared.get(owner.environmentId) ?? new Map()
  const own = target.instance === null ? [] : [{ ...target, instance: target.instance }]
  // The references of a new value do not matter here: the value itself is new.
  const changed = { owner: target.instance?.service.name ?? 'shared', names }
  const users = dependentsOf(changed, { shared, services })
  const others = users.filter(({ instance }) => instance.service.id !== target.instance?.service.id)
  return [...own, ...others]
}

/** Plans the deployment of a service that applies its new variables. It deploys the revision that is live. */
function redeployment(target: ServiceTarget, by: readonly StepId[]): Step {
  const { latest, active } = target.instance
  const why = latest === null ? 'it was never deployed' : 'its deployment was removed'
  if (latest === null || (active.length === 0 && phaseOf(latest.status) === 'removed')) {
    const detail = `${why}, so its next deployment will be the first with the new variables`
    return toStep({ action: 'keep', because: 'skipped', target, detail })
  }
  const revision = liveRevision(target)
  const other = otherInProgress(target)
  const name = other?.commit?.slice(0, 7) ?? other?.image ?? 'another revision'
  const what = other
    ? `the revision that is live after the deployment of ${name}, which is in progress`
    : describeLive(revision)
  const detail =
    by.length > 0
      ? `${what}, with the new variables`
      : `${what}; its last deployment failed, so the stored variables may not be in effect`
  return toStep({ action: 'deploy', revision, target, detail, ofLive: true }, by)
}

/**
 * Returns the live commit or image of a service. The result is `current` if Railway does not report it, or if the
 * service is set to it.
 */
export const liveRevision = (target: ServiceTarget): KnownRevision =>
  revisionToRedeploy(liveOf(target), target)

type KnownRevision = Exclude<Revision, { readonly kind: 'latest' }>

/**
 * Returns the commit or image of a deployment of a service. The result is `current` if Railway does not report it, or
 * if the service is set to it.
 */
export function revisionToRedeploy(
  deployment: Deployment | null,
  { instance: { source } }: ServiceTarget,
): KnownRevision {
  const commit = deployment?.commit
  if (source.kind === 'repository' && commit && /^[0-9a-f]{40}$/i.test(commit)) {
    return { kind: 'commit', sha: commit.toLowerCase() }
  }
  if (source.kind !== 'image' || !deployment?.image) return { kind: 'current' }
  const image = parseImageReference(deployment.image)
  const isOther = image !== null && !isSameReference(image, source.image)
  return isOther ? { kind: 'image', image } : { kind: 'current' }
}

function describeLive(revision: KnownRevision): string {
  switch (revision.kind) {
    case 'commit':
      return `commit ${revision.sha.slice(0, 7)}, which is live`
    case 'image':
      return `image ${revision.image.text}, which is live`
    case 'current':
      return 'the commit or image that it has now'
  }
}

/**
 * Returns warnings about services whose live commit or image is not known. Railway deploys the commit that it has stored
 * for such a service, or the image in its settings.
 */
function withoutRevision(steps: readonly Step[]): Warning[] {
  const current = steps.flatMap((step) =>
    step.action === 'deploy' && step.revision.kind === 'current' ? [step.target] : [],
  )
  const commits = current.filter(({ instance }) => instance.source.kind === 'repository')
  const images = current.filter(
    (target) => target.instance.source.kind === 'image' && liveOf(target)?.image === null,
  )
  const warning = (title: string, own: typeof current, message: Sentences): Warning[] =>
    own.length === 0 ? [] : [{ title, message: message(listLocations(own.map(locationOf))) }]
  return [
    ...warning('live commit not known', commits, commitNotKnown),
    ...warning('live image not known', images, imageNotKnown),
  ]
}

/** Returns the message of a warning about services. */
type Sentences = (services: string) => string

const commitNotKnown: Sentences = (services) =>
  `Railway does not report which commit is live for these services: ${services}. To apply the new variables, Railway deploys the commit that it has stored for the service, which may differ from the live commit. Check the commit of the new deployment in the summary. To choose the commit, run \`deploy\` with \`commit-sha\`.`

const imageNotKnown: Sentences = (services) =>
  `Railway does not report which image is live for these services: ${services}. Files may have been uploaded to them. To apply the new variables, Railway deploys the image in the settings of the service, which then replaces an upload. If an upload is live, set \`redeploy: false\` and upload it again, or exclude the service with \`!\` in \`services\`.`

/** Returns a warning about services that use the changed variables and that the run does not deploy. */
function notInEffect(targets: readonly ServiceTarget[]): Warning[] {
  if (targets.length === 0) return []
  return [
    {
      title: 'new variables are not in effect yet',
      message: `These services use the changed variables, but this run does not deploy them: ${listLocations(targets.map(locationOf))}. They run with the old values until their next deployment. To apply the new values, deploy them.`,
    },
  ]
}
