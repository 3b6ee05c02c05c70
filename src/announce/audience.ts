import { type Inputs, isChanging } from '../inputs/inputs.ts'
import type { Audience } from './announcer.ts'
import type { Comments, DeploymentRecords } from './ports.ts'

/** Whom a run tells, by its inputs and event. Without a GitHub token, nobody. */
export function audienceFor(
  inputs: Inputs,
  ports: { comments: Comments; records: DeploymentRecords } | null,
): Audience {
  const { command, preview, comment, githubDeployments, context, dryRun } = inputs
  if (!ports || dryRun || !isChanging(command)) return { comment: null, records: null }
  const { pullRequest } = context
  const sha = inputs.commit.kind === 'commit' ? inputs.commit.sha : context.commit
  const prunes = command === 'preview' && preview.action === 'prune'
  return {
    comment:
      comment && pullRequest && !prunes
        ? { port: ports.comments, number: pullRequest.number, marker: markerOf(context.run.step) }
        : null,
    records:
      githubDeployments && sha !== null
        ? { port: ports.records, sha, transient: command === 'preview' }
        : null,
  }
}

/** Invisible on GitHub; what a comment of this step begins with. */
export const markerOf = (step: string) =>
  `<!-- railway-workspace-deploy ${step.replaceAll(/[^\w.-]/g, '-')} -->`
