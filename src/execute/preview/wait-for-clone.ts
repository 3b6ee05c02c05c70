import { failure } from '../../errors/codes.ts'
import { type Named, toNamed } from '../../named.ts'
import type { CreatePreviewStep, UpdatePreviewStep } from '../../plan/plan.ts'
import { pollUntil } from '../../poll-until.ts'
import { humanTime } from '../../text.ts'
import { previewPollDelays } from './poll-delays.ts'
import type { EnvironmentPlace, PreviewState } from './ports.ts'
import type { PreviewContext } from './preview-context.ts'
import { refuseForeignChanges } from './staged-changes.ts'
import { PreviewStepError, unwrap } from './step-error.ts'

/** The delay before the first poll of an environment that was created a moment ago, in milliseconds. */
const firstDelay = 500

/** The milliseconds without a new service after which missing services are added to a clone. */
const repairAfter = 60_000

/** The milliseconds without a new service after which missing services are added if Railway has reported an error. */
const repairAfterError = 10_000

/**
 * The milliseconds without a new service after which the clone counts as finished, even if Railway is still applying.
 */
const stallTimeout = 600_000

/** A preview that has every service of its base. */
export interface CompleteClone {
  readonly state: PreviewState
  /** The names of the services that the run has added, in one text; `null` if the clone was complete. */
  readonly added: string | null
  /** The paths of the configurations of these services. */
  readonly addedPaths: readonly string[]
}

/**
 * Polls a preview until it has every service of its base. If services are still missing after a while without a new
 * one, the run adds them, once. Throws {@link PreviewStepError} if services are missing after that, or if a change or a
 * wait fails.
 */
export async function waitForClone(
  step: CreatePreviewStep | UpdatePreviewStep,
  place: EnvironmentPlace,
  isNew: boolean,
  context: PreviewContext,
): Promise<CompleteClone> {
  const { clock } = context.ports
  let progressAt = clock.now()
  let known = -1
  const repair: { added: string | null; addedPaths: string[] } = { added: null, addedPaths: [] }
  // The first read of an older environment needs no delay.
  const delays = previewPollDelays(isNew ? firstDelay : 0)
  const wait = async (delay: number) => {
    if (delay > 0) await context.wait(delay, 'the clone')
  }
  const state = await pollUntil(delays, wait, async () => {
    const read = await context.readState(place)
    if (read === null) return null
    const missing = missingIn(read, step.preview.services)
    if (read.instances.length !== known) progressAt = clock.now()
    known = read.instances.length
    const stalledFor = clock.now() - progressAt
    const isApplying = read.applying && stalledFor < stallTimeout
    if (missing.length === 0 && !isApplying) return read
    const patience = read.error === null ? repairAfter : repairAfterError
    if (isApplying || stalledFor < patience) return null
    const names = missing.map(({ name }) => name).join(', ')
    if (repair.added !== null) throw incomplete(names, read, stalledFor, context)
    const paths = missing.map(({ id }) => `/services/${id}`)
    if (!isNew) await refuseForeignChanges(place, read, paths, context)
    await addMissing(step, place, missing, context)
    repair.added = names
    repair.addedPaths = paths
    progressAt = clock.now()
    return null
  })
  return { state, ...repair }
}

/** Returns the services of the base that were never in the preview. A service that somebody removed is not missing. */
function missingIn({ instances }: PreviewState, services: readonly Named[]): Named[] {
  const known = new Set(instances.map(({ service }) => service.id))
  return services.filter(({ id }) => !known.has(id)).map(toNamed)
}

/** Adds services to the preview with their configuration in the base. */
async function addMissing(
  { preview: { base, message } }: CreatePreviewStep | UpdatePreviewStep,
  place: EnvironmentPlace,
  missing: readonly Named[],
  context: PreviewContext,
): Promise<void> {
  const names = missing.map(({ name }) => name).join(', ')
  const { previews } = context
  const purpose = 'to complete the clone'
  context.note(`the clone lacks ${names}; adding it from the base`)
  unwrap(await context.changeOrFail(() => previews.stageMissing(place, base, missing)), purpose)
  unwrap(await context.changeOrFail(() => previews.commit(place, message)), purpose)
}

/**
 * Returns the error of a clone that lacks services although the run has added them. `waited`: the milliseconds without a
 * new service. An error from Railway is not shown, because it may quote values of variables.
 */
function incomplete(
  names: string,
  { error }: PreviewState,
  waited: number,
  { previews: { tokenType } }: PreviewContext,
): PreviewStepError {
  const cause = failure('operation-not-permitted', {
    activity: 'clone-services',
    object: names,
    tokenType,
    reason: 'not-applied',
    waited: humanTime(waited),
    message: error === null ? '' : '(not shown, because it may contain values of variables)',
  })
  return new PreviewStepError('failed', `the clone lacks ${names}`, cause)
}
