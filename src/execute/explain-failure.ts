import type { Target } from '../inventory/inventory.ts'
import type { Emit } from './events.ts'
import type { Deployments, FailureReport } from './ports.ts'

/** Reads why a deployment failed, emits the reason and the whole log, and returns the reason. */
export async function explainFailure(
  target: Target,
  deploymentId: string,
  { deployments, emit }: { deployments: Deployments; emit: Emit },
): Promise<Omit<FailureReport, 'log'>> {
  const { log, ...report } = await deployments.explain(target, deploymentId)
  emit({ kind: 'explained', target, deploymentId, report })
  emit({ kind: 'log-read', target, deploymentId, log })
  return report
}
