import { isChanging } from '../inputs/commands.ts'
import { previewName } from '../inputs/preview-inputs.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import type { Comments, GitHubDeploymentsPort } from './ports.ts'

/** The targets of updates on GitHub. A target is `null` if it is turned off or not possible. */
export interface UpdateTargets {
  /** The comment, by its pull request and its marker. */
  readonly comment: { port: Comments; number: number; marker: string } | null
  readonly records: { port: GitHubDeploymentsPort; sha: string; transient: boolean } | null
}

/**
 * Chooses the targets of a run's updates by its inputs and its event. Without a GitHub token there are none. A dry run
 * writes its plan as the comment, and opens no GitHub deployments.
 */
export function chooseTargets(
  inputs: Inputs,
  ports: { comments: Comments; records: GitHubDeploymentsPort } | null,
): UpdateTargets {
  const { command, preview, comment, githubDeployments, context, dryRun } = inputs
  if (!ports || !isChanging(command)) return { comment: null, records: null }
  const { pullRequest } = context
  const sha = inputs.commit.kind === 'commit' ? inputs.commit.sha : context.commit
  const prunes = command === 'preview' && preview.action === 'prune'
  // `rollback` and `variables` do not deploy the commit of the event.
  const deploysCommit = command === 'deploy' || command === 'preview'
  return {
    comment:
      comment && pullRequest && !prunes
        ? { port: ports.comments, number: pullRequest.number, marker: markerOf(inputs) }
        : null,
    records:
      githubDeployments && !dryRun && deploysCommit && sha !== null
        ? { port: ports.records, sha, transient: command === 'preview' }
        : null,
  }
}

/**
 * Returns the marker by which the comment of this step is found again. It is an HTML comment, which GitHub does not
 * show. It contains the name of the preview or environment, because steps of different jobs may have the same name. It
 * contains the shard, because the jobs of a matrix share a step.
 */
export function markerOf({ command, preview, environment, shard, context }: Inputs): string {
  const name = command === 'preview' ? previewName(preview) : (environment ?? '')
  const parts = [
    context.run.step.replaceAll(/[^\w.-]/g, '-'),
    encodeURIComponent(name.toLowerCase()),
    ...(shard === null ? [] : [`${shard.part}/${shard.of}`]),
  ]
  return `<!-- railway-workspace-deploy ${parts.join(' ')} -->`
}
