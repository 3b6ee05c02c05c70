import { failure } from '../../errors/codes.ts'
import { locationOf, type ServiceInstance } from '../../inventory/inventory.ts'
import { type Named, toNamed } from '../../named.ts'
import type { CreatePreviewStep, UpdatePreviewStep } from '../../plan/plan.ts'
import type { BaseService } from '../../plan/preview/spec.ts'
import { count } from '../../text.ts'
import { maxPollInterval } from '../poll-schedule.ts'
import type { FoundPreview } from './create.ts'
import { addDomains } from './domains.ts'
import type {
  EnvironmentPlace,
  PreviewInstance,
  PreviewState,
  ServiceChangeValues,
} from './ports.ts'
import type { PreviewContext } from './preview-context.ts'
import { endsPreview, PreviewStepError, unwrap } from './step-error.ts'

/** A preview in which services may be deployed now. */
export interface PreparedPreview extends FoundPreview {
  readonly instances: readonly ServiceInstance[]
  /** Ids of services whose variables or image have changed. */
  readonly reconfigured: ReadonlySet<string>
  /** Further changes that were made, in words; empty if there were none. */
  readonly done: readonly string[]
  /** Problems that do not fail the job, in words. */
  readonly problems: readonly string[]
}

/** The first interval between polls of a clone, and of a change that is being applied, in milliseconds. */
const firstPoll = { clone: 500, change: 750 }
const shortPoll = 3_000

/** The milliseconds without progress after which an incomplete clone is completed. */
const repairAfter = 60_000

/** The milliseconds without progress after which a clone is completed if Railway has reported an error of it. */
const repairAfterError = 10_000

/** The milliseconds without progress after which a change that is being applied is given up. */
const stallTimeout = 600_000

/** The number of polls after which an applied change that does not show counts as lost. */
const pollsAfterApplying = 6

/**
 * The milliseconds in which the run that created the preview may start its deployments, before another run starts its
 * own.
 */
const graceTime = 45_000
const gracePoll = 9_000

/** The age in milliseconds up to which another run may still be preparing the preview. */
const recentFor = 900_000

/**
 * Prepares a preview for its deployments, whatever state it is in. Parts that are as requested are left alone.
 *
 * The order matters. First the clone is awaited, and completed if it was left incomplete. Then pushes are stopped from
 * deploying into it, and after that the branch is changed. A run that finds the requested branch therefore knows that
 * pushes are stopped. A trigger on the base's branch would deploy pushes to the base. A trigger on the pull request's
 * branch would deploy every push a second time. Last, branch, image and variables are changed together.
 *
 * That change is staged and committed with `skipDeploys`, because the alternatives deploy by themselves.
 * `environmentPatchCommit` has no such switch and would start an unrequested deployment. Updating triggers has been
 * observed to start one. The commit includes everything that is staged. In an ephemeral clone that is somebody's change
 * to this preview, so it is kept and reported.
 */
export async function preparePreview(
  step: CreatePreviewStep | UpdatePreviewStep,
  found: FoundPreview,
  context: PreviewContext,
): Promise<PreparedPreview> {
  const place = { project: step.target.project, environment: found.environment }
  const done: string[] = []
  const problems: string[] = []
  let state = await waitForClone(step, place, found.created, context, done)
  const pending = await pendingChanges(step, place, state, context)
  if (found.created || pending.some(({ branch }) => branch !== undefined)) {
    problems.push(...(await stopPushes(place, state, context)))
  }
  if (pending.length > 0) {
    if (state.staged)
      problems.push('changes that somebody had staged in the preview were applied, too')
    state = await apply(step, place, pending, context)
    done.push(`set ${describeChanges(pending)}`)
  }
  const domains = await addDomains(step, place, state, context)
  if (domains.created.size > 0) done.push(`${count(domains.created.size, 'domain')} made`)
  problems.push(...domains.problems)
  if (!found.created) state = await waitForConcurrentRun(step, found, state, context)
  return {
    ...found,
    instances: state.instances
      .filter(({ deleted }) => !deleted)
      .map((one) => toInstance(one, step.preview.services, domains.created.get(one.service.id))),
    reconfigured: new Set(
      pending.filter(({ variables, image }) => variables ?? image).map(({ service }) => service.id),
    ),
    done,
    problems,
  }
}

/**
 * Returns the interval after an interval. Short first intervals detect quick changes early; longer later ones save
 * requests.
 */
function nextPoll(wait: number): number {
  if (wait >= shortPoll) return Math.min(maxPollInterval, wait * 1.3)
  return Math.min(shortPoll, Math.max(firstPoll.clone, wait * 3))
}

/** Waits until every service of the base is there. Completes a clone that was left incomplete, once. */
async function waitForClone(
  { preview: { base, services, message } }: CreatePreviewStep | UpdatePreviewStep,
  place: EnvironmentPlace,
  created: boolean,
  context: PreviewContext,
  done: string[],
): Promise<PreviewState> {
  const { clock } = context.ports
  let progressAt = clock.now()
  let known = -1
  let repaired = false
  // A clone that was requested just now does not exist yet.
  let wait = created ? firstPoll.clone : 0
  for (; ; wait = nextPoll(wait)) {
    if (wait > 0) await context.wait(wait, 'the clone')
    const state = await context.readState(place)
    if (state === null) continue
    const missing = missingIn(state, services)
    if (state.instances.length !== known) progressAt = clock.now()
    known = state.instances.length
    const stalledFor = clock.now() - progressAt
    const applying = state.applying && stalledFor < stallTimeout
    if (missing.length === 0 && !applying) return state
    const allowed = state.error === null ? repairAfter : repairAfterError
    if (applying || stalledFor < allowed) continue
    const names = missing.map(({ name }) => name).join(', ')
    if (repaired) throw incomplete(names, context)
    context.note(`the clone lacks ${names}; adding it from the base`)
    unwrap(
      await context.changeOrFail(() => context.previews.stageMissing(place, base, missing)),
      'to complete the clone',
    )
    unwrap(
      await context.changeOrFail(() => context.previews.commit(place, message)),
      'to complete the clone',
    )
    done.push(`completed the clone with ${names}`)
    repaired = true
    progressAt = clock.now()
  }
}

/** Lists the services of the base that were never in the preview. A service that somebody removed is not missing. */
function missingIn({ instances }: PreviewState, services: readonly Named[]): Named[] {
  const known = new Set(instances.map(({ service }) => service.id))
  return services.filter(({ id }) => !known.has(id)).map(toNamed)
}

function incomplete(names: string, { previews: { tokenType } }: PreviewContext): PreviewStepError {
  const refusal = failure('operation-not-permitted', {
    activity: 'clone-services',
    object: names,
    tokenType,
    reason: 'other',
    message: 'nothing that may be shown; the services never appeared',
  })
  return new PreviewStepError('failed', `the clone lacks ${names}`, refusal)
}

/** Lists the requested changes that the preview does not have yet. */
async function pendingChanges(
  { preview }: CreatePreviewStep | UpdatePreviewStep,
  place: EnvironmentPlace,
  state: PreviewState,
  context: PreviewContext,
): Promise<ServiceChangeValues[]> {
  const known = new Map(state.instances.map((one) => [one.service.id, one]))
  const present = preview.changes
    .filter(({ service }) => known.get(service.id)?.deleted === false)
    .map((change) => context.withValues(change))
  const different = new Set(await context.previews.differing(place, present))
  return present.flatMap((change) => {
    const { service, branch, image, variables } = change
    const rebranch = branch !== undefined && !follows(known.get(service.id), branch)
    const source = known.get(service.id)?.source
    const reimage =
      image !== undefined && !(source?.kind === 'image' && source.image === image)
        ? image
        : undefined
    const revalue = different.has(change) ? variables : undefined
    if (!rebranch && !reimage && !revalue) return []
    return [
      {
        service,
        ...(rebranch && { branch }),
        ...(reimage && { image: reimage }),
        ...(revalue && { variables: revalue }),
      },
    ]
  })
}

/** Returns whether a service follows a branch. A service without a trigger follows none, and is given none. */
const follows = (instance: PreviewInstance | undefined, branch: string) =>
  (instance?.triggers ?? []).every((trigger) => trigger.branch === branch)

/**
 * Stops deployments by pushes. A rejection does not fail the job: the branch is changed next, so pushes to the base
 * deploy nothing anyway.
 */
async function stopPushes(
  place: EnvironmentPlace,
  state: PreviewState,
  context: PreviewContext,
): Promise<string[]> {
  const pushed = state.instances.filter(({ triggers, deleted }) => triggers.length > 0 && !deleted)
  if (pushed.length === 0) return []
  const places = pushed.map(({ service }) => ({ ...place, service }))
  const results = await context.change(() => context.previews.stopAutoDeploy(places))
  for (const result of results) {
    if (result.kind === 'not-sent' || (result.kind !== 'done' && endsPreview(result))) {
      unwrap(result, 'to switch off deployments by pushes')
    }
  }
  const failed = pushed.filter((_, index) => results[index]?.kind !== 'done')
  if (failed.length === 0) return []
  const names = failed.map(({ service }) => service.name).join(', ')
  return [`pushes may still deploy ${names} in the preview`]
}

/** Stages and commits the changes, and waits until the preview has them. */
async function apply(
  { preview: { message } }: CreatePreviewStep | UpdatePreviewStep,
  place: EnvironmentPlace,
  changes: readonly ServiceChangeValues[],
  context: PreviewContext,
): Promise<PreviewState> {
  const doing = 'to set branch, image and variables'
  unwrap(await context.changeOrFail(() => context.previews.stage(place, changes)), doing)
  unwrap(await context.changeOrFail(() => context.previews.commit(place, message)), doing)
  for (let wait = firstPoll.change, polls = 0; ; wait = nextPoll(wait)) {
    await context.wait(wait, 'branch and variables')
    const state = await context.readState(place)
    if (state === null) continue
    const known = new Map(state.instances.map((one) => [one.service.id, one]))
    const shows = changes.every(({ service, branch, image }) => {
      const instance = known.get(service.id)
      const { source } = instance ?? {}
      const runs = image === undefined || (source?.kind === 'image' && source.image === image)
      return runs && (branch === undefined || follows(instance, branch))
    })
    if (state.applying) continue
    // Without its own values a preview would start on the base's: they are looked for, not assumed.
    const settled = shows && !state.staged
    if (settled && (await context.previews.differing(place, changes)).length === 0) return state
    polls += 1
    if (polls < pollsAfterApplying) continue
    const refusal = failure('operation-not-permitted', {
      activity: 'apply-preview-changes',
      object: locationOf({ ...place, instance: null }),
      tokenType: context.previews.tokenType,
      reason: 'other',
      message: state.error ?? 'nothing; the change never showed',
    })
    throw new PreviewStepError('failed', 'branch and variables could not be set', refusal)
  }
}

/**
 * Waits for the deployments of a concurrent run, so that two runs do not both deploy. The run that created the
 * environment starts first. A run that found the environment young and without deployments waits for the other's, and
 * starts its own only if none appear.
 */
async function waitForConcurrentRun(
  { preview, target: { project } }: CreatePreviewStep | UpdatePreviewStep,
  { environment, createdAt }: FoundPreview,
  first: PreviewState,
  context: PreviewContext,
): Promise<PreviewState> {
  const { clock } = context.ports
  const since = clock.now()
  const isRecent = createdAt !== null && since - createdAt < recentFor
  const isNeverDeployed = ({ instances }: PreviewState) =>
    instances.some(
      ({ service, latest, source, deleted }) =>
        latest === null &&
        source.kind !== 'none' &&
        !deleted &&
        preview.deployed.includes(service.id),
    )
  let state = first
  while (isRecent && isNeverDeployed(state) && clock.now() - since < graceTime) {
    if (state === first) context.note('another run may be about to deploy it; waiting a moment')
    await context.wait(gracePoll, "another run's deployments")
    state = (await context.readState({ project, environment })) ?? state
  }
  return state
}

function describeChanges(changes: readonly ServiceChangeValues[]): string {
  const branches = new Set(changes.flatMap(({ branch }) => branch ?? []))
  const named = changes.some(({ variables }) => variables !== undefined)
  const imaged = changes.some(({ image }) => image !== undefined)
  return [
    ...[...branches].map((branch) => `branch ${branch}`),
    ...(named ? ['variables'] : []),
    ...(imaged ? ['image'] : []),
  ].join(', ')
}

/**
 * Returns the service with its label and usual duration in the base, and the domain that was created since the state
 * was read.
 */
function toInstance(
  { deleted: _, ...instance }: PreviewInstance,
  services: readonly BaseService[],
  createdDomain: string | undefined,
): ServiceInstance {
  const { domains } = instance
  const inBase = services.find(({ id }) => id === instance.service.id)
  return {
    ...instance,
    service: toNamed(inBase ?? instance.service),
    ...(inBase?.took !== undefined && { usualDuration: inBase.took }),
    domains: domains.length === 0 && createdDomain ? [createdDomain] : domains,
  }
}
