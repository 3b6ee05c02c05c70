import { expected, type Failure, failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { UpdateError } from '../errors/update-error.ts'
import {
  type PullRequestRecord,
  type PullRequestReference,
  type RunContext,
  withPullRequest,
} from './run-context.ts'

/** Reads pull requests of the run's repository. */
export interface PullRequestLookup {
  /** `record` is `null` where there is none, or where `errors` say why it could not be read. */
  read(
    reference: PullRequestReference,
  ): Promise<{ record: PullRequestRecord | null; errors: readonly UpdateError[] }>
}

/** A context in which the pull request of the event is settled. */
export interface SettledContext {
  readonly context: RunContext
  readonly errors: readonly UpdateError[]
}

/**
 * Reads the pull request that the event names without describing it. Where it cannot be read, a review's payload
 * has to do; any other event says too little, so the run fails.
 */
export async function readEventPullRequest(
  context: RunContext,
  lookup: PullRequestLookup | null,
): Promise<Result<SettledContext>> {
  const { pullRequestToRead: reference, pullRequest } = context
  if (reference === null) return ok({ context, errors: [] })
  const { record, errors } = (await lookup?.read(reference)) ?? { record: null, errors: [] }
  if (record) return ok({ context: withPullRequest(context, record), errors })
  const settled = { context: { ...context, pullRequestToRead: null }, errors }
  const isSettled =
    pullRequest !== null || (reference.by === 'commit' && lookup && errors.length === 0)
  return isSettled ? ok(settled) : err([unreadable(context, reference, errors)])
}

function unreadable(
  { eventName }: RunContext,
  reference: PullRequestReference,
  errors: readonly UpdateError[],
): Failure {
  const [error] = errors
  const cause =
    error === undefined
      ? 'there is no such pull request, or no token'
      : error.kind === 'failed'
        ? error.detail
        : `the permission \`${error.permission}\` is missing`
  const name =
    reference.by === 'number' ? `#${reference.number}` : `of ${reference.sha.slice(0, 7)}`
  return failure('input-invalid', {
    input: 'github-token',
    given: null,
    problem: expected(
      `a token that can read pull request ${name}, which this \`${eventName}\` event does not describe (\`permissions: pull-requests: read\`): ${cause}`,
    ),
  })
}
