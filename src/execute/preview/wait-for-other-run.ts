import type { CreatePreviewStep, UpdatePreviewStep } from '../../plan/plan.ts'
import { fixedDelays, pollUntil } from '../../poll-until.ts'
import type { FoundPreview } from './create.ts'
import type { PreviewState } from './ports.ts'
import type { PreviewContext } from './preview-context.ts'

/** The milliseconds that a run waits for the deployments of the run that created the preview. */
const maxWait = 45_000

/** The delay before each poll for those deployments, in milliseconds. */
const delay = 9_000

/** The age of a preview, in milliseconds, up to which the run that created it may still be preparing it. */
const preparedWithin = 900_000

/**
 * Waits until the run that created a preview has started its deployments, so that two runs do not both deploy. Returns
 * the last state that was read. It polls only if the preview is young and a service of the plan was never deployed in
 * it. After {@link maxWait} the wait ends without the deployments.
 */
export async function waitForOtherRun(
  { preview, target: { project } }: CreatePreviewStep | UpdatePreviewStep,
  { environment, createdAt }: FoundPreview,
  first: PreviewState,
  context: PreviewContext,
): Promise<PreviewState> {
  const { clock } = context.ports
  const isYoung = createdAt !== null && clock.now() - createdAt < preparedWithin
  const isNeverDeployed = ({ instances }: PreviewState) =>
    instances.some(
      ({ service, latest, source, deleted }) =>
        latest === null &&
        source.kind !== 'none' &&
        !deleted &&
        preview.deployed.includes(service.id),
    )
  if (!isYoung || !isNeverDeployed(first)) return first
  context.note('another run may be about to deploy it; waiting a moment')
  let state = first
  const wait = (milliseconds: number) => context.wait(milliseconds, "another run's deployments")
  await pollUntil(fixedDelays(clock, maxWait, delay), wait, async () => {
    state = (await context.readState({ project, environment })) ?? state
    return isNeverDeployed(state) ? null : state
  })
  return state
}
