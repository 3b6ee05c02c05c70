import { failure } from '../../errors/codes.ts'
import { labelOf } from '../../named.ts'
import type { DeletePreviewStep, KeepStep } from '../../plan/plan.ts'
import { lastDeploymentOf } from '../../plan/preview/delete.ts'
import { pausesAt, pollUntil } from '../../poll-until.ts'
import { placeInPlan } from '../refresh.ts'
import type { PreviewContext } from './preview-context.ts'
import { PreviewStepError, unwrap } from './step-error.ts'

/** The delays of lookups after a deletion, in milliseconds. */
const lookupDelays = [0, 3_000, 8_000, 20_000, 45_000, 90_000]

/**
 * The number of requests for one deletion. A second request is rejected and harmless, so it is made if the deletion
 * does not show.
 */
const attempts = 3

/** The result of a deletion. `stillListed`: Railway accepted the deletion but still lists the environment. */
export type Removal = { readonly stillListed: boolean } | { readonly kept: KeepStep }

/**
 * Deletes a preview and confirms it by the list of environments. Railway words the deletion of a missing environment
 * like any rejection, so the list decides. A preview that is deleted for its age is read once more before.
 */
export async function deletePreview(
  step: DeletePreviewStep,
  context: PreviewContext,
): Promise<Removal> {
  const { project, environment } = step.target
  for (let attempt = 1; ; attempt += 1) {
    const result = await context.change(
      async () => (await keptInstead(step, context)) ?? context.previews.delete(step.target),
    )
    if ('kept' in result) return result
    if (result.kind === 'not-sent') unwrap(result, 'to delete the preview')
    const isRejected = result.kind === 'rejected' && result.certain
    const seen = await waitUntilGone(context, isRejected ? lookupDelays.slice(0, 2) : lookupDelays)
    const isGone = result.kind === 'rejected' && result.reason === 'deleted'
    if (seen === 'gone' || (isGone && seen === 'unclear')) return { stillListed: false }
    if (result.kind === 'done' && seen === 'there') return { stillListed: true }
    if (attempt < attempts && !isRejected && seen === 'there') continue
    if (result.kind !== 'done') unwrap(result, 'to delete the preview')
    const unclear = failure('api-unavailable', {
      activity: 'confirm-deletion',
      object: { project: labelOf(project), environment: environment.name, service: null },
      detail: 'no answer to its list of environments',
      effect: 'deleted-or-found-later',
    })
    throw new PreviewStepError('unknown', 'Railway did not say whether it is gone', unclear)
  }

  async function waitUntilGone(context: PreviewContext, delays: readonly number[]) {
    const last: { seen: 'there' | 'unclear' } = { seen: 'unclear' }
    const wait = (milliseconds: number) =>
      context.wait(milliseconds, 'the deletion of the environment')
    const gone = await pollUntil(pausesAt(context.ports.clock, delays), wait, async () => {
      const named = await context.previews.named(project, environment.name)
      const isThere = named?.some(({ id }) => id === environment.id) ?? null
      last.seen = isThere === null ? 'unclear' : 'there'
      return isThere === false ? ('gone' as const) : null
    })
    return gone ?? last.seen
  }
}

/** Decides once more about a deletion, because planning may have been a while ago: the preview may be in use again. */
async function keptInstead(
  step: DeletePreviewStep,
  context: PreviewContext,
): Promise<{ kept: KeepStep } | null> {
  const reason = (await inUse(step, context)) ?? (await openAgain(step, context))
  if (reason === null) return null
  return { kept: { action: 'keep', target: step.target, ...reason, ...placeInPlan(step) } }
}

type KeepReason = Pick<KeepStep, 'because' | 'detail'>

/** Returns why a preview that is deleted for its age is kept; `null` if it is not. */
async function inUse(
  { idleSince, target }: DeletePreviewStep,
  { previews }: PreviewContext,
): Promise<KeepReason | null> {
  if (idleSince === undefined) return null
  const state = await previews.state(target)
  const last = state?.ok ? lastDeploymentOf(state.value.instances) : null
  if (last !== null && last <= idleSince) return null
  return last === null
    ? { because: 'skipped', detail: 'Railway did not say whether it was deployed meanwhile' }
    : { because: 'unchanged', detail: 'it was deployed meanwhile' }
}

/**
 * Returns why the preview of a closed pull request is kept: it was reopened, or GitHub did not answer. If
 * GitHub denies access to the pull request, an event that reported it as closed is trusted.
 */
async function openAgain(
  { closed }: DeletePreviewStep,
  { ports }: PreviewContext,
): Promise<KeepReason | null> {
  if (closed === undefined || ports.pullRequests === null) return null
  const { number, toldBy } = closed
  const { state, troubles } = await ports.pullRequests.state(number)
  if (state === 'closed') return null
  if (state === 'open') {
    return { because: 'unchanged', detail: `pull request #${number} is open again` }
  }
  const isForbidden =
    state === 'missing' || troubles.some(({ kind }) => kind === 'missing-permission')
  if (toldBy === 'event' && isForbidden) return null
  const detail = `GitHub did not say whether pull request #${number} is still closed`
  return { because: 'skipped', detail }
}
