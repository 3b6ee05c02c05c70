import { failure } from '../../errors/codes.ts'
import { locationOf } from '../../inventory/inventory.ts'
import type { CreatePreviewStep, UpdatePreviewStep } from '../../plan/plan.ts'
import { pollUntil } from '../../poll-until.ts'
import { humanTime } from '../../text.ts'
import { previewPollDelays } from './poll-delays.ts'
import type {
  EnvironmentPlace,
  PreviewInstance,
  PreviewState,
  ServiceChangeValues,
} from './ports.ts'
import type { PreviewContext } from './preview-context.ts'
import { PreviewStepError, unwrap } from './step-error.ts'

/** The delay before the first poll of a change that was committed, in milliseconds. */
const firstDelay = 750

/** The number of polls without the change, after Railway has finished applying, after which the change has failed. */
const maxPollsAfterApplying = 6

/** Returns the requested changes that the preview does not have yet. A removed service is not changed. */
export async function pendingChanges(
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
    const instance = known.get(service.id)
    const hasBranch = branch === undefined || deploysBranch(instance, branch)
    const hasImage = image === undefined || deploysImage(instance, image)
    const hasValues = variables === undefined || !different.has(change)
    if (hasBranch && hasImage && hasValues) return []
    return [
      {
        service,
        ...(!hasBranch && { branch }),
        ...(!hasImage && { image }),
        ...(!hasValues && { variables }),
      },
    ]
  })
}

/**
 * Stages and commits the changes, and polls until the preview has them. Returns the state that was read then. Throws
 * {@link PreviewStepError} if the preview does not have them after Railway has finished applying, or if a change or a
 * wait fails.
 */
export async function applyChanges(
  { preview: { message } }: CreatePreviewStep | UpdatePreviewStep,
  place: EnvironmentPlace,
  changes: readonly ServiceChangeValues[],
  context: PreviewContext,
): Promise<PreviewState> {
  const purpose = 'to set branch, image and variables'
  unwrap(await context.changeOrFail(() => context.previews.stage(place, changes)), purpose)
  unwrap(await context.changeOrFail(() => context.previews.commit(place, message)), purpose)
  const { clock } = context.ports
  const committedAt = clock.now()
  let pollsAfterApplying = 0
  const wait = (delay: number) => context.wait(delay, 'the branch and the variables to take effect')
  return pollUntil(previewPollDelays(firstDelay), wait, async () => {
    const state = await context.readState(place)
    if (state === null || state.applying) return null
    if (await isApplied(state, place, changes, context)) return state
    pollsAfterApplying += 1
    if (pollsAfterApplying < maxPollsAfterApplying) return null
    throw notApplied(state, place, clock.now() - committedAt, context)
  })
}

/** Returns whether a state has the changes. The values are read, because a service with the base's must not start. */
async function isApplied(
  { instances, stagedPaths }: PreviewState,
  place: EnvironmentPlace,
  changes: readonly ServiceChangeValues[],
  context: PreviewContext,
): Promise<boolean> {
  if (stagedPaths.length > 0) return false
  const known = new Map(instances.map((one) => [one.service.id, one]))
  const isShown = changes.every(({ service, branch, image }) => {
    const instance = known.get(service.id)
    const hasBranch = branch === undefined || deploysBranch(instance, branch)
    return hasBranch && (image === undefined || deploysImage(instance, image))
  })
  return isShown && (await context.previews.differing(place, changes)).length === 0
}

/**
 * Returns the error of changes that Railway accepted and did not apply. `waited`: the milliseconds since they were
 * committed.
 */
function notApplied(
  { error }: PreviewState,
  place: EnvironmentPlace,
  waited: number,
  { previews: { tokenType } }: PreviewContext,
): PreviewStepError {
  const cause = failure('operation-not-permitted', {
    activity: 'apply-preview-changes',
    object: locationOf({ ...place, instance: null }),
    tokenType,
    reason: 'not-applied',
    waited: humanTime(waited),
    message: error ?? '',
  })
  return new PreviewStepError('failed', 'branch and variables could not be set', cause)
}

/** Returns whether pushes to this branch are the only ones that deploy a service, or no pushes deploy it. */
const deploysBranch = (instance: PreviewInstance | undefined, branch: string) =>
  (instance?.triggers ?? []).every((trigger) => trigger.branch === branch)

const deploysImage = (instance: PreviewInstance | undefined, image: string) =>
  instance?.source.kind === 'image' && instance.source.image === image

/** Names the settings that changes have, for the message of the outcome. */
export function describeChanges(changes: readonly ServiceChangeValues[]): string {
  const branches = new Set(changes.flatMap(({ branch }) => branch ?? []))
  const hasVariables = changes.some(({ variables }) => variables !== undefined)
  const hasImage = changes.some(({ image }) => image !== undefined)
  return [
    ...[...branches].map((branch) => `branch ${branch}`),
    ...(hasVariables ? ['variables'] : []),
    ...(hasImage ? ['image'] : []),
  ].join(', ')
}
