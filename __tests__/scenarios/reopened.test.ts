import { describe, expect, it } from '@jest/globals'
import type { GitHubFaultName } from '../../local/github/index.ts'
import { fillShop, type PreviewStage, setPreviewStage } from './preview-stage.ts'

const sha = 'a'.repeat(40)
const prune = { 'preview-action': 'prune' }

/** A preview of pull request 7 in each of these projects. */
async function withPreview(projects: string[] = ['shop']): Promise<PreviewStage> {
  const stage = await setPreviewStage({ fill: (world) => fillShop(world, { projects }) })
  const made = await stage.preview({ action: 'opened', sha })
  if (made.exitCode !== 0) throw new Error(made.stdout)
  stage.github.requests.length = 0
  return stage
}

/** Calls a function after the run has read the state, before it deletes anything. */
function afterPlanning({ railway }: PreviewStage, happen: () => void): void {
  const matching = () => {
    happen()
    return false
  }
  railway.inject({ operation: 'EnvironmentRecords', matching, fault: 'refused' })
}

/** The number of requests to GitHub for the state of the pull request. */
const countQueries = ({ github }: PreviewStage) =>
  github.requests.filter(({ route }) => route === 'getPullRequest').length

const reopen = ({ hub }: PreviewStage) => hub.pullRequest(7, { state: 'open' })

describe('a pull request that is reopened before its preview is deleted', () => {
  it('keeps the preview of the run for its closing', async () => {
    const stage = await withPreview()
    afterPlanning(stage, () => reopen(stage))
    const run = await stage.preview({ action: 'closed', sha })
    expect(run.codes).toEqual([])
    expect(stage.environments('shop')).toContain('pr-7')
    expect(run.json('results')).toMatchObject([
      { action: 'keep', status: 'unchanged', message: 'pull request #7 is open again' },
    ])
    expect(run.outputs).toMatchObject({ status: 'unchanged', changed: 'false' })
  })

  it('keeps the preview that was to be pruned', async () => {
    const stage = await withPreview()
    const closed = stage.hub.pullRequest(7, { state: 'closed' })
    // It is requested when the run plans, and once more before the deletion.
    Object.defineProperty(closed, 'state', {
      get: () => (countQueries(stage) > 1 ? 'open' : 'closed'),
    })
    const run = await stage.preview({ number: 8 }, prune)
    expect(run.json('plan')).toMatchObject([{ action: 'delete-preview', environment: 'pr-7' }])
    expect(countQueries(stage)).toBe(2)
    expect(stage.environments('shop')).toContain('pr-7')
    expect(run.json('results')).toMatchObject([
      { action: 'keep', status: 'unchanged', message: 'pull request #7 is open again' },
    ])
  })
})

describe('a pull request that is still closed', () => {
  it('is checked once for each preview, and they are deleted', async () => {
    const stage = await withPreview(['shop', 'billing'])
    const run = await stage.preview({ action: 'closed', sha })
    expect(run.exitCode).toBe(0)
    expect([...stage.environments('shop'), ...stage.environments('billing')]).not.toContain('pr-7')
    expect(countQueries(stage)).toBe(2)
  })

  it('is not checked if the deletion was requested, for any state', async () => {
    const stage = await withPreview()
    const run = await stage.preview({ sha }, { 'preview-action': 'delete' })
    expect(run.exitCode).toBe(0)
    expect(stage.environments('shop')).not.toContain('pr-7')
    expect(countQueries(stage)).toBe(0)
  })

  it('is not checked without a preview to delete', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const run = await stage.preview({ action: 'closed', sha })
    expect(run.outputs.status).toBe('unchanged')
    expect(countQueries(stage)).toBe(0)
  })
})

describe('a GitHub that does not report whether the pull request is still closed', () => {
  const silent: GitHubFaultName[] = ['status-500', 'silence-before-effect', 'wrong-shape']
  it.each(silent)(
    'keeps the preview of the run for its closing, and warns, after %s',
    async (fault) => {
      const stage = await withPreview()
      stage.github.inject({ route: 'getPullRequest', times: Infinity, fault })
      const run = await stage.preview({ action: 'closed', sha })
      expect(stage.environments('shop')).toContain('pr-7')
      expect(run.json('results')).toMatchObject([
        {
          action: 'keep',
          status: 'skipped',
          message: 'GitHub did not report whether pull request #7 is still closed',
        },
      ])
      expect(run.warnings.join()).toContain(
        'GitHub did not report whether pull request #7 is still closed',
      )
    },
  )

  it.each<[string, GitHubFaultName]>([
    ['refuses the query', 'missing-permission'],
    ['does not show it to this token', 'status-404'],
  ])('deletes the preview of the closed pull request if it %s', async (_, fault) => {
    const stage = await withPreview()
    stage.github.inject({ route: 'getPullRequest', times: Infinity, fault })
    const run = await stage.preview({ action: 'closed', sha })
    expect(run.exitCode).toBe(0)
    expect(stage.environments('shop')).not.toContain('pr-7')
  })

  it('deletes the preview of the closed pull request if there is no token', async () => {
    const stage = await withPreview()
    const run = await stage.preview({ action: 'closed', sha }, {}, { githubToken: '' })
    expect(run.exitCode).toBe(0)
    expect(stage.environments('shop')).not.toContain('pr-7')
    expect(countQueries(stage)).toBe(0)
  })
})

/** Makes GitHub report this state of the pull request, also for later events. */
function hold({ hub }: PreviewStage, state: 'open' | 'closed'): void {
  Object.defineProperty(hub.pullRequest(7), 'state', { get: () => state, set: () => {} })
}

describe('an old job for a pull request that is closed now', () => {
  const unmade = async (projects = ['shop']) => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world, { projects }) })
    hold(stage, 'closed')
    return stage
  }

  it.each(['opened', 'synchronize', 'reopened'] as const)(
    'creates no preview, and warns with the next step: %s',
    async (action) => {
      const stage = await unmade(['shop', 'billing'])
      const run = await stage.preview({ action, sha })
      expect(run.exitCode).toBe(0)
      expect([...stage.environments('shop'), ...stage.environments('billing')]).not.toContain(
        'pr-7',
      )
      expect(run.json('results')).toMatchObject([
        { action: 'keep', status: 'skipped', message: 'pull request #7 is closed' },
        { action: 'keep', status: 'skipped', message: 'pull request #7 is closed' },
      ])
      expect(run.warnings.join()).toContain('reopen the pull request')
      expect(countQueries(stage)).toBe(1)
    },
  )

  it('creates the preview that was requested with `preview-action: create`', async () => {
    const stage = await unmade()
    await stage.preview({ sha }, { 'preview-action': 'create' })
    expect(stage.environments('shop')).toContain('pr-7')
    expect(countQueries(stage)).toBe(0)
  })

  it('updates an existing preview without a check', async () => {
    const stage = await withPreview()
    hold(stage, 'closed')
    const run = await stage.preview({ action: 'synchronize', sha: 'b'.repeat(40) })
    expect(run.exitCode).toBe(0)
    expect(countQueries(stage)).toBe(0)
  })

  it.each<GitHubFaultName>(['status-500', 'missing-permission', 'status-404'])(
    'creates the preview if the state cannot be read, without a warning: %s',
    async (fault) => {
      const stage = await unmade()
      stage.github.inject({ route: 'getPullRequest', times: Infinity, fault })
      const run = await stage.preview({ action: 'opened', sha })
      expect(stage.environments('shop')).toContain('pr-7')
      expect(run.warnings).toEqual([])
    },
  )

  it('creates the preview without a GitHub token', async () => {
    const stage = await unmade()
    await stage.preview({ action: 'opened', sha }, {}, { githubToken: '' })
    expect(stage.environments('shop')).toContain('pr-7')
  })
})

describe('a dry run for the closing of a pull request', () => {
  it.each([
    ['open', 'keep'],
    ['closed', 'delete-preview'],
  ] as const)('plans for its present state: %s', async (state, action) => {
    const stage = await withPreview()
    hold(stage, state)
    const run = await stage.preview({ action: 'closed', sha }, { 'dry-run': 'true' })
    expect(run.json('plan')).toMatchObject([{ action, environment: 'pr-7' }])
    expect(stage.environments('shop')).toContain('pr-7')
    expect(countQueries(stage)).toBe(1)
  })
})
