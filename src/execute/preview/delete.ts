import { failure } from '../../errors/codes.ts'
import { labelOf } from '../../named.ts'
import type { DeletePreviewStep, KeepStep } from '../../plan/plan.ts'
import { lastDeploymentOf } from '../../plan/preview/delete.ts'
import { delaysUntilTimes, pollUntil } from '../../poll-until.ts'
import { placeInPlan } from '../refresh.ts'
import type { PreviewContext } from './preview-context.ts'
import { PreviewStepError, unwrap } from './step-error.ts'

/** The times of lookups after a deletion, in milliseconds after its response. */
const lookupDelays = [0, 3_000, 8_000, 20_000, 45_000, 90_000]

/**
 * The maximum number of requests for one deletion. A further request is sent if the environment is still listed. It has
 * no effect on a deleted environment, because Railway rejects it.
 */
const maxAttempts = 3

/**
 * The result of deleting a preview. `stillListed`: Railway has accepted the deletion but still lists the environment.
 * `kept`: the step that replaces the deletion.
 */
export type Removal = { readonly stillListed: boolean } | { readonly kept: KeepStep }

/**
 * Deletes a preview, and reads the list of environments to confirm it. Railway rejects the deletion of a missing
 * environment in the same words as any other, so the list shows whether it is deleted. The preview is kept if it is in
 * use again. Throws {@link PreviewStepError} if the deletion is rejected or not confirmed.
 */
export async function deletePreview(
  step: DeletePreviewStep,
  context: PreviewContext,
): Promise<Removal> {
  const { project, environment } = step.target
  for (let attempt = 1; ; attempt += 1) {
    const result = await context.change(
      async () => (await keepIfInUse(step, context)) ?? context.previews.delete(step.target),
    )
    if ('kept' in result) return result
    if (result.kind === 'not-sent') unwrap(result, 'to delete the preview')
    const isRejected = result.kind === 'rejected' && result.certain
    const seen = await waitUntilDeleted(
      context,
      isRejected ? lookupDelays.slice(0, 2) : lookupDelays,
    )
    const isReportedDeleted = result.kind === 'rejected' && result.reason === 'deleted'
    if (seen === 'deleted' || (isReportedDeleted && seen === 'unclear'))
      return { stillListed: false }
    if (result.kind === 'done' && seen === 'there') return { stillListed: true }
    if (attempt < maxAttempts && !isRejected && seen === 'there') continue
    if (result.kind !== 'done') unwrap(result, 'to delete the preview')
    const unclear = failure('api-unavailable', {
      activity: 'confirm-deletion',
      object: { project: labelOf(project), environment: environment.name, service: null },
      detail: 'no response to its list of environments',
      effect: 'deleted-or-found-later',
    })
    throw new PreviewStepError('unknown', 'Railway did not report whether it is deleted', unclear)
  }

  async function waitUntilDeleted(context: PreviewContext, delays: readonly number[]) {
    const last: { seen: 'there' | 'unclear' } = { seen: 'unclear' }
    const wait = (milliseconds: number) =>
      context.wait(milliseconds, 'the deletion of the environment')
    const deleted = await pollUntil(
      delaysUntilTimes(context.ports.clock, delays),
      wait,
      async () => {
        const named = await context.previews.named(project, environment.name)
        const isThere = named?.some(({ id }) => id === environment.id) ?? null
        last.seen = isThere === null ? 'unclear' : 'there'
        return isThere === false ? ('deleted' as const) : null
      },
    )
    return deleted ?? last.seen
  }
}

/**
 * Returns the step that keeps a preview because it has come into use since planning, or because that could not be read;
 * `null` if it is to be deleted.
 */
async function keepIfInUse(
  step: DeletePreviewStep,
  context: PreviewContext,
): Promise<{ kept: KeepStep } | null> {
  const reason = (await reasonIfDeployed(step, context)) ?? (await reasonIfReopened(step, context))
  if (reason === null) return null
  return { kept: { action: 'keep', target: step.target, ...reason, ...placeInPlan(step) } }
}

type KeepReason = Pick<KeepStep, 'because' | 'detail'>

/**
 * Returns the reason to keep a preview that is to be deleted because of its age: a newer deployment, or no response
 * about deployments. Returns `null` if the preview is to be deleted.
 */
async function reasonIfDeployed(
  { idleSince, target }: DeletePreviewStep,
  { previews }: PreviewContext,
): Promise<KeepReason | null> {
  if (idleSince === undefined) return null
  const state = await previews.state(target)
  const last = state?.ok ? lastDeploymentOf(state.value.instances) : null
  if (last !== null && last <= idleSince) return null
  return last === null
    ? { because: 'skipped', detail: 'Railway did not report whether it was deployed meanwhile' }
    : { because: 'unchanged', detail: 'it was deployed meanwhile' }
}

/**
 * Returns the reason to keep the preview of a closed pull request: the pull request was reopened, or GitHub sent no
 * response. Returns `null` if the preview is to be deleted. If GitHub denies access to the pull request, the state in
 * the event of the run is trusted.
 */
async function reasonIfReopened(
  { closed }: DeletePreviewStep,
  { ports }: PreviewContext,
): Promise<KeepReason | null> {
  if (closed === undefined || ports.pullRequests === null) return null
  const { number, reportedBy } = closed
  const { state, errors } = await ports.pullRequests.state(number)
  if (state === 'closed') return null
  if (state === 'open') {
    return { because: 'unchanged', detail: `pull request #${number} is open again` }
  }
  const isForbidden =
    state === 'missing' || errors.some(({ kind }) => kind === 'missing-permission')
  if (reportedBy === 'event' && isForbidden) return null
  const detail = `GitHub did not report whether pull request #${number} is still closed`
  return { because: 'skipped', detail }
}
