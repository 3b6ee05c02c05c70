/** What a workflow runs for: the part of the runner's environment that depends on it, and the event file. */
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

/** A push to a branch. */
export function push({ sha = HEAD_SHA, branch = 'main', actor = 'octocat' } = {}): RunnerEvent {
  const ref = `refs/heads/${branch}`
  return event('push', {
    sha,
    ref,
    actor,
    payload: { ref, before: BASE_SHA, after: sha, head_commit: { id: sha, message: 'A change' } },
  })
}

/** A run that someone started by hand. */
export function workflowDispatch({
  sha = HEAD_SHA,
  branch = 'main',
  inputs = {} as Record<string, string>,
} = {}): RunnerEvent {
  const ref = `refs/heads/${branch}`
  return event('workflow_dispatch', { sha, ref, payload: { ref, inputs } })
}

/** A run at a set time, on the default branch. */
export function schedule({ sha = HEAD_SHA, cron = '0 4 * * *' } = {}): RunnerEvent {
  return event('schedule', { sha, ref: 'refs/heads/main', payload: { schedule: cron } })
}

export interface PullRequestOptions {
  number?: number
  /** The pull request's head commit; `GITHUB_SHA` is another one, the merge commit. */
  sha?: string
  action?: string
  /** It is closed since earlier; an event that closes it says so by itself. */
  closed?: boolean
  branch?: string
  base?: string
  /** From a repository of somebody else: GitHub withholds secrets. */
  fork?: boolean
  /** Opened by Dependabot: GitHub withholds the Actions secrets. */
  dependabot?: boolean
  /** Closed by merging. */
  merged?: boolean
  /** `pull_request_target`, which runs in the context of the base branch, with secrets. */
  target?: boolean
}

/** Something happened to a pull request. */
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

/** Any other event. The repository and the sender are added to the payload. */
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
