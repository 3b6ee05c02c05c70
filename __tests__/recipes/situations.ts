import {
  event,
  HEAD_SHA,
  type PullRequestOptions,
  pullRequest,
  push,
  type RunnerEvent,
  schedule,
  workflowDispatch,
} from '../../local/runner/index.ts'
import { pullRequestNumber } from '../../local/sample.ts'

/** A commit that GitHub has pushed, a manual run, and a scheduled run. */
export const pushed = push()
export const pushedLater = push({ sha: 'd'.repeat(40) })
export const byHand = workflowDispatch()
export const byNight = schedule()

/** An event of the pull request, with these additional properties. */
export function pulled(
  options: PullRequestOptions,
  facts: Record<string, unknown> = {},
): RunnerEvent {
  const made = pullRequest({ number: pullRequestNumber, ...options })
  const { label, ...rest } = facts
  const own = { draft: false, labels: [], ...asRecord(made.payload.pull_request), ...rest }
  const payload = { ...made.payload, pull_request: own, ...(label ? { label } : {}) }
  return { ...made, payload }
}

export const opened = pulled({ action: 'opened' })
export const closed = pulled({ action: 'closed' })
export const fromFork = pulled({ action: 'opened', fork: true })
export const byDependabot = pulled({ action: 'opened', dependabot: true })

const preview = { name: 'preview' }
export const labeled = pulled({ action: 'labeled' }, { labels: [preview], label: preview })
export const unlabeled = pulled({ action: 'unlabeled' }, { label: preview })

/** A comment on the pull request, or on an issue. */
export function commented({
  body = '/preview',
  association = 'MEMBER',
  issue = false,
} = {}): RunnerEvent {
  return event('issue_comment', {
    sha: HEAD_SHA,
    ref: 'refs/heads/main',
    payload: {
      action: 'created',
      issue: { number: pullRequestNumber, ...(issue ? {} : { pull_request: {} }) },
      comment: { body, author_association: association },
    },
  })
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
