import {
  type CommitOrigin,
  eventCommit,
  isClosed,
  isDeletion,
  originOf,
  own,
} from './event-commit.ts'
import { type EventPayload, type PullRequestPayload, parseEvent } from './event-payload.ts'

/** The context of a run, as the runner describes it: the event, the commit, the actor. */
export interface RunContext {
  /**
   * The repository, as `owner/name`. A repository of another GitHub has its host in front, as in
   * `github.acme.com/owner/name`. It then equals no source of a service, because Railway builds from github.com only.
   */
  readonly repository: string
  readonly eventName: string
  /** The host of the run's GitHub if Railway does not build from it; `null` for github.com. */
  readonly foreignHost: string | null
  /** The branch of the event's commit; `null` if it is not known to be a branch of this repository, as for tags. */
  readonly branch: string | null
  /** The commit of the event, see {@link EventCommit}. */
  readonly commit: string | null
  readonly commitOrigin: CommitOrigin
  /** `true` for a push that deleted its branch or tag. There is no commit to deploy then. */
  readonly refDeleted: boolean
  readonly pullRequest: PullRequest | null
  /**
   * The reference to a pull request that has to be read from GitHub, because the event does not contain its current
   * state.
   */
  readonly pullRequestToRead: PullRequestReference | null
  readonly fromDependabot: boolean
  readonly run: RunIdentity
}

/** The identity of a run on GitHub. */
export interface RunIdentity {
  /** The URL of GitHub's REST API; empty if it is not known. */
  readonly apiUrl: string
  /** The repository as `owner/name`, also on another GitHub. */
  readonly repository: string
  /** The URL of the run's page. */
  readonly url: string
  /** The step's id, or the one that GitHub gives to a step without an id. */
  readonly step: string
  /** The key of this step in this attempt of the run. No other step has it. */
  readonly key: string
}

/** The pull request of the event. */
export interface PullRequest {
  readonly number: number
  /** Whether it is closed, by this event or an earlier one. */
  readonly closed: boolean
  readonly headSha: string
  readonly headBranch: string
  readonly fromFork: boolean
}

/** A reference to a pull request, by its number or by the head commit. */
export type PullRequestReference =
  | { readonly by: 'number'; readonly number: number }
  | { readonly by: 'commit'; readonly sha: string }

const githubCom = 'https://github.com'

/** Reads the environment variables that describe the run. One that is not set is empty. */
function readVariables(environment: Readonly<Record<string, string | undefined>>) {
  return {
    GITHUB_REPOSITORY: environment.GITHUB_REPOSITORY ?? '',
    GITHUB_EVENT_NAME: environment.GITHUB_EVENT_NAME ?? '',
    GITHUB_REF: environment.GITHUB_REF ?? '',
    GITHUB_SHA: environment.GITHUB_SHA ?? '',
    GITHUB_ACTOR: environment.GITHUB_ACTOR ?? '',
    GITHUB_ACTION: environment.GITHUB_ACTION ?? '',
    GITHUB_API_URL: environment.GITHUB_API_URL ?? '',
    GITHUB_SERVER_URL: (environment.GITHUB_SERVER_URL ?? '').replace(/\/+$/, '') || githubCom,
    GITHUB_JOB: environment.GITHUB_JOB ?? '',
    GITHUB_RUN_ID: environment.GITHUB_RUN_ID ?? '',
    GITHUB_RUN_ATTEMPT: environment.GITHUB_RUN_ATTEMPT ?? '',
  }
}

type RunVariables = ReturnType<typeof readVariables>

/**
 * Reads the run's context from the runner's environment variables and the event's payload. Parts of a payload in an
 * unexpected shape count as missing. If they would show whose commit it is, the origin of the commit is `unknown`.
 */
export function parseContext(
  environment: Record<string, string | undefined>,
  payload: unknown,
): RunContext {
  const variables = readVariables(environment)
  const event = payload === null ? {} : parseEvent(payload)
  const repository = variables.GITHUB_REPOSITORY
  const foreignHost = foreignHostOf(variables.GITHUB_SERVER_URL)
  const commit = eventCommit(event, variables)
  return {
    repository: foreignHost === null ? repository : `${foreignHost}/${repository}`,
    eventName: variables.GITHUB_EVENT_NAME,
    foreignHost,
    branch: commit.branch,
    commit: commit.sha,
    commitOrigin: commit.origin,
    refDeleted: isDeletion(event, variables),
    pullRequest: event.pull_request ? toPullRequest(event.pull_request, event, repository) : null,
    pullRequestToRead: pullRequestToRead(event, variables.GITHUB_EVENT_NAME),
    fromDependabot: variables.GITHUB_ACTOR === 'dependabot[bot]',
    run: toRunIdentity(variables),
  }
}

/** A pull request as GitHub's API describes it. It is newer than the event. */
export interface PullRequestRecord {
  readonly number: number
  readonly closed: boolean
  /** The merge commit on the base branch; `null` if the pull request is not merged. */
  readonly mergeCommit: string | null
  readonly headSha: string
  readonly headBranch: string
  /** The head repository as `owner/name`; `null` if it was deleted. */
  readonly headRepository: string | null
}

/** Returns a context whose pull request and commit are those of the record. */
export function withPullRequest(context: RunContext, record: PullRequestRecord): RunContext {
  const origin = originOf(record.headRepository, context.run.repository)
  const merged = record.closed ? record.mergeCommit : null
  return {
    ...context,
    branch: null,
    commit: merged ?? record.headSha,
    commitOrigin: merged === null ? origin : own,
    pullRequestToRead: null,
    pullRequest: {
      number: record.number,
      closed: record.closed,
      headSha: record.headSha,
      headBranch: record.headBranch,
      fromFork: origin.kind !== 'own',
    },
  }
}

/** Returns the reference of an event to its pull request, if the payload is incomplete or may be out of date. */
function pullRequestToRead(event: EventPayload, name: string): PullRequestReference | null {
  if (name === 'issue_comment' && event.issue?.pull_request) {
    return { by: 'number', number: event.issue.number }
  }
  if (/^pull_request_review/.test(name) && event.pull_request) {
    return { by: 'number', number: event.pull_request.number }
  }
  if (name !== 'workflow_run' || !event.workflow_run) return null
  const [listed, ...others] = event.workflow_run.pull_requests ?? []
  return listed && others.length === 0
    ? { by: 'number', number: listed.number }
    : { by: 'commit', sha: event.workflow_run.head_sha }
}

function toPullRequest(
  pullRequest: PullRequestPayload,
  event: EventPayload,
  repository: string,
): PullRequest {
  const { number, head } = pullRequest
  return {
    number,
    closed: isClosed(event),
    headSha: head.sha,
    headBranch: head.ref,
    fromFork: originOf(head.repo?.full_name ?? null, repository).kind !== 'own',
  }
}

function foreignHostOf(server: string): string | null {
  try {
    const { host } = new URL(server)
    return host === 'github.com' ? null : host
  } catch {
    return 'another GitHub'
  }
}

/**
 * Returns the URL of GitHub's REST API, or an empty text. It is not guessed for a run outside of github.com, so that
 * the token is never sent to another GitHub.
 */
function apiUrlOf({ GITHUB_API_URL, GITHUB_SERVER_URL }: RunVariables): string {
  if (GITHUB_API_URL !== '') return GITHUB_API_URL
  return foreignHostOf(GITHUB_SERVER_URL) === null ? 'https://api.github.com' : ''
}

function toRunIdentity(variables: RunVariables): RunIdentity {
  const { GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_JOB, GITHUB_ACTION } = variables
  return {
    apiUrl: apiUrlOf(variables),
    repository: variables.GITHUB_REPOSITORY,
    url: `${variables.GITHUB_SERVER_URL}/${variables.GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`,
    step: GITHUB_ACTION,
    key: [GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_JOB, GITHUB_ACTION].join('/'),
  }
}
