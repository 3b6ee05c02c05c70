import type { Named } from '../../named.ts'
import type { Step } from '../../plan/plan.ts'
import { baseOutcome } from '../outcome.ts'
import type { StepContext, StepResult } from '../step-context.ts'
import { performAdopt } from './adopt.ts'
import { performDeploy } from './deploy.ts'
import { performCreatePreview, performDeletePreview, performUpdatePreview } from './preview.ts'
import { performRollback } from './rollback.ts'
import { performSetVariables } from './set-variables.ts'
import { performUpload } from './upload.ts'

/** Executes a step and returns its result. A rejected or lost request is an outcome, not an exception. */
export async function runStep(step: Step<Named>, context: StepContext): Promise<StepResult> {
  switch (step.action) {
    case 'keep':
      return { outcome: baseOutcome(step, step.because, step.detail) }
    case 'adopt':
      return performAdopt(step, context)
    case 'deploy':
      return performDeploy(step, context)
    case 'set-variables':
      return performSetVariables(step, context)
    case 'upload':
      return performUpload(step, context)
    case 'rollback':
      return performRollback(step, context)
    case 'create-preview':
      return performCreatePreview(step, context)
    case 'update-preview':
      return performUpdatePreview(step, context)
    case 'delete-preview':
      return performDeletePreview(step, context)
  }
}
