import type { Failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { UpdateError } from '../errors/update-error.ts'
import { invalidInput, rejected } from './invalid-input.ts'
import {
  type PullRequestRecord,
  type PullRequestReference,
  type RunContext,
  withPullRequest,
} from './run-context.ts'

/** A reader of pull requests of the run's repository. */
export interface PullRequestLookup {
  /** Reads a pull request. `record` is `null` if there is none, or if it could not be read because of `errors`. */
  read(
    reference: PullRequestReference,
  ): Promise<{ record: PullRequestRecord | null; errors: readonly UpdateError[] }>
}

/** A context without a pull request that is still to be read. */
export interface ResolvedContext {
  readonly context: RunContext
  readonly errors: readonly UpdateError[]
}

/**
 * Reads the pull request from GitHub if the event has only its number or its head commit, or an old state of it. If the
 * pull request cannot be read, the payload of a review is used instead, and any other event is an error. A commit
 * without a pull request is no error.
 */
export async function readEventPullRequest(
  context: RunContext,
  lookup: PullRequestLookup | null,
): Promise<Result<ResolvedContext>> {
  const { pullRequestToRead: reference, pullRequest } = context
  if (reference === null) return ok({ context, errors: [] })
  const { record, errors } = (await lookup?.read(reference)) ?? { record: null, errors: [] }
  if (record) return ok({ context: withPullRequest(context, record), errors })
  const isComplete =
    pullRequest !== null || (reference.by === 'commit' && lookup && errors.length === 0)
  return isComplete
    ? ok({ context: { ...context, pullRequestToRead: null }, errors })
    : err([unreadable(context, reference, errors)])
}

/** Builds the error of a pull request that could not be read. */
function unreadable(
  { eventName }: RunContext,
  reference: PullRequestReference,
  errors: readonly UpdateError[],
): Failure {
  const [error] = errors
  const cause =
    error === undefined
      ? 'There is no such pull request, or no token.'
      : error.kind === 'failed'
        ? `The request failed: ${error.detail}.`
        : `The token lacks the permission \`${error.permission}\`.`
  const name =
    reference.by === 'number' ? `#${reference.number}` : `of commit ${reference.sha.slice(0, 7)}`
  const because = `The \`${eventName}\` event does not describe pull request ${name}, and GitHub did not return it. ${cause} Expected a token with \`permissions: pull-requests: read\`.`
  return invalidInput('github-token', null, rejected(because))
}
