import type { CheckedPullRequests, EventPayload, PullRequestPayload } from './event-payload.ts'

/**
 * The origin of the event's commit.
 * - `own`: this repository.
 * - `fork`: a fork. `repository` is `null` if the fork was deleted.
 * - `unknown`: this repository or a fork, because the payload does not say which.
 */
export type CommitOrigin =
  | { readonly kind: 'own' }
  | { readonly kind: 'fork'; readonly repository: string | null }
  | { readonly kind: 'unknown' }

/** The environment variables of the runner that decide about the commit of an event. One that is not set is empty. */
export interface CommitVariables {
  readonly GITHUB_REPOSITORY: string
  readonly GITHUB_EVENT_NAME: string
  readonly GITHUB_REF: string
  readonly GITHUB_SHA: string
}

/** The commit of an event. */
export interface EventCommit {
  readonly sha: string | null
  readonly origin: CommitOrigin
  /** `null` if it is not known to be a branch of this repository, as for tags and pull requests. */
  readonly branch: string | null
}

/** The origin of a commit of this repository. */
export const own: CommitOrigin = { kind: 'own' }
const unknown: CommitOrigin = { kind: 'unknown' }

/**
 * The events whose commit may belong to a fork. `GITHUB_SHA` is no proof against it: for `pull_request` it is a merge
 * of the fork's commit.
 */
const mayBeOfFork = /^(pull_request|workflow_run$|check_suite$|check_run$|status$)/

/**
 * Returns whether `GITHUB_SHA` may be a fork's commit.
 *
 * A deployment can be created for any commit that the repository's network holds, also for the head of a fork's pull
 * request. Its `GITHUB_REF` is empty if it was created for a commit and not for a branch or tag.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#deployment_status
 *
 * A ref below `refs/pull/` holds the commits of a pull request, for any event.
 */
function mayBeForkCommit(event: string, ref: string): boolean {
  if (mayBeOfFork.test(event) || ref.startsWith('refs/pull/')) return true
  return /^deployment(_|$)/.test(event) && !/^refs\/(heads|tags)\/./.test(ref)
}

/** The id that Git uses for a missing commit. GitHub sends it as the commit after a deletion. */
export const zeroCommit = '0'.repeat(40)

/**
 * Returns whether a push deleted its branch or tag. `GITHUB_SHA` is then a commit of the default branch, or zeros.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#push
 */
export function isDeletion(
  { deleted, after }: EventPayload,
  { GITHUB_EVENT_NAME: name, GITHUB_SHA: sha }: CommitVariables,
): boolean {
  if (sha === zeroCommit) return true
  return name === 'push' && (deleted === true || after === zeroCommit)
}

/**
 * Returns the workflow run or the check that an event is about. The payload of a deployment or of its status also has
 * the workflow run and the check that created the deployment. Their commit may differ from the deployed one.
 */
const subjectOf = (
  { workflow_run, check_suite, check_run }: EventPayload,
  name: string,
): Pick<EventPayload, 'workflow_run' | 'check_suite' | 'check_run'> =>
  /^deployment(_|$)/.test(name) ? {} : { workflow_run, check_suite, check_run }

/** Returns whether the workflow run in a payload ran for `GITHUB_SHA`, and for a commit of this repository. */
const isHeadOfOwnRun = (
  { workflow_run: run }: EventPayload,
  { GITHUB_SHA, GITHUB_REPOSITORY }: CommitVariables,
): boolean =>
  run?.head_sha === GITHUB_SHA &&
  originOf(run.head_repository?.full_name ?? null, GITHUB_REPOSITORY).kind === 'own'

/** Returns the commit of an event, from its payload or else from `GITHUB_SHA`. */
export function eventCommit(event: EventPayload, variables: CommitVariables): EventCommit {
  const { GITHUB_REPOSITORY: repository, GITHUB_EVENT_NAME: name } = variables
  const branchOfRef = /^refs\/heads\/(.+)$/.exec(variables.GITHUB_REF)?.[1] ?? null
  const { pull_request: pullRequest } = event
  const { workflow_run: run, check_suite: suite, check_run: check } = subjectOf(event, name)
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
  if (suite) return checked(suite.head_sha, suite.head_branch, suite.pull_requests)
  if (check) {
    const { check_suite: ofCheck, pull_requests: listed } = check
    const all = [...(listed ?? []), ...(ofCheck?.pull_requests ?? [])]
    return checked(check.head_sha, ofCheck?.head_branch, all)
  }
  if (name === 'status' && event.sha !== undefined) {
    // GitHub lists the branches of this repository that hold the commit. Without a branch, it may belong to a fork.
    const branches = event.branches ?? []
    const tip = branches.find(({ commit }) => commit?.sha === event.sha) ?? branches[0]
    return { sha: event.sha, origin: tip ? own : unknown, branch: tip?.name ?? null }
  }
  const fallback = isDeletion(event, variables) ? null : variables.GITHUB_SHA || null
  if (mayBeForkCommit(name, variables.GITHUB_REF)) {
    const origin = isHeadOfOwnRun(event, variables) ? own : unknown
    return { sha: fallback, origin, branch: null }
  }
  return { sha: fallback, origin: own, branch: branchOfRef }
}

/**
 * Returns the commit of a check. GitHub names no branch for a commit that was pushed to a fork
 * (https://docs.github.com/en/rest/checks/suites). A pull request from another repository is also a sign of one.
 */
function checked(
  commit: string,
  branch: string | null | undefined,
  pullRequests: CheckedPullRequests,
): EventCommit {
  const isOfFork =
    pullRequests?.some((one) => one !== null && one.head.repo?.id !== one.base.repo.id) === true
  return branch && !isOfFork
    ? { sha: commit, origin: own, branch }
    : { sha: commit, origin: { kind: 'fork', repository: null }, branch: null }
}

/** Returns the origin of a commit by the repository of its head, as `owner/name`; `null` if that was deleted. */
export function originOf(head: string | null, repository: string): CommitOrigin {
  return head !== null && head.toLowerCase() === repository.toLowerCase()
    ? own
    : { kind: 'fork', repository: head }
}

const ownBranch = (origin: CommitOrigin, branch: string | null | undefined) =>
  origin.kind === 'own' ? (branch ?? null) : null

const isMerged = ({ merged, merged_at }: PullRequestPayload) =>
  merged === true || (merged_at ?? null) !== null

/** Returns whether the pull request of an event is closed. */
export const isClosed = ({ action, pull_request }: EventPayload) =>
  action === 'closed' || pull_request?.state === 'closed'
