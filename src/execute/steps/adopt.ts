import type { Named } from '../../named.ts'
import type { AdoptStep, DeployStep } from '../../plan/plan.ts'
import type { StepContext, StepResult } from '../step-context.ts'
import { performDeploy } from './deploy.ts'
import { follow } from './follow.ts'

/**
 * Waits for a deployment that was under way already. If Railway skips it, for example because its checks failed, the
 * run starts a deployment of its own. That one is not repeated if it is skipped, too.
 */
export function performAdopt(step: AdoptStep<Named>, context: StepContext): Promise<StepResult> {
  const { clock, emit } = context.ports
  return follow(step, step.deployment.id, clock.now(), context, () => {
    const note = 'Railway skipped the deployment under way; the run starts one of its own'
    emit({ kind: 'note', target: step.target, note })
    return performDeploy(toDeploy(step), context)
  })
}

/** Returns the step that starts the adopted revision. */
function toDeploy({ id, target, after, wave, revision }: AdoptStep<Named>): DeployStep<Named> {
  const detail = 'in place of a deployment that Railway skipped'
  const order = wave === undefined ? { after } : { after, wave }
  return { id, action: 'deploy', target, revision, detail, ...order }
}
