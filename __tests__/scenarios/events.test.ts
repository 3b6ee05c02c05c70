import { describe, expect, it } from '@jest/globals'
import { event, pullRequest, type RunnerEvent } from '../../local/runner/index.ts'
import { changesMade } from './fleet.ts'
import { fillShop, setPreviewStage } from './preview-stage.ts'

const stranger = '5'.repeat(40)
const own = '6'.repeat(40)

const workflowRun = (over: object): RunnerEvent =>
  event('workflow_run', {
    sha: own,
    ref: 'refs/heads/main',
    payload: {
      action: 'completed',
      workflow_run: {
        id: 1,
        event: 'pull_request',
        conclusion: 'success',
        head_branch: 'main',
        head_sha: stranger,
        head_repository: { full_name: 'stranger/shop', fork: true },
        pull_requests: [],
        ...over,
      },
    },
  })

const review = (name: string): RunnerEvent => ({
  ...pullRequest({ fork: true, sha: stranger }),
  name,
})

/** The pull requests of a check, as GitHub lists them: with the ids of both repositories. */
const ofForkedPull = {
  pull_requests: [{ number: 7, head: { repo: { id: 2 } }, base: { repo: { id: 1 } } }],
}

const setStage = () => setPreviewStage({ fill: (world) => fillShop(world) })

describe('an event for a commit of a fork', () => {
  it.each<[string, RunnerEvent]>([
    ['a finished workflow', workflowRun({})],
    ['a finished workflow whose repository was deleted', workflowRun({ head_repository: null })],
    ['`pull_request_target`', pullRequest({ fork: true, sha: stranger, target: true })],
    ['a review', review('pull_request_review')],
    ['a comment on a review', review('pull_request_review_comment')],
    [
      'a check of a commit on no branch',
      event('check_suite', {
        sha: own,
        ref: 'refs/heads/main',
        payload: { check_suite: { head_sha: stranger, head_branch: null } },
      }),
    ],
    [
      'a check that names a pull request of a fork',
      event('check_suite', {
        sha: own,
        ref: 'refs/heads/main',
        payload: { check_suite: { head_sha: stranger, head_branch: 'main', ...ofForkedPull } },
      }),
    ],
    [
      'a run of a check that names a pull request of a fork',
      event('check_run', {
        sha: own,
        ref: 'refs/heads/main',
        payload: {
          check_run: { head_sha: stranger, check_suite: { head_branch: 'main' }, ...ofForkedPull },
        },
      }),
    ],
    [
      'a run of a check whose suite names a pull request of a fork',
      event('check_run', {
        sha: own,
        ref: 'refs/heads/main',
        payload: {
          check_run: {
            head_sha: stranger,
            check_suite: { head_branch: 'main', ...ofForkedPull },
          },
        },
      }),
    ],
    [
      'a status of a commit on no branch',
      event('status', {
        sha: own,
        ref: 'refs/heads/main',
        payload: { sha: stranger, branches: [] },
      }),
    ],
    ['half a payload', event('pull_request_target', { sha: own, ref: 'refs/heads/main' })],
  ])('%s, deploys nothing', async (_, occasion) => {
    const { run, railway } = await setStage()
    const result = await run({ environment: 'production' }, { event: occasion })
    expect(result.codes).toEqual(['untrusted-commit'])
    expect(railway.requests).toEqual([])
  })

  it('deploys if `commit-sha` names the commit', async () => {
    const { run, world } = await setStage()
    const inputs = { environment: 'production', 'commit-sha': stranger }
    const result = await run(inputs, { event: workflowRun({}) })
    expect(result.exitCode).toBe(0)
    expect(world.newDeployments().map(({ commit }) => commit)).toEqual([stranger, stranger])
  })

  it('does not prevent a command that chooses no commit', async () => {
    const { run } = await setStage()
    const inputs = {
      command: 'variables',
      environment: 'production',
      projects: 'shop',
      services: 'web',
      variables: 'LOG_LEVEL=debug',
    }
    expect((await run(inputs, { event: workflowRun({}) })).exitCode).toBe(0)
  })

  it.each([
    ['', {}],
    ['with an image, which is for other services', { image: 'postgres:17' }],
  ])('makes no preview %s', async (_, inputs) => {
    const { preview, railway } = await setStage()
    const result = await preview({ fork: true, sha: stranger, target: true }, inputs)
    expect(result.codes).toEqual(['untrusted-commit'])
    expect(railway.requests).toEqual([])
  })

  it('still deletes the preview of a pull request that is closed', async () => {
    const { preview } = await setStage()
    const result = await preview({ fork: true, sha: stranger, target: true, action: 'closed' })
    expect([result.exitCode, result.codes]).toEqual([0, []])
  })
})

describe('a merged pull request', () => {
  it('deploys the commit on the base', async () => {
    const { run, world } = await setStage()
    const merged = pullRequest({ merged: true, sha: stranger })
    const result = await run({ environment: 'production' }, { event: merged })
    expect(result.exitCode).toBe(0)
    const { merge_commit_sha } = merged.payload.pull_request as { merge_commit_sha: string }
    expect(new Set(world.newDeployments().map(({ commit }) => commit))).toEqual(
      new Set([merge_commit_sha]),
    )
  })
})

const comment = event('issue_comment', {
  sha: own,
  ref: 'refs/heads/main',
  payload: {
    action: 'created',
    issue: { number: 7, pull_request: {} },
    comment: { body: '/preview' },
  },
})

describe('a preview for an event that names its pull request', () => {
  const head = '7'.repeat(40)

  it.each<[string, RunnerEvent]>([
    ['a comment', comment],
    [
      'a review, whose payload is older',
      { ...pullRequest({ sha: stranger }), name: 'pull_request_review' },
    ],
    [
      'a finished workflow that lists it',
      workflowRun({
        head_repository: { full_name: 'acme/shop' },
        head_sha: head,
        pull_requests: [{ number: 7 }],
      }),
    ],
    [
      'a finished workflow that does not',
      workflowRun({ head_repository: { full_name: 'acme/shop' }, head_sha: head }),
    ],
  ])('%s, is made for its head', async (_, occasion) => {
    const { preview, hub, deployed, environments } = await setStage()
    hub.pullRequest(7, { sha: head })
    const result = await preview({}, {}, { event: occasion })
    expect([result.exitCode, result.errors]).toEqual([0, []])
    expect(environments('shop')).toContain('pr-7')
    expect(deployed()).toContain('web: 7777777')
    expect(hub.comments.map(({ issue }) => issue)).toEqual([7])
  })

  it('is deleted if the pull request was closed in the meantime', async () => {
    const { preview, hub, environments } = await setStage()
    await preview({ sha: head })
    expect(environments('shop')).toContain('pr-7')
    hub.pullRequest(7, { sha: head, state: 'closed' })
    const result = await preview({}, {}, { event: comment })
    expect(result.exitCode).toBe(0)
    expect(environments('shop')).not.toContain('pr-7')
  })

  it.each([
    ["a fork's", 'stranger/shop'],
    ['of a repository that was deleted', null],
  ])('is not made if the pull request is %s', async (_, headRepository) => {
    const { preview, hub, railway } = await setStage()
    hub.pullRequest(7, { sha: stranger, headRepository })
    const result = await preview({}, {}, { event: comment })
    expect(result.codes).toEqual(['untrusted-commit'])
    expect(railway.requests).toEqual([])
  })

  it("is not made for a fork's workflow, whose pull request is found by its commit", async () => {
    const { preview, hub, railway } = await setStage()
    hub.pullRequest(9, { sha: stranger, headRepository: 'stranger/shop' })
    const result = await preview({}, {}, { event: workflowRun({}) })
    expect(result.codes).toEqual(['untrusted-commit'])
    expect(changesMade(railway)).toEqual([])
  })

  it.each<[string, Record<string, string>, object]>([
    ['has no pull request', {}, {}],
    ['has no pull request, with a fixed name', { 'preview-name': 'latest' }, {}],
    ['is of a repository that was deleted', {}, { head_repository: null }],
  ])("is not made for a fork's workflow that %s", async (_, inputs, over) => {
    const { preview, railway } = await setStage()
    const result = await preview({}, inputs, { event: workflowRun(over) })
    expect(result.codes).toEqual(['untrusted-commit'])
    expect(railway.requests).toEqual([])
  })

  it("is not made for a fork's workflow if there is no token for GitHub", async () => {
    const { run, railway } = await setStage()
    const result = await run({ command: 'preview' }, { event: workflowRun({}) })
    expect(result.codes).toEqual(['untrusted-commit'])
    expect(railway.requests).toEqual([])
  })

  it.each([
    ['GitHub does not find it', 'status-404'],
    ['the permission is missing', 'missing-permission'],
    ['GitHub does not respond', 'silence-before-effect'],
  ] as const)('fails if %s', async (_, fault) => {
    const { preview, github, railway } = await setStage()
    github.inject({ route: 'getPullRequest', times: 99, fault })
    const result = await preview({}, {}, { event: comment })
    expect(result.codes).toEqual(['input-invalid'])
    expect(result.errors.join()).toContain('pull request #7')
    expect(railway.requests).toEqual([])
  })

  it.each<[string, Record<string, string>]>([
    ['named by default', {}],
    ['named after the pull request', { 'preview-name': 'review-<number>' }],
    ['with a fixed name', { 'preview-name': 'queue' }],
    ['that would be deleted', { 'preview-action': 'delete' }],
  ])('%s, is skipped in a merge queue, with a notice', async (_, inputs) => {
    const { preview, railway } = await setStage()
    const queue = event('merge_group', { sha: own, ref: 'refs/heads/gh-readonly-queue/main/pr-7' })
    const result = await preview({}, inputs, { event: queue })
    expect([result.exitCode, result.outputs.status]).toEqual([0, 'skipped'])
    expect(result.annotations.map(({ level, title }) => [level, title])).toEqual([
      ['notice', 'Railway: no preview in a merge queue'],
    ])
    expect(railway.requests).toEqual([])
  })
})

describe('the pull request comment', () => {
  const marker = '<!-- railway-workspace-deploy __acme_railway-workspace-deploy pr-7 -->'
  const body = `${marker}\nanything`
  const step = { env: { GITHUB_ACTION: '__acme_railway-workspace-deploy' } }

  it.each([
    ['another bot', { id: 9, login: 'other[bot]', type: 'Bot' }, 'NONE'],
    ['the owner', { id: 1, login: 'octocat', type: 'User' }, 'OWNER'],
    ['a member', { id: 2, login: 'hubot', type: 'User' }, 'MEMBER'],
    [
      'a collaborator of our own name',
      { id: 3, login: 'github-actions', type: 'User' },
      'COLLABORATOR',
    ],
  ] as const)('of %s that begins with the marker is not edited', async (_, user, association) => {
    const { preview, hub } = await setStage()
    const forged = hub.comment(7, body, { user, association })
    await preview({ sha: own }, {}, step)
    await preview({ sha: stranger }, {}, step)
    await preview({ action: 'closed' }, {}, step)
    expect(forged.body).toBe(body)
    expect(hub.comments).toHaveLength(2)
  })

  it.each([
    ['by GraphQL', { graphql: true, user: false }],
    ['by REST', { graphql: false, user: true }],
    ['only by its creation', { graphql: false, user: false }],
  ])('is recognized as our own, %s', async (_, routes) => {
    const { preview, hub } = await setStage()
    hub.viewerRoutes = routes
    hub.viewer = { id: 77, login: 'acme-deployer[bot]', type: 'Bot' }
    hub.comment(7, body, { user: { id: 9, login: 'other[bot]', type: 'Bot' } })
    await preview({ sha: own }, {}, step)
    await preview({ sha: stranger }, {}, step)
    expect(hub.comments.map(({ user }) => user.id)).toEqual([9, 77])
    expect(hub.comments[1]?.body).toContain('5555555')
  })

  it('takes one more request to recognize, and none if there is no comment yet', async () => {
    const { preview, github } = await setStage()
    await preview({ sha: own }, {}, step)
    const first = github.requests.filter(({ route }) => route === 'viewer').length
    await preview({ sha: stranger }, {}, step)
    const both = github.requests.filter(({ route }) => route === 'viewer').length
    expect([first, both]).toEqual([0, 1])
  })
})
