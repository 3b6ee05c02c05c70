import { failure } from '../../errors/codes.ts'
import type { ServiceInstance } from '../../inventory/inventory.ts'
import { type Named, toNamed } from '../../named.ts'
import type { CreatePreviewStep, UpdatePreviewStep } from '../../plan/plan.ts'
import { count } from '../../text.ts'
import type { FoundPreview } from './create.ts'
import { addDomains } from './domains.ts'
import type { PreviewInstance, PreviewState, ServiceChangeValues } from './ports.ts'
import type { PreviewContext } from './preview-context.ts'
import { PreviewStepError, unwrap } from './step-error.ts'

/** A preview in which services may be deployed now. */
export interface PreparedPreview extends FoundPreview {
  readonly instances: readonly ServiceInstance[]
  /** Ids of services whose variables or image are other ones now. */
  readonly reconfigured: ReadonlySet<string>
  /** What was done besides, in words; empty where there was nothing to do. */
  readonly done: readonly string[]
  /** What did not work and is not worth failing for. */
  readonly doubts: readonly string[]
}

/** Between looks at a clone, growing. */
const firstLook = 3_000
const longestLook = 15_000

/** A clone that lacks services and has had no news for this long was left half-made. */
const quietBeforeRepair = 60_000

/** Where Railway says that it failed there is little to wait for. */
const quietAfterError = 10_000

/** However long Railway says that it is applying, a change without news for this long is not. */
const patience = 600_000

/** A change that was applied and does not show after so many looks was not. */
const looksAfterApplying = 4

/** A run that found the preview gives the one that made it this long to start its deployments. */
const graceTime = 45_000
const graceLook = 9_000

/** A preview older than this was not made by a run that is still at it. */
const youngFor = 900_000

/**
 * Makes a preview ready for its deployments, and may be called for one in any state: whatever is as it
 * should be is left alone.
 *
 * The order matters. First the clone is waited for, and completed where it was left half-made. Then pushes
 * are kept from deploying into it, *before* the branch is changed, so that a run that finds the right branch
 * knows that this was done, too: a trigger on the base's branch would deploy pushes to the base, one on the
 * pull request's would deploy every push a second time. Then branch, image and variables go in as one change.
 *
 * That change is staged and committed with `skipDeploys`, because the alternatives deploy by themselves:
 * `environmentPatchCommit` has no such switch and would start a deployment that is not the one asked for,
 * and updating triggers has been seen to do so. Committing what is staged commits what anybody has staged;
 * in an ephemeral clone that is a change somebody made to this preview, so it is kept and told.
 */
export async function preparePreview(
  step: CreatePreviewStep | UpdatePreviewStep,
  found: FoundPreview,
  work: PreviewContext,
): Promise<PreparedPreview> {
  const { environment } = found
  const done: string[] = []
  const doubts: string[] = []
  let state = await waitForClone(step, found, work, done)
  const pending = await pendingChanges(step, environment.id, state, work)
  if (found.created || pending.some(({ branch }) => branch !== undefined)) {
    doubts.push(...(await stopPushes(step, environment.id, state, work)))
  }
  if (pending.length > 0) {
    if (state.staged) doubts.push('changes that somebody had staged in the preview went in with it')
    state = await apply(step, environment.id, pending, work)
    done.push(`set ${describeChanges(pending)}`)
  }
  const domains = await addDomains(step, environment.id, state, work)
  if (domains.made.size > 0) done.push(`${count(domains.made.size, 'domain')} made`)
  doubts.push(...domains.doubts)
  if (!found.created) state = await letOthersStart(step, found, state, work)
  return {
    ...found,
    instances: state.instances
      .filter(({ deleted }) => !deleted)
      .map((one) => toInstance(one, step.preview.services, domains.made.get(one.service.id))),
    reconfigured: new Set(
      pending.filter(({ variables, image }) => variables ?? image).map(({ service }) => service.id),
    ),
    done,
    doubts,
  }
}

/** Waits until every service of the base is there, and puts in what a half-made clone lacks, once. */
async function waitForClone(
  { preview: { base, services, message } }: CreatePreviewStep | UpdatePreviewStep,
  { environment: { id }, created }: FoundPreview,
  work: PreviewContext,
  done: string[],
): Promise<PreviewState> {
  const { clock } = work.ports
  let newsAt = clock.now()
  let there = -1
  let repaired = false
  // A clone that was asked for just now is not there yet.
  let wait = created ? firstLook : 0
  for (; ; wait = Math.min(longestLook, Math.max(firstLook, wait * 1.3))) {
    if (wait > 0) await work.wait(wait, 'the clone')
    const state = await work.look(id)
    if (state === null) continue
    const missing = missingIn(state, services)
    if (state.instances.length !== there) newsAt = clock.now()
    there = state.instances.length
    const quiet = clock.now() - newsAt
    const applying = state.applying && quiet < patience
    if (missing.length === 0 && !applying) return state
    const enough = state.error === null ? quietBeforeRepair : quietAfterError
    if (applying || quiet < enough) continue
    const names = missing.map(({ name }) => name).join(', ')
    if (repaired) throw incomplete(names, work)
    work.tell(`the clone lacks ${names}; putting in what the base has`)
    unwrap(
      await work.changeOrFail(() => work.previews.stageMissing(id, base, missing)),
      'to complete the clone',
    )
    unwrap(
      await work.changeOrFail(() => work.previews.commit(id, message)),
      'to complete the clone',
    )
    done.push(`completed the clone with ${names}`)
    repaired = true
    newsAt = clock.now()
  }
}

/** Services of the base that were never in the preview. One that somebody took out is not missing. */
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

/** What is not as it should be by now. */
async function pendingChanges(
  { target, preview }: CreatePreviewStep | UpdatePreviewStep,
  environmentId: string,
  state: PreviewState,
  work: PreviewContext,
): Promise<ServiceChangeValues[]> {
  const known = new Map(state.instances.map((one) => [one.service.id, one]))
  const present = preview.changes
    .filter(({ service }) => known.get(service.id)?.deleted === false)
    .map((change) => work.withValues(change))
  const place = { projectId: target.project.id, environmentId }
  const different = new Set(await work.previews.differing(place, present))
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

/** A service without a trigger follows no branch, and none is given to it. */
const follows = (instance: PreviewInstance | undefined, branch: string) =>
  (instance?.triggers ?? []).every((trigger) => trigger.branch === branch)

/** A refusal is no reason to fail: the branch is changed next, so pushes to the base stay out anyhow. */
async function stopPushes(
  { target }: CreatePreviewStep | UpdatePreviewStep,
  environmentId: string,
  state: PreviewState,
  work: PreviewContext,
): Promise<string[]> {
  const pushed = state.instances.filter(({ triggers, deleted }) => triggers.length > 0 && !deleted)
  const told = await Promise.all(
    pushed.map(async ({ service }) => {
      const place = { projectId: target.project.id, environmentId, serviceId: service.id }
      const answer = await work.change(() => work.previews.stopAutoDeploy(place))
      if (answer.kind === 'not-sent') unwrap(answer, 'to switch off deployments by pushes')
      return { service, answer }
    }),
  )
  const failed = told.filter(({ answer }) => answer.kind !== 'done')
  if (failed.length === 0) return []
  const names = failed.map(({ service }) => service.name).join(', ')
  return [`pushes may still deploy ${names} in it by themselves`]
}

/** Stages and commits the change, and waits until it shows. */
async function apply(
  { preview: { message }, target }: CreatePreviewStep | UpdatePreviewStep,
  id: string,
  changes: readonly ServiceChangeValues[],
  work: PreviewContext,
): Promise<PreviewState> {
  const doing = 'to set branch, image and variables'
  unwrap(await work.changeOrFail(() => work.previews.stage(id, changes)), doing)
  unwrap(await work.changeOrFail(() => work.previews.commit(id, message)), doing)
  for (let wait = firstLook, looked = 0; ; wait = Math.min(longestLook, wait * 1.3)) {
    await work.wait(wait, 'branch and variables')
    const state = await work.look(id)
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
    const place = { projectId: target.project.id, environmentId: id }
    const settled = shows && !state.staged
    if (settled && (await work.previews.differing(place, changes)).length === 0) return state
    looked += 1
    if (looked < looksAfterApplying) continue
    const refusal = failure('operation-not-permitted', {
      activity: 'apply-preview-changes',
      object: null,
      tokenType: work.previews.tokenType,
      reason: 'other',
      message: state.error ?? 'nothing; the change never showed',
    })
    throw new PreviewStepError('failed', 'branch and variables could not be set', refusal)
  }
}

/**
 * Two runs at once must not both deploy. The one that made the environment goes first; one that found it
 * young and idle waits for the other's deployments to show up, and starts its own only if none do.
 */
async function letOthersStart(
  { preview }: CreatePreviewStep | UpdatePreviewStep,
  { environment, createdAt }: FoundPreview,
  first: PreviewState,
  work: PreviewContext,
): Promise<PreviewState> {
  const { clock } = work.ports
  const since = clock.now()
  const isYoung = createdAt !== null && since - createdAt < youngFor
  const idle = ({ instances }: PreviewState) =>
    instances.some(
      ({ service, latest, source, deleted }) =>
        latest === null &&
        source.kind !== 'none' &&
        !deleted &&
        preview.deployed.includes(service.id),
    )
  let state = first
  while (isYoung && idle(state) && clock.now() - since < graceTime) {
    if (state === first) work.tell('another run may be about to deploy it; waiting a moment')
    await work.wait(graceLook, "another run's deployments")
    state = (await work.look(environment.id)) ?? state
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

/** With the label that it has in the base, and the domain that was made since the state was read. */
function toInstance(
  { deleted: _, ...instance }: PreviewInstance,
  services: readonly Named[],
  made: string | undefined,
): ServiceInstance {
  const { domains } = instance
  const inBase = services.find(({ id }) => id === instance.service.id)
  return {
    ...instance,
    service: toNamed(inBase ?? instance.service),
    domains: domains.length === 0 && made ? [made] : domains,
  }
}
