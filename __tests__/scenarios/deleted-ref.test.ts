import { describe, expect, it } from '@jest/globals'
import { deletingPush, event, HEAD_SHA, type RunnerEvent } from '../../local/runner/index.ts'
import { results, stage } from './fleet.ts'
import { repository } from './stage.ts'

const zeros = '0'.repeat(40)

const shop = () =>
  stage((world) => {
    const acme = world.workspace('Acme')
    world.service(world.project(acme, 'shop'), 'web', { source: { repo: repository } })
    return { token: world.workspaceToken(acme) }
  })

const deletions: [string, RunnerEvent][] = [
  ['a branch, with zeros as the commit', deletingPush()],
  ['a branch, with the head of the default branch', deletingPush({ sha: HEAD_SHA })],
  ['a tag', deletingPush({ ref: 'refs/tags/v1' })],
  ['a tag, without a mark', deletingPush({ ref: 'refs/tags/v1', sha: HEAD_SHA, deleted: false })],
]

describe('a push that deletes', () => {
  it.each(deletions)('%s, deploys nothing and says why', async (_, deletion) => {
    const { run, railway } = await shop()
    const result = await run({}, { event: deletion })
    expect([result.exitCode, result.outputs.status]).toEqual([0, 'skipped'])
    expect(result.annotations.map(({ level, title }) => [level, title])).toEqual([
      ['notice', 'Railway: nothing to deploy after a deletion'],
    ])
    expect(railway.requests).toEqual([])
  })

  it.each(deletions)('%s, makes no preview', async (_, deletion) => {
    const { run, railway } = await shop()
    const inputs = { command: 'preview', environment: '', 'preview-name': 'feature' }
    const result = await run(inputs, { event: deletion })
    expect([result.exitCode, result.outputs.status]).toEqual([0, 'skipped'])
    expect(railway.requests).toEqual([])
  })

  it.each([HEAD_SHA, 'latest'])('deploys the commit in `commit-sha`: %s', async (commit) => {
    const { run } = await shop()
    const result = await run({ 'commit-sha': commit }, { event: deletingPush() })
    expect(results(result)).toEqual(['shop/web: deploy success'])
  })

  it.each(['check', 'list'])('does not prevent `%s`', async (command) => {
    const { run } = await shop()
    const result = await run({ command }, { event: deletingPush() })
    expect([result.exitCode, result.outputs.status]).toEqual([0, 'success'])
  })
})

describe('the event `delete`', () => {
  it('deploys the head of the default branch, which is its commit', async () => {
    const { run, world } = await shop()
    const payload = { ref: 'feature', ref_type: 'branch' }
    const deletion = event('delete', { sha: HEAD_SHA, ref: 'refs/heads/main', payload })
    const result = await run({}, { event: deletion })
    expect(results(result)).toEqual(['shop/web: deploy success'])
    expect(world.newDeployments().map(({ commit }) => commit)).toEqual([HEAD_SHA])
  })
})

describe('`commit-sha` of zeros', () => {
  it.each(['deploy', 'preview'])(
    'is rejected, with advice how to skip such a run: %s',
    async (command) => {
      const { run, railway } = await shop()
      const inputs = { command, 'commit-sha': zeros, 'preview-name': 'feature' }
      const result = await run(command === 'preview' ? { ...inputs, environment: '' } : inputs)
      expect(result.codes).toContain('input-invalid')
      expect(result.errors.join()).toContain('github.event.deleted != true')
      expect(railway.requests).toEqual([])
    },
  )
})
