import { failure } from '../../errors/codes.ts'
import { labelOf } from '../../named.ts'
import type { DeletePreviewStep, KeepStep } from '../../plan/plan.ts'
import { lastDeploymentOf } from '../../plan/preview/delete.ts'
import { pausesAt, pollUntil } from '../../poll-until.ts'
import { placeInPlan } from '../refresh.ts'
import type { PreviewContext } from './preview-context.ts'
import { PreviewStepError, unwrap } from './step-error.ts'

/** The delays of lookups after a deletion, in milliseconds. */
const looks = [0, 3_000, 8_000, 20_000, 45_000, 90_000]

/**
 * The number of requests for one deletion. A second request is rejected and harmless, so it is made if the deletion
 * does not show.
 */
const attempts = 3

/** How the deletion of a preview ended. `stillListed`: Railway took the deletion and lists it all the same. */
export type Removal = { readonly stillListed: boolean } | { readonly kept: KeepStep }

/**
 * Deletes a preview and confirms it by the list of environments. Railway words the deletion of a missing environment
 * like any rejection, so the list decides. A preview that is deleted for its age is read once more before.
 */
export async function removePreview(
  step: DeletePreviewStep,
  work: PreviewContext,
): Promise<Removal> {
  const { project, environment } = step.target
  for (let attempt = 1; ; attempt += 1) {
    const told = await work.change(
      async () => (await keptInstead(step, work)) ?? work.previews.delete(environment),
    )
    if ('kept' in told) return told
    if (told.kind === 'not-sent') unwrap(told, 'to delete the preview')
    const refused = told.kind === 'rejected' && told.certain
    const seen = await look(work, refused ? looks.slice(0, 2) : looks)
    if (seen === 'gone') return { stillListed: false }
    if (told.kind === 'done' && seen === 'there') return { stillListed: true }
    if (attempt < attempts && !refused && seen === 'there') continue
    if (told.kind !== 'done') unwrap(told, 'to delete the preview')
    const unclear = failure('api-unavailable', {
      activity: 'confirm-deletion',
      object: { project: labelOf(project), environment: environment.name, service: null },
      detail: 'no answer to its list of environments',
      effect: 'deleted-or-found-later',
    })
    throw new PreviewStepError('unknown', 'Railway did not say whether it is gone', unclear)
  }

  async function look(at: PreviewContext, schedule: readonly number[]) {
    const last: { seen: 'there' | 'unclear' } = { seen: 'unclear' }
    const wait = (milliseconds: number) => at.wait(milliseconds, 'the environment to be gone')
    const gone = await pollUntil(pausesAt(at.ports.clock, schedule), wait, async () => {
      const named = await at.previews.named(project, environment.name)
      const isThere = named?.some(({ id }) => id === environment.id) ?? null
      last.seen = isThere === null ? 'unclear' : 'there'
      return isThere === false ? ('gone' as const) : null
    })
    return gone ?? last.seen
  }
}

/** Decides once more about a preview that is deleted for its age: planning may have been a while ago. */
async function keptInstead(
  step: DeletePreviewStep,
  { previews }: PreviewContext,
): Promise<{ kept: KeepStep } | null> {
  const { idleSince, target } = step
  if (idleSince === undefined) return null
  const state = await previews.state(target.environment.id)
  const last = state?.ok ? lastDeploymentOf(state.value.instances) : null
  if (last !== null && last <= idleSince) return null
  const [because, detail] =
    last === null
      ? (['skipped', 'Railway did not say whether it was deployed meanwhile'] as const)
      : (['unchanged', 'it was deployed meanwhile'] as const)
  return { kept: { action: 'keep', because, target, detail, ...placeInPlan(step) } }
}
