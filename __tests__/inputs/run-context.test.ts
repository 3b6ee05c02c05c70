import { describe, expect, it } from '@jest/globals'
import type { CommitOrigin } from '../../src/inputs/event-commit.ts'
import {
  type PullRequestReference,
  parseContext,
  withPullRequest,
} from '../../src/inputs/run-context.ts'

const head = '1'.repeat(40)
const onBase = '2'.repeat(40)
const runs = '9'.repeat(40)

const pullRequest = (over: object = {}) => ({
  number: 7,
  state: 'open',
  head: { sha: head, ref: 'feature', repo: { full_name: 'acme/shop' } },
  ...over,
})
const forkHead = { sha: head, ref: 'main', repo: { full_name: 'stranger/shop', fork: true } }
const workflowRun = (over: object = {}) => ({
  id: 1,
  event: 'push',
  head_branch: 'main',
  head_sha: head,
  head_repository: { full_name: 'acme/shop', fork: false },
  pull_requests: [],
  ...over,
})
const stranger = { full_name: 'stranger/shop', fork: true }

const own: CommitOrigin = { kind: 'own' }
const fork: CommitOrigin = { kind: 'fork', repository: 'stranger/shop' }
const gone: CommitOrigin = { kind: 'fork', repository: null }
const unknown: CommitOrigin = { kind: 'unknown' }

/**
 * A pull request of repository 1, as a check lists it. `of`: the id of its head repository; `null` if it is deleted.
 */
const listed = (of: number | null) => ({
  number: 7,
  head: { repo: of === null ? null : { id: of } },
  base: { repo: { id: 1 } },
})

function contextOf(name: string, payload: unknown, ref = 'refs/heads/main') {
  return parseContext(
    {
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_EVENT_NAME: name,
      GITHUB_SHA: runs,
      GITHUB_REF: ref,
    },
    payload,
  )
}

describe('the commit of an event, and its repository', () => {
  it.each<[string, string, unknown, string, CommitOrigin]>([
    ['a push', 'push', { after: head }, runs, own],
    ['a run started by hand', 'workflow_dispatch', {}, runs, own],
    ['a release', 'release', { action: 'published' }, runs, own],
    ['a merge queue', 'merge_group', { merge_group: { head_sha: head } }, runs, own],
    ['a comment', 'issue_comment', { issue: { number: 7, pull_request: {} } }, runs, own],
    ['an own pull request', 'pull_request', { pull_request: pullRequest() }, head, own],
    [
      'an own pull request, with other capitals in the name',
      'pull_request',
      {
        pull_request: pullRequest({ head: { ...forkHead, repo: { full_name: 'ACME/Shop' } } }),
      },
      head,
      own,
    ],
    ...[
      'pull_request',
      'pull_request_target',
      'pull_request_review',
      'pull_request_review_comment',
    ].map((name): [string, string, unknown, string, CommitOrigin] => [
      `a fork's pull request (${name})`,
      name,
      { pull_request: pullRequest({ head: forkHead }) },
      head,
      fork,
    ]),
    [
      'a pull request whose repository was deleted',
      'pull_request_target',
      { pull_request: pullRequest({ head: { ...forkHead, repo: null } }) },
      head,
      gone,
    ],
    [
      'a merged pull request',
      'pull_request',
      {
        action: 'closed',
        pull_request: pullRequest({ state: 'closed', merged: true, merge_commit_sha: onBase }),
      },
      onBase,
      own,
    ],
    [
      "a fork's pull request that is merged",
      'pull_request_target',
      {
        action: 'closed',
        pull_request: pullRequest({
          head: forkHead,
          state: 'closed',
          merged: true,
          merge_commit_sha: onBase,
        }),
      },
      onBase,
      own,
    ],
    [
      'a label on a merged pull request, which has a date in place of the flag',
      'pull_request_target',
      {
        action: 'labeled',
        pull_request: pullRequest({
          state: 'closed',
          merged_at: '2026-01-01T00:00:00Z',
          merge_commit_sha: onBase,
        }),
      },
      onBase,
      own,
    ],
    [
      'a merged pull request without its commit',
      'pull_request',
      { action: 'closed', pull_request: pullRequest({ state: 'closed', merged: true }) },
      runs,
      own,
    ],
    [
      'a pull request that is closed and not merged, whose test merge is no commit of the base',
      'pull_request',
      {
        action: 'closed',
        pull_request: pullRequest({ state: 'closed', merged: false, merge_commit_sha: onBase }),
      },
      head,
      own,
    ],
    ['a finished workflow', 'workflow_run', { workflow_run: workflowRun() }, head, own],
    [
      "a fork's workflow",
      'workflow_run',
      { workflow_run: workflowRun({ event: 'pull_request', head_repository: stranger }) },
      head,
      fork,
    ],
    [
      "a fork's workflow on a branch called main",
      'workflow_run',
      {
        repository: { full_name: 'acme/shop' },
        workflow_run: workflowRun({ head_branch: 'main', head_repository: stranger }),
      },
      head,
      fork,
    ],
    [
      'a workflow of a repository that was deleted',
      'workflow_run',
      { workflow_run: workflowRun({ head_repository: null }) },
      head,
      gone,
    ],
    [
      'a workflow of an unnamed repository',
      'workflow_run',
      { workflow_run: { head_sha: head } },
      head,
      gone,
    ],
    [
      'a check suite',
      'check_suite',
      { check_suite: { head_sha: head, head_branch: 'main' } },
      head,
      own,
    ],
    [
      "a check suite of a fork's commit",
      'check_suite',
      { check_suite: { head_sha: head, head_branch: null, pull_requests: [] } },
      head,
      gone,
    ],
    ...(
      [
        ['a pull request of this repository', [listed(1)], own],
        ['one of a fork', [listed(2)], gone],
        ['one of a deleted fork', [listed(null)], gone],
        ['one of a fork beside one that cannot be read', [{ number: 8 }, listed(2)], gone],
        ['one that cannot be read', [{ number: 8 }], own],
      ] as const
    ).flatMap(([name, pullRequests, origin]): [string, string, unknown, string, CommitOrigin][] => [
      [
        `a check suite that lists ${name}`,
        'check_suite',
        { check_suite: { head_sha: head, head_branch: 'main', pull_requests: pullRequests } },
        head,
        origin,
      ],
      [
        `a check that lists ${name}`,
        'check_run',
        {
          check_run: {
            head_sha: head,
            check_suite: { head_branch: 'main' },
            pull_requests: pullRequests,
          },
        },
        head,
        origin,
      ],
    ]),
    [
      'a check',
      'check_run',
      { check_run: { head_sha: head, check_suite: { head_branch: 'main' } } },
      head,
      own,
    ],
    ["a check of a fork's commit", 'check_run', { check_run: { head_sha: head } }, head, gone],
    [
      'a status of a commit on a branch',
      'status',
      { sha: head, branches: [{ name: 'main', commit: { sha: head } }] },
      head,
      own,
    ],
    ['a status of a commit on no branch', 'status', { sha: head, branches: [] }, head, unknown],
    ['a status without branches', 'status', { sha: head }, head, unknown],
    ['a status without its commit', 'status', { branches: [{ name: 'main' }] }, runs, unknown],
    ['an event that has a commit like a status', 'push', { sha: head }, runs, own],
    ['a pull request without a payload', 'pull_request', null, runs, unknown],
    ['half a payload', 'pull_request_target', { pull_request: { number: 7 } }, runs, unknown],
    [
      'a payload of other types',
      'workflow_run',
      { workflow_run: { head_sha: 7, head_repository: [] } },
      runs,
      unknown,
    ],
    ['a payload that is a list', 'check_run', [1], runs, unknown],
    [
      'an invalid commit',
      'pull_request',
      { pull_request: pullRequest({ head: { ...forkHead, sha: 'HEAD' } }) },
      runs,
      unknown,
    ],
  ])('%s', (_, name, payload, commit, origin) => {
    const context = contextOf(name, payload)
    expect([context.commit, context.commitOrigin]).toEqual([commit, origin])
  })
})

describe('the commit of an event with only `GITHUB_SHA`', () => {
  it.each<[string, string, string, CommitOrigin]>([
    ['a deployment of a branch', 'deployment', 'refs/heads/main', own],
    ['a deployment of a tag', 'deployment', 'refs/tags/v1.2.0', own],
    ['a deployment of a commit', 'deployment', '', unknown],
    ["a deployment of a pull request's merge", 'deployment', 'refs/pull/7/merge', unknown],
    ['a status of a deployment of a branch', 'deployment_status', 'refs/heads/feature/x', own],
    ['a status of a deployment of a commit', 'deployment_status', '', unknown],
    ['a status of a deployment of a nameless branch', 'deployment_status', 'refs/heads/', unknown],
    ['a decision about a deployment of a commit', 'deployment_review', '', unknown],
    ['a dispatch on a branch', 'workflow_dispatch', 'refs/heads/main', own],
    ['a dispatch without a ref', 'repository_dispatch', '', own],
    ["an unknown event on a pull request's head", 'dynamic', 'refs/pull/7/head', unknown],
  ])('%s', (_, name, ref, origin) => {
    const { commit, commitOrigin } = contextOf(name, {}, ref)
    expect([commit, commitOrigin]).toEqual([runs, origin])
  })
})

describe('the commit of a deployment, beside the workflow run or the check that created it', () => {
  const ofOther = { head_sha: head, head_branch: 'main' }
  const forkRun = workflowRun({ head_repository: stranger })
  it.each<[string, string, unknown, string, CommitOrigin, string | null]>([
    [
      'a status of a deployment of a tag, from a workflow run on another commit',
      'deployment_status',
      { workflow_run: workflowRun() },
      'refs/tags/v1.2.0',
      own,
      null,
    ],
    [
      'a deployment of a branch, from a workflow run on another branch',
      'deployment',
      { workflow_run: workflowRun() },
      'refs/heads/release',
      own,
      'release',
    ],
    [
      'a status of a deployment of a branch, with a check of another commit',
      'deployment_status',
      { workflow_run: null, check_run: { ...ofOther, check_suite: ofOther } },
      'refs/heads/release',
      own,
      'release',
    ],
    [
      "a status of a deployment of a branch, from a fork's workflow run",
      'deployment_status',
      { workflow_run: forkRun },
      'refs/heads/main',
      own,
      'main',
    ],
    [
      'a status of a deployment of a commit, from a workflow run on another commit',
      'deployment_status',
      { workflow_run: workflowRun() },
      '',
      unknown,
      null,
    ],
    [
      'a status of a deployment of a commit, from a workflow run on it in this repository',
      'deployment_status',
      { workflow_run: workflowRun({ head_sha: runs }) },
      '',
      own,
      null,
    ],
    [
      "a status of a deployment of a commit, from a fork's workflow run on it",
      'deployment_status',
      { workflow_run: { ...forkRun, head_sha: runs } },
      '',
      unknown,
      null,
    ],
    [
      'a decision about a deployment of a branch, with its workflow run',
      'deployment_review',
      { workflow_run: workflowRun() },
      'refs/heads/release',
      own,
      'release',
    ],
  ])('%s', (_, name, payload, ref, origin, branch) => {
    const context = contextOf(name, payload, ref)
    expect([context.commit, context.commitOrigin, context.branch]).toEqual([runs, origin, branch])
  })
})

describe('the branch of an event', () => {
  it.each<[string, string, unknown, string, string | null]>([
    ['of a push', 'push', {}, 'refs/heads/feature/x', 'feature/x'],
    ['of a tag', 'push', {}, 'refs/tags/v1', null],
    [
      'of a pull request',
      'pull_request',
      { pull_request: pullRequest() },
      'refs/pull/7/merge',
      null,
    ],
    [
      "of a finished workflow is that run's, not the default branch",
      'workflow_run',
      { workflow_run: workflowRun({ head_branch: 'release' }) },
      'refs/heads/main',
      'release',
    ],
    ['of an object that only has a branch', 'push', {}, 'refs/remotes/refs/heads/main', null],
    ['of a name with a line end', 'push', {}, 'refs/heads/a\nb', null],
    [
      'of a status is the one whose tip is the commit',
      'status',
      {
        sha: head,
        branches: [
          { name: 'old', commit: { sha: onBase } },
          { name: 'odd' },
          { name: 'topic', commit: { sha: head } },
        ],
      },
      'refs/heads/main',
      'topic',
    ],
    [
      'of a status is the first that contains the commit',
      'status',
      { sha: head, branches: [{ name: 'odd' }, { name: 'old', commit: { sha: onBase } }] },
      'refs/heads/main',
      'odd',
    ],
    ['of a status is missing', 'status', { sha: head, branches: [] }, 'refs/heads/main', null],
    [
      "of a fork's workflow is no branch of this repository",
      'workflow_run',
      { workflow_run: workflowRun({ head_repository: stranger }) },
      'refs/heads/main',
      null,
    ],
  ])('%s', (_, name, payload, ref, branch) => {
    expect(contextOf(name, payload, ref).branch).toBe(branch)
  })
})

describe('the pull request that must be read from GitHub', () => {
  it.each<[string, string, unknown, PullRequestReference | null]>([
    [
      'of a comment on it',
      'issue_comment',
      { issue: { number: 7, pull_request: { url: 'x' } } },
      { by: 'number', number: 7 },
    ],
    ['of a comment on an issue', 'issue_comment', { issue: { number: 7 } }, null],
    [
      'of a review',
      'pull_request_review',
      { pull_request: pullRequest() },
      { by: 'number', number: 7 },
    ],
    [
      'of a finished workflow that lists it',
      'workflow_run',
      { workflow_run: workflowRun({ pull_requests: [{ number: 8 }] }) },
      { by: 'number', number: 8 },
    ],
    [
      'of a finished workflow without a list of them, as for every fork',
      'workflow_run',
      { workflow_run: workflowRun() },
      { by: 'commit', sha: head },
    ],
    [
      'of a finished workflow that lists two',
      'workflow_run',
      { workflow_run: workflowRun({ pull_requests: [{ number: 8 }, { number: 9 }] }) },
      { by: 'commit', sha: head },
    ],
    ['of a pull request event', 'pull_request', { pull_request: pullRequest() }, null],
    ['of a push', 'push', {}, null],
    ['of a comment without its issue', 'issue_comment', {}, null],
    ['of another event on it', 'issues', { issue: { number: 7, pull_request: {} } }, null],
    [
      'of an object that is no review',
      'my_pull_request_review',
      { pull_request: pullRequest() },
      null,
    ],
    ['of another event with a workflow', 'push', { workflow_run: workflowRun() }, null],
    [
      'of a finished workflow without a list',
      'workflow_run',
      { workflow_run: { head_sha: head } },
      { by: 'commit', sha: head },
    ],
  ])('%s', (_, name, payload, reference) => {
    expect(contextOf(name, payload).pullRequestToRead).toEqual(reference)
  })

  const comment = contextOf('issue_comment', { issue: { number: 7, pull_request: {} } })
  const record = {
    number: 7,
    closed: false,
    mergeCommit: null,
    headSha: head,
    headBranch: 'feature',
    headRepository: 'acme/shop',
  }

  it('has its head as the commit', () => {
    expect(withPullRequest(comment, record)).toMatchObject({
      commit: head,
      commitOrigin: own,
      branch: null,
      pullRequestToRead: null,
      pullRequest: {
        number: 7,
        closed: false,
        headSha: head,
        headBranch: 'feature',
        fromFork: false,
      },
    })
  })

  it.each([
    ['a fork', 'stranger/shop', fork],
    ['a deleted repository', null, gone],
  ])('of %s is not trusted', (_, headRepository, origin) => {
    const context = withPullRequest(comment, { ...record, headRepository })
    expect([context.commitOrigin, context.pullRequest?.fromFork]).toEqual([origin, true])
  })

  it('has the commit on the base after the merge', () => {
    const merged = { ...record, headRepository: 'stranger/shop', closed: true, mergeCommit: onBase }
    const context = withPullRequest(comment, merged)
    expect([context.commit, context.commitOrigin, context.pullRequest?.closed]).toEqual([
      onBase,
      own,
      true,
    ])
  })
})

describe('the GitHub of a run', () => {
  it.each([
    [undefined, null, 'https://api.github.com'],
    ['', null, 'https://api.github.com'],
    ['https://github.com', null, 'https://api.github.com'],
    ['https://GitHub.com/', null, 'https://api.github.com'],
    ['https://ghes.acme.example', 'ghes.acme.example', ''],
    ['http://gitea.local:3000/', 'gitea.local:3000', ''],
    ['https://acme.ghe.com', 'acme.ghe.com', ''],
    ['https://github.com.evil.example', 'github.com.evil.example', ''],
    ['not an address', 'another GitHub', ''],
  ])('%s', (server, foreignHost, apiUrl) => {
    const context = parseContext(
      { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: 'acme/shop' },
      null,
    )
    expect([context.foreignHost, context.run.apiUrl]).toEqual([foreignHost, apiUrl])
    expect(context.repository).toBe(foreignHost === null ? 'acme/shop' : `${foreignHost}/acme/shop`)
    expect(context.run.repository).toBe('acme/shop')
  })

  it('does not make a fork of the same name its own', () => {
    const server = {
      GITHUB_SERVER_URL: 'https://ghes.acme.example',
      GITHUB_REPOSITORY: 'acme/shop',
    }
    const head = (full_name: string) => ({ sha: 'a'.repeat(40), ref: 'fix', repo: { full_name } })
    const originOf = (name: string) =>
      parseContext(
        { ...server, GITHUB_EVENT_NAME: 'pull_request' },
        { pull_request: { number: 7, head: head(name) } },
      ).commitOrigin
    expect(originOf('acme/shop')).toEqual({ kind: 'own' })
    expect(originOf('stranger/shop')).toEqual({ kind: 'fork', repository: 'stranger/shop' })
  })
})

describe('the location of a run', () => {
  const runner = {
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_RUN_ID: '42',
    GITHUB_RUN_ATTEMPT: '2',
    GITHUB_JOB: 'deploy',
    GITHUB_ACTION: 'railway',
  }
  const place = { repository: 'acme/shop', step: 'railway', key: '42/2/deploy/railway' }

  it.each<[string, Record<string, string>, object]>([
    [
      'github.com',
      {},
      {
        ...place,
        apiUrl: 'https://api.github.com',
        url: 'https://github.com/acme/shop/actions/runs/42',
      },
    ],
    [
      'another server, whose address ends in slashes',
      { GITHUB_SERVER_URL: 'https://git.acme.example//' },
      { ...place, apiUrl: '', url: 'https://git.acme.example/acme/shop/actions/runs/42' },
    ],
    [
      'another API',
      {
        GITHUB_SERVER_URL: 'https://git.acme.example',
        GITHUB_API_URL: 'https://git.acme.example/api/v3',
      },
      {
        ...place,
        apiUrl: 'https://git.acme.example/api/v3',
        url: 'https://git.acme.example/acme/shop/actions/runs/42',
      },
    ],
  ])('is on %s', (_, more, expected) => {
    expect(parseContext({ ...runner, ...more }, null).run).toEqual(expected)
  })
})
