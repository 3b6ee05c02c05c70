import type { Target } from '../inventory/inventory.ts'
import type { Emit } from './events.ts'
import type { Deployments, FailureReport } from './ports.ts'

/**
 * Reads why a deployment failed, emits the report and the whole log, and returns the report. `reason`: Railway's reason
 * for the status of the deployment, which the report repeats with its secrets redacted.
 */
export async function explainFailure(
  target: Target,
  deploymentId: string,
  reason: string | null,
  { deployments, emit }: { deployments: Pick<Deployments, 'explain'>; emit: Emit },
): Promise<Omit<FailureReport, 'log'>> {
  const { log, ...report } = await deployments.explain(target, deploymentId, reason)
  emit({ kind: 'explained', target, deploymentId, report })
  emit({ kind: 'log-read', target, deploymentId, log })
  return report
}
