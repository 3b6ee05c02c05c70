import { failure } from '../../errors/codes.ts'
import { labelOf } from '../../named.ts'
import type { DeletePreviewStep } from '../../plan/plan.ts'
import type { PreviewContext } from './preview-context.ts'
import { PreviewStepError, unwrap } from './step-error.ts'

/** The delays of lookups after a deletion, in milliseconds. */
const lookupDelays = [0, 3_000, 8_000, 20_000, 45_000, 90_000]

/**
 * The number of requests for one deletion. A second request is rejected and harmless, so it is made if the deletion
 * does not show.
 */
const attempts = 3

/**
 * Deletes a preview and confirms it by the list of environments. Railway words the deletion of a missing environment
 * like any rejection, so the list decides. `stillListed`: Railway accepted the deletion but still lists the
 * environment.
 */
export async function deletePreview(
  { target }: DeletePreviewStep,
  context: PreviewContext,
): Promise<{ stillListed: boolean }> {
  const { project, environment } = target
  for (let attempt = 1; ; attempt += 1) {
    const result = await context.change(() => context.previews.delete(environment))
    if (result.kind === 'not-sent') unwrap(result, 'to delete the preview')
    const isRejected = result.kind === 'rejected' && result.certain
    const seen = await waitUntilGone(context, isRejected ? lookupDelays.slice(0, 2) : lookupDelays)
    if (seen === 'gone') return { stillListed: false }
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
    const { clock } = context.ports
    const since = clock.now()
    let seen: 'gone' | 'there' | 'unclear' = 'unclear'
    for (const delay of delays) {
      await context.wait(Math.max(0, since + delay - clock.now()), 'the environment to be gone')
      const named = await context.previews.named(project, environment.name)
      seen =
        named === null
          ? 'unclear'
          : named.some(({ id }) => id === environment.id)
            ? 'there'
            : 'gone'
      if (seen === 'gone') return seen
    }
    return seen
  }
}
