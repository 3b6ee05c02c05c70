import type { Named } from '../../named.ts'
import type { AdoptStep, DeployStep, StepId } from '../../plan/plan.ts'
import { newerCommit } from '../newer-commit.ts'
import { baseOutcome } from '../outcome.ts'
import type { ServedDeployments } from '../ports.ts'
import { replan } from '../refresh.ts'
import type { StepContext, StepResult } from '../step-context.ts'
import { performDeploy } from './deploy.ts'
import { follow } from './follow.ts'

/**
 * Follows a deployment that was in progress before the run. If Railway skips it, for example because a check failed, the
 * run starts a deployment of its own. If Railway skips that one, too, the skip is the outcome.
 */
export function performAdopt(step: AdoptStep<Named>, context: StepContext): Promise<StepResult> {
  const { clock } = context.ports
  return follow(step, step.deployment.id, { startedAt: clock.now() }, context, (served) =>
    deployInstead(step, served, context),
  )
}

/** Deploys in place of a skipped deployment, unless the service has the same or a newer commit by now. */
async function deployInstead(
  step: AdoptStep<Named>,
  served: ServedDeployments | null,
  context: StepContext,
): Promise<StepResult> {
  const { ports, options, steps } = context
  const planned = toDeploy(step)
  const now = served && { ...served, domains: step.target.instance.domains }
  const { force } = options
  const newer = now && !force ? await newerCommit(planned, now, ports) : null
  const find = (id: StepId) => steps.get(id)
  const next = now ? replan(planned, { now, force, newer, find }) : planned
  if (next.action === 'adopt') return performAdopt(next, context)
  if (next.action === 'keep') {
    const kept = baseOutcome(next, next.because, next.detail)
    return { outcome: { ...kept, warning: next.because === 'superseded' } }
  }
  const note = 'Railway skipped the deployment that was in progress; the run starts its own'
  ports.emit({ kind: 'note', target: step.target, note })
  return performDeploy(next.action === 'deploy' ? next : planned, context)
}

/** Returns the step that deploys the revision of the adopted deployment. */
function toDeploy({
  id,
  target,
  after,
  wave,
  revision,
  mayReplaceNewerCommit,
}: AdoptStep<Named>): DeployStep<Named> {
  const detail = 'in place of a deployment that Railway skipped'
  const order = wave === undefined ? { after } : { after, wave }
  return {
    id,
    action: 'deploy',
    target,
    revision,
    detail,
    ...order,
    ...(mayReplaceNewerCommit && { mayReplaceNewerCommit }),
  }
}
