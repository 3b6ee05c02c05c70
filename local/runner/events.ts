/** The event of a workflow run. `payload` is the content of the event file, the rest are variables of the runner. */
export interface RunnerEvent {
  name: string
  sha: string
  ref: string
  headRef: string
  baseRef: string
  actor: string
  payload: Record<string, unknown>
}

export const REPOSITORY = 'acme/shop'
export const HEAD_SHA = '4f2c1d9e8b7a6f5e4d3c2b1a09f8e7d6c5b4a392'
export const MERGE_SHA = '9d8c7b6a5f4e3d2c1b0a99887766554433221100'
export const BASE_SHA = '0123456789abcdef0123456789abcdef01234567'

/** Returns the event of a push to a branch. */
export function push({ sha = HEAD_SHA, branch = 'main', actor = 'octocat' } = {}): RunnerEvent {
  const ref = `refs/heads/${branch}`
  return event('push', {
    sha,
    ref,
    actor,
    payload: { ref, before: BASE_SHA, after: sha, head_commit: { id: sha, message: 'A change' } },
  })
}

/**
 * Returns the event of a push that deletes a branch or tag. GitHub sets `GITHUB_SHA` to the head of the default branch,
 * or to zeros.
 */
export function deletingPush({
  ref = 'refs/heads/feature',
  sha = '0'.repeat(40),
  deleted = true,
} = {}): RunnerEvent {
  const payload = { ref, before: BASE_SHA, after: '0'.repeat(40), deleted, head_commit: null }
  return event('push', { sha, ref, payload })
}

export interface WorkflowDispatchOptions {
  sha?: string
  branch?: string
  /** The values of the inputs of the workflow, by name. */
  inputs?: Record<string, string>
}

/** Returns the event of a run that was started by hand. */
export function workflowDispatch({
  sha = HEAD_SHA,
  branch = 'main',
  inputs = {},
}: WorkflowDispatchOptions = {}): RunnerEvent {
  const ref = `refs/heads/${branch}`
  return event('workflow_dispatch', { sha, ref, payload: { ref, inputs } })
}

/** Returns the event of a scheduled run on the default branch. */
export function schedule({ sha = HEAD_SHA, cron = '0 4 * * *' } = {}): RunnerEvent {
  return event('schedule', { sha, ref: 'refs/heads/main', payload: { schedule: cron } })
}

export interface PullRequestOptions {
  number?: number
  /** The head commit of the pull request. `GITHUB_SHA` is the merge commit. */
  sha?: string
  /** The activity type of the event, such as `opened`. */
  action?: string
  /** Whether the pull request is closed; by default only if the action is `closed`. */
  closed?: boolean
  /** The head branch. */
  branch?: string
  /** The base branch. */
  base?: string
  /** Whether the head branch is in a fork. GitHub does not pass secrets to such a run. */
  fork?: boolean
  /** Whether Dependabot opened it. GitHub does not pass the Actions secrets to such a run. */
  dependabot?: boolean
  /** Whether it was closed by a merge. */
  merged?: boolean
  /** Whether the event is `pull_request_target`, which runs in the context of the base branch, with secrets. */
  target?: boolean
}

/** Returns an event of a pull request. */
export function pullRequest(options: PullRequestOptions = {}): RunnerEvent {
  const { number = 7, sha = HEAD_SHA, base = 'main', merged = false, target = false } = options
  const { fork = false, dependabot = false, action = merged ? 'closed' : 'synchronize' } = options
  const { branch = dependabot ? 'dependabot/npm_and_yarn/left-pad-1.3.0' : 'feature' } = options
  const { closed = action === 'closed' } = options
  const author = dependabot ? 'dependabot[bot]' : fork ? 'contributor' : 'octocat'
  const onBase = target || merged
  return event(target ? 'pull_request_target' : 'pull_request', {
    sha: target ? BASE_SHA : MERGE_SHA,
    ref: onBase ? `refs/heads/${base}` : `refs/pull/${number}/merge`,
    headRef: branch,
    baseRef: base,
    actor: author,
    payload: {
      action,
      number,
      pull_request: {
        number,
        state: closed ? 'closed' : 'open',
        merged,
        merge_commit_sha: MERGE_SHA,
        html_url: `https://github.com/${REPOSITORY}/pull/${number}`,
        title: 'A change',
        user: { login: author, type: dependabot ? 'Bot' : 'User' },
        head: {
          ref: branch,
          sha,
          repo: { full_name: fork ? 'contributor/shop' : REPOSITORY, fork },
        },
        base: { ref: base, sha: BASE_SHA, repo: { full_name: REPOSITORY, fork: false } },
      },
    },
  })
}

/** Returns an event with this name. The repository and the sender are added to the payload. */
export function event(
  name: string,
  { headRef = '', baseRef = '', actor = 'octocat', payload = {}, ...rest }: EventDetails,
): RunnerEvent {
  const repository = {
    full_name: REPOSITORY,
    name: REPOSITORY.split('/')[1],
    owner: { login: REPOSITORY.split('/')[0] },
    default_branch: 'main',
    html_url: `https://github.com/${REPOSITORY}`,
  }
  const sender = { login: actor, type: actor.endsWith('[bot]') ? 'Bot' : 'User' }
  return { name, headRef, baseRef, actor, ...rest, payload: { repository, sender, ...payload } }
}

type EventDetails = Pick<RunnerEvent, 'sha' | 'ref'> &
  Partial<Pick<RunnerEvent, 'headRef' | 'baseRef' | 'actor' | 'payload'>>
