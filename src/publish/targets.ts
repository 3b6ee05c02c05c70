import { isChanging } from '../inputs/commands.ts'
import { previewName } from '../inputs/preview-inputs.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import type { Comments, GitHubDeploymentsPort } from './ports.ts'

/** The targets of updates. A port is `null` if that is turned off or not possible. */
export interface UpdateTargets {
  /** The comment's marker and the pull request it stands on. */
  readonly comment: { port: Comments; number: number; marker: string } | null
  readonly records: { port: GitHubDeploymentsPort; sha: string; transient: boolean } | null
}

/**
 * Chooses the targets of a run's updates, by its inputs and event. Without a GitHub token there are none. A dry run
 * writes its plan as the comment, and records no deployment.
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
  // A rollback makes another commit live than the event's, and variables come with the one that is there.
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
 * Returns the marker at the beginning of the one comment of this step about this preview, or this environment. It is
 * invisible on GitHub. Steps of different jobs may have the same number, so the step alone does not identify a preview.
 */
export function markerOf({ command, preview, environment, context }: Inputs): string {
  const name = command === 'preview' ? previewName(preview) : (environment ?? '')
  const parts = [
    context.run.step.replaceAll(/[^\w.-]/g, '-'),
    encodeURIComponent(name.toLowerCase()),
  ]
  return `<!-- railway-workspace-deploy ${parts.join(' ')} -->`
}
