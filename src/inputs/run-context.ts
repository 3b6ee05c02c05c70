import { type EventPayload, type PullRequestPayload, parseEvent } from './event-payload.ts'

/** The run as the runner describes it: the event, the commit, who started it. */
export interface RunContext {
  /**
   * `owner/name`. Railway builds from repositories of github.com only, so one of another GitHub has the host in
   * front and equals none of theirs: `github.acme.com/owner/name`.
   */
  readonly repository: string
  readonly eventName: string
  /** The host of a GitHub that Railway does not build from; `null` on github.com. */
  readonly foreignHost: string | null
  /** The branch that the event's commit is on; `null` for tags and pull requests. */
  readonly branch: string | null
  /** The commit of the event, see {@link EventCommit}. */
  readonly commit: string | null
  readonly commitOrigin: CommitOrigin
  readonly pullRequest: PullRequest | null
  /** A pull request that the event is about without describing it: GitHub has to be asked for the rest. */
  readonly pullRequestToRead: PullRequestReference | null
  readonly fromDependabot: boolean
  readonly run: RunPlace
}

/**
 * Who wrote the commit of the event.
 * - `own`: it is in this repository.
 * - `fork`: it is in somebody's fork; `repository` is `null` where that is gone.
 * - `unknown`: the event is one that may be about a fork's commit, and does not say whose it is.
 */
export type CommitOrigin =
  | { readonly kind: 'own' }
  | { readonly kind: 'fork'; readonly repository: string | null }
  | { readonly kind: 'unknown' }

/** The run's address, and what tells it from others. */
export interface RunPlace {
  /** Of GitHub's REST API; empty where nobody tells it. */
  readonly apiUrl: string
  /** `owner/name`, as the REST API knows it. */
  readonly repository: string
  /** The page of the run. */
  readonly url: string
  /** The step's id, or what GitHub calls a step without one. */
  readonly step: string
  /** This step of this attempt of this run. */
  readonly key: string
}

export interface PullRequest {
  readonly number: number
  /** It is closed, by this event or since earlier. */
  readonly closed: boolean
  readonly headSha: string
  readonly headBranch: string
  readonly fromFork: boolean
}

/** A pull request to be looked up, by its number or by a commit of it. */
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
 * Reads the run's context from the runner's environment variables and the event's payload. Parts of a payload
 * in an unexpected shape count as missing; where the event's commit follows from them, its origin is unknown.
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
    pullRequest: event.pull_request ? toPullRequest(event.pull_request, event, repository) : null,
    pullRequestToRead: pullRequestToRead(event, variables.GITHUB_EVENT_NAME),
    fromDependabot: variables.GITHUB_ACTOR === 'dependabot[bot]',
    run: toRunPlace(variables),
  }
}

/** A pull request as GitHub's API describes it, which is newer than the event. */
export interface PullRequestRecord {
  readonly number: number
  readonly closed: boolean
  /** The commit on the base, once it is merged. */
  readonly mergeCommit: string | null
  readonly headSha: string
  readonly headBranch: string
  /** `owner/name`; `null` where the repository is gone. */
  readonly headRepository: string | null
}

/** Returns the context with the pull request that GitHub was asked about. */
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

/** The commit that an event is about. */
interface EventCommit {
  readonly sha: string | null
  readonly origin: CommitOrigin
  readonly branch: string | null
}

const own: CommitOrigin = { kind: 'own' }
const unknown: CommitOrigin = { kind: 'unknown' }

/**
 * Events whose commit may be a fork's. Without a payload that says whose it is, `GITHUB_SHA` is no better: for
 * `pull_request` it is the merge of the fork's commit.
 */
const mayBeOfFork = /^(pull_request|workflow_run$|check_suite$|check_run$|status$)/

function eventCommit(event: EventPayload, variables: RunVariables): EventCommit {
  const { GITHUB_REPOSITORY: repository, GITHUB_EVENT_NAME: name } = variables
  const branchOfRef = /^refs\/heads\/(.+)$/.exec(variables.GITHUB_REF)?.[1] ?? null
  const {
    pull_request: pullRequest,
    workflow_run: run,
    check_suite: suite,
    check_run: check,
  } = event
  if (pullRequest) {
    const merged = isClosed(event) && isMerged(pullRequest)
    if (merged) {
      const onBase = pullRequest.merge_commit_sha ?? variables.GITHUB_SHA
      return { sha: onBase || null, origin: own, branch: null }
    }
    const origin = originOf(pullRequest.head.repo?.full_name ?? null, repository)
    return { sha: pullRequest.head.sha, origin, branch: null }
  }
  if (run) {
    const origin = originOf(run.head_repository?.full_name ?? null, repository)
    return { sha: run.head_sha, origin, branch: ownBranch(origin, run.head_branch) }
  }
  if (suite) return checked(suite.head_sha, suite.head_branch)
  if (check) return checked(check.head_sha, check.check_suite?.head_branch)
  if (name === 'status' && event.sha !== undefined) {
    // GitHub lists the branches of this repository that hold the commit: without one it may be anybody's.
    const branches = event.branches ?? []
    const tip = branches.find(({ commit }) => commit?.sha === event.sha) ?? branches[0]
    return { sha: event.sha, origin: tip ? own : unknown, branch: tip?.name ?? null }
  }
  const fallback = variables.GITHUB_SHA || null
  if (mayBeOfFork.test(name)) return { sha: fallback, origin: unknown, branch: null }
  return { sha: fallback, origin: own, branch: branchOfRef }
}

/**
 * The commit of a check. Its branch is `null` where it was pushed to a fork.
 * https://docs.github.com/en/rest/checks/suites
 */
function checked(commit: string, branch: string | null | undefined): EventCommit {
  return branch
    ? { sha: commit, origin: own, branch }
    : { sha: commit, origin: { kind: 'fork', repository: null }, branch: null }
}

function originOf(head: string | null, repository: string): CommitOrigin {
  return head !== null && head.toLowerCase() === repository.toLowerCase()
    ? own
    : { kind: 'fork', repository: head }
}

const ownBranch = (origin: CommitOrigin, branch: string | null | undefined) =>
  origin.kind === 'own' ? (branch ?? null) : null

const isMerged = ({ merged, merged_at }: PullRequestPayload) =>
  merged === true || (merged_at ?? null) !== null

const isClosed = ({ action, pull_request }: EventPayload) =>
  action === 'closed' || pull_request?.state === 'closed'

/** Events that name a pull request and say too little of it, or what was true when they were sent. */
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

/** Without an address, the token is sent nowhere unless the run is on github.com. */
function apiUrlOf({ GITHUB_API_URL, GITHUB_SERVER_URL }: RunVariables): string {
  if (GITHUB_API_URL !== '') return GITHUB_API_URL
  return foreignHostOf(GITHUB_SERVER_URL) === null ? 'https://api.github.com' : ''
}

function toRunPlace(variables: RunVariables): RunPlace {
  const { GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_JOB, GITHUB_ACTION } = variables
  return {
    apiUrl: apiUrlOf(variables),
    repository: variables.GITHUB_REPOSITORY,
    url: `${variables.GITHUB_SERVER_URL}/${variables.GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`,
    step: GITHUB_ACTION,
    key: [GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_JOB, GITHUB_ACTION].join('/'),
  }
}
