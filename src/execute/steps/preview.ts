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
import { deletePreview } from '../preview/delete.ts'
import { type PreparedPreview, preparePreview } from '../preview/prepare.ts'
import { PreviewContext } from '../preview/preview-context.ts'
import { PreviewStepError, StepNotStarted } from '../preview/step-error.ts'
import type { StepContext, StepResult } from '../step-context.ts'

/** Creates a preview and prepares it for its deployments. A preview that another run has created meanwhile is used. */
export function performCreatePreview(
  step: CreatePreviewStep,
  context: StepContext,
): Promise<StepResult> {
  return perform(step, context, async (work) => {
    const found = await context.creations.run(work, () =>
      createPreview(step, work, context.creations),
    )
    work.note(found.created ? 'created the environment' : 'the environment already exists')
    return prepare(step, found, work, context)
  })
}

/** Prepares an existing preview for its deployments. */
export function performUpdatePreview(
  step: UpdatePreviewStep,
  context: StepContext,
): Promise<StepResult> {
  return perform(step, context, async (work) => {
    const { environment, project } = step.target
    const named = await work.previews.named(project, environment.name)
    const record = named?.find(({ id }) => id === environment.id)
    if (named && !record) throw deleted(step)
    const createdAt = record ? Date.parse(record.createdAt) : null
    return prepare(step, { environment, created: false, createdAt }, work, context)
  })
}

function deleted({ target: { project, environment } }: UpdatePreviewStep): PreviewStepError {
  const facts = { requested: environment.name, project: labelOf(project), available: [] }
  const missing = failure('environment-not-found', { ...facts, nearest: null, elsewhere: [] })
  return new PreviewStepError('refused', 'the preview was deleted meanwhile', missing)
}

async function prepare(
  step: CreatePreviewStep | UpdatePreviewStep,
  found: FoundPreview,
  work: PreviewContext,
  { previews }: StepContext,
): Promise<Outcome> {
  let prepared: PreparedPreview
  try {
    prepared = await preparePreview(step, found, work)
  } catch (error) {
    const interrupted = found.created
      ? interruptedPreview(
          { ...step, target: { ...step.target, environment: found.environment } },
          error,
        )
      : null
    if (interrupted) return interrupted
    throw error
  }
  previews.add(step.id, prepared, step.preview)
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
  const changes = [...(found.created ? [`cloned from ${base}`] : []), ...prepared.done]
  const message = [
    changes.length > 0 ? changes.join('; ') : 'already as requested',
    ...prepared.problems,
  ].join('; ')
  const changed = changes.length > 0
  const outcome = baseOutcome(placed, changed ? 'success' : 'unchanged', message)
  return { ...outcome, changed, warning: prepared.problems.length > 0 }
}

/** Returns the outcome of a preview that the run created and could not prepare; `null` after any other error. */
function interruptedPreview(
  placed: CreatePreviewStep | UpdatePreviewStep,
  error: unknown,
): Outcome | null {
  const created = 'the environment was created'
  if (error instanceof StepNotStarted) {
    const { failure, message } = error.outcome
    const status = failure ? 'failed' : 'cancelled'
    return { ...baseOutcome(placed, status, `${created}; ${message}`), failure, changed: true }
  }
  if (!(error instanceof PreviewStepError)) return null
  const message = `${created}; ${error.why}`
  return { ...baseOutcome(placed, error.status, message), failure: error.failure, changed: true }
}

/** Deletes a preview, or keeps it if it is in use again. */
export function performDeletePreview(
  step: DeletePreviewStep,
  context: StepContext,
): Promise<StepResult> {
  return perform(step, context, async (work) => {
    const removal = await deletePreview(step, work)
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

/** Runs the work of a preview step and turns its errors into an outcome. Rejects with any other error. */
async function perform(
  step: Step,
  { ports, queue, secrets }: StepContext,
  work: (context: PreviewContext) => Promise<Outcome>,
): Promise<StepResult> {
  const startedAt = ports.clock.now()
  try {
    const outcome = await work(new PreviewContext(step, ports, queue, secrets))
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
