import { describe, expect, it } from '@jest/globals'
import {
  type PullRequestLookup,
  readEventPullRequest,
} from '../../src/inputs/event-pull-request.ts'
import {
  type PullRequestRecord,
  type PullRequestReference,
  parseContext,
  type RunContext,
} from '../../src/inputs/run-context.ts'

const head = 'a'.repeat(40)
const merge = 'b'.repeat(40)

const comment = parseContext(
  { GITHUB_REPOSITORY: 'acme/shop', GITHUB_EVENT_NAME: 'issue_comment', GITHUB_SHA: merge },
  { issue: { number: 7, pull_request: {} } },
)
const review = parseContext(
  { GITHUB_REPOSITORY: 'acme/shop', GITHUB_EVENT_NAME: 'pull_request_review' },
  {
    pull_request: {
      number: 7,
      head: { sha: head, ref: 'topic', repo: { full_name: 'acme/shop' } },
    },
  },
)
const workflowRun = parseContext(
  { GITHUB_REPOSITORY: 'acme/shop', GITHUB_EVENT_NAME: 'workflow_run' },
  { workflow_run: { head_sha: head, head_branch: 'topic' } },
)
const push = parseContext({ GITHUB_REPOSITORY: 'acme/shop', GITHUB_EVENT_NAME: 'push' }, {})

const record: PullRequestRecord = {
  number: 7,
  closed: false,
  mergeCommit: null,
  headSha: head,
  headBranch: 'topic',
  headRepository: 'acme/shop',
}

type Answer = Awaited<ReturnType<PullRequestLookup['read']>>

function lookup(answer: Answer) {
  const requested: PullRequestReference[] = []
  const read = async (reference: PullRequestReference) => {
    requested.push(reference)
    return answer
  }
  return { read, requested }
}

const failed: Answer = {
  record: null,
  errors: [{ kind: 'failed', doing: 'read the pull request', detail: 'HTTP 502' }],
}
const forbidden: Answer = {
  record: null,
  errors: [{ kind: 'missing-permission', permission: 'pull-requests: read', for: 'previews' }],
}
const absent: Answer = { record: null, errors: [] }

describe('an event that names no pull request to read', () => {
  it('is not changed, and nothing is requested', async () => {
    const api = lookup(absent)
    expect(await readEventPullRequest(push, api)).toEqual({
      ok: true,
      value: { context: push, errors: [] },
    })
    expect(api.requested).toEqual([])
  })
})

describe('a pull request that GitHub returns', () => {
  it.each<[string, RunContext, PullRequestReference]>([
    ['by the number of a comment', comment, { by: 'number', number: 7 }],
    ['by the number of a review', review, { by: 'number', number: 7 }],
    ['by the commit of a workflow run', workflowRun, { by: 'commit', sha: head }],
  ])('is read %s', async (_, context, reference) => {
    const api = lookup({ record, errors: [] })
    expect(await readEventPullRequest(context, api)).toEqual({
      ok: true,
      value: {
        context: {
          ...context,
          branch: null,
          commit: head,
          commitOrigin: { kind: 'own' },
          pullRequestToRead: null,
          pullRequest: {
            number: 7,
            closed: false,
            headSha: head,
            headBranch: 'topic',
            fromFork: false,
          },
        },
        errors: [],
      },
    })
    expect(api.requested).toEqual([reference])
  })

  it.each<[string, Partial<PullRequestRecord>, Partial<RunContext>]>([
    [
      'merged: the commit on the base',
      { closed: true, mergeCommit: merge, headRepository: 'mallory/shop' },
      { commit: merge, commitOrigin: { kind: 'own' } },
    ],
    ['closed without a merge', { closed: true }, { commit: head, commitOrigin: { kind: 'own' } }],
    ['open, with the commit of a trial merge', { mergeCommit: merge }, { commit: head }],
    [
      'of a fork',
      { headRepository: 'mallory/shop' },
      { commit: head, commitOrigin: { kind: 'fork', repository: 'mallory/shop' } },
    ],
    [
      'of a deleted repository',
      { headRepository: null },
      { commitOrigin: { kind: 'fork', repository: null } },
    ],
  ])('may be %s', async (_, more, expected) => {
    const result = await readEventPullRequest(
      comment,
      lookup({ record: { ...record, ...more }, errors: [] }),
    )
    expect(result).toMatchObject({ ok: true, value: { context: expected } })
  })
})

describe('a pull request that cannot be read', () => {
  const refused = (name: string, event: string, cause: string) => ({
    ok: false,
    failures: [
      {
        code: 'input-invalid',
        facts: {
          input: 'github-token',
          given: null,
          problem: {
            kind: 'rejected',
            because: `The \`${event}\` event does not describe pull request ${name}, and GitHub did not return it. ${cause} Expected a token with \`permissions: pull-requests: read\`.`,
          },
        },
      },
    ],
  })
  const none = 'There is no such pull request, or no token.'

  it.each<[string, RunContext, Answer | null, object]>([
    ['a comment, without a token', comment, null, refused('#7', 'issue_comment', none)],
    ['a comment, not found', comment, absent, refused('#7', 'issue_comment', none)],
    [
      'a comment, GitHub down',
      comment,
      failed,
      refused('#7', 'issue_comment', 'The request failed: HTTP 502.'),
    ],
    [
      'a comment, not permitted',
      comment,
      forbidden,
      refused('#7', 'issue_comment', 'The token lacks the permission `pull-requests: read`.'),
    ],
    [
      'a workflow run, without a token',
      workflowRun,
      null,
      refused('of commit aaaaaaa', 'workflow_run', none),
    ],
    [
      'a workflow run, GitHub down',
      workflowRun,
      failed,
      refused('of commit aaaaaaa', 'workflow_run', 'The request failed: HTTP 502.'),
    ],
  ])('%s: the run fails', async (_, context, answer, expected) => {
    const api = answer && lookup(answer)
    expect(await readEventPullRequest(context, api)).toEqual(expected)
  })

  it.each<[string, RunContext, Answer | null]>([
    ['a review, without a token', review, null],
    ['a review, GitHub down', review, failed],
    ['a review, not permitted', review, forbidden],
    ['a workflow run of no pull request', workflowRun, absent],
  ])('%s: the event is used without it', async (_, context, answer) => {
    const api = answer && lookup(answer)
    expect(await readEventPullRequest(context, api)).toEqual({
      ok: true,
      value: {
        context: { ...context, pullRequestToRead: null },
        errors: answer?.errors ?? [],
      },
    })
  })
})
