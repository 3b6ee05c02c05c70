import { failure } from '../../errors/codes.ts'
import { labelOf } from '../../named.ts'
import type {
  CreatePreviewStep,
  DeletePreviewStep,
  Step,
  UpdatePreviewStep,
} from '../../plan/plan.ts'
import { baseOutcome, type Outcome } from '../outcome.ts'
import { createPreview, type FoundPreview } from '../preview/create.ts'
import { removePreview } from '../preview/delete.ts'
import { type PreparedPreview, preparePreview } from '../preview/prepare.ts'
import { PreviewContext } from '../preview/preview-context.ts'
import { PreviewStepError, StepNotStarted } from '../preview/step-error.ts'
import type { StepContext, StepResult } from '../step-context.ts'

/** Creates a preview, or finds one that was made in the meantime, and prepares it for its deployments. */
export function performCreatePreview(
  step: CreatePreviewStep,
  execution: StepContext,
): Promise<StepResult> {
  return perform(step, execution, async (work) => {
    const found = await execution.creations.take(work, () => createPreview(step, work))
    work.tell(found.created ? 'the environment is made' : 'the environment is there already')
    return prepare(step, found, work, execution)
  })
}

/** Updates an existing preview. */
export function performUpdatePreview(
  step: UpdatePreviewStep,
  execution: StepContext,
): Promise<StepResult> {
  return perform(step, execution, async (work) => {
    const { environment, project } = step.target
    const named = await work.previews.named(project, environment.name)
    const record = named?.find(({ id }) => id === environment.id)
    if (named && !record) throw gone(step)
    const createdAt = record ? Date.parse(record.createdAt) : null
    return prepare(step, { environment, created: false, createdAt }, work, execution)
  })
}

function gone({ target: { project, environment } }: UpdatePreviewStep): PreviewStepError {
  const facts = { asked: environment.name, project: labelOf(project), available: [] }
  const missing = failure('environment-not-found', { ...facts, nearest: null, elsewhere: [] })
  return new PreviewStepError('refused', 'somebody deleted the preview meanwhile', missing)
}

async function prepare(
  step: CreatePreviewStep | UpdatePreviewStep,
  found: FoundPreview,
  work: PreviewContext,
  { ready }: StepContext,
): Promise<Outcome> {
  let prepared: PreparedPreview
  try {
    prepared = await preparePreview(step, found, work)
  } catch (error) {
    const cut = found.created
      ? cutShort({ ...step, target: { ...step.target, environment: found.environment } }, error)
      : null
    if (cut) return cut
    throw error
  }
  ready.add(step.id, prepared, step.preview)
  const target = { ...step.target, environment: prepared.environment }
  const placed: Step = found.created
    ? { ...step, target }
    : {
        id: step.id,
        after: step.after,
        action: 'update-preview',
        preview: step.preview,
        target,
        detail: step.detail,
      }
  const base = step.preview.base.name
  const did = [...(found.created ? [`cloned from ${base}`] : []), ...prepared.done]
  const message = [did.length > 0 ? did.join('; ') : 'there already', ...prepared.doubts].join('; ')
  const changed = did.length > 0
  const outcome = baseOutcome(placed, changed ? 'success' : 'unchanged', message)
  return { ...outcome, changed, warning: prepared.doubts.length > 0 }
}

/** Returns the outcome of a preview that exists and could not be prepared. */
function cutShort(placed: CreatePreviewStep | UpdatePreviewStep, error: unknown): Outcome | null {
  const made = 'the environment was made'
  if (error instanceof StepNotStarted) {
    const { failure, message } = error.outcome
    const status = failure ? 'failed' : 'cancelled'
    return { ...baseOutcome(placed, status, `${made}; ${message}`), failure, changed: true }
  }
  if (!(error instanceof PreviewStepError)) return null
  const message = `${made}; ${error.why}`
  return { ...baseOutcome(placed, error.status, message), failure: error.failure, changed: true }
}

/** Deletes a preview and confirms that it is gone. */
export function performDeletePreview(
  step: DeletePreviewStep,
  execution: StepContext,
): Promise<StepResult> {
  return perform(step, execution, async (work) => {
    const removal = await removePreview(step, work)
    if ('kept' in removal) {
      const { kept } = removal
      const base = baseOutcome(kept, kept.because, kept.detail)
      return { ...base, warning: kept.because === 'skipped' }
    }
    const { stillListed } = removal
    const message = stillListed ? 'deleted; Railway still lists it' : 'deleted'
    return { ...baseOutcome(step, 'success', message), changed: true, warning: stillListed }
  })
}

async function perform(
  step: Step,
  { ports, turns, secrets }: StepContext,
  work: (at: PreviewContext) => Promise<Outcome>,
): Promise<StepResult> {
  const startedAt = ports.clock.now()
  try {
    const outcome = await work(new PreviewContext(step, ports, turns, secrets))
    return { outcome: { ...outcome, startedAt, finishedAt: ports.clock.now() } }
  } catch (error) {
    if (error instanceof StepNotStarted) return { outcome: error.outcome }
    if (!(error instanceof PreviewStepError)) throw error
    const { status, why } = error
    const outcome = {
      ...baseOutcome(step, status, why),
      failure: error.failure,
      changed: status !== 'refused',
    }
    return { outcome: { ...outcome, startedAt, finishedAt: ports.clock.now() } }
  }
}
