import { describe, expect, it } from '@jest/globals'
import type { Script, World } from '../../local/railway/index.ts'
import { fillShop, setPreviewStage } from './preview-stage.ts'
import { commit, repository, type Stage, setStage } from './stage.ts'

/** The seconds of a wait after which the token is revoked. */
const moments = [5, 40, 70, 130, 300] as const

/** A deployment that takes longer than any of the waits. */
const slow: Script = [{ status: 'BUILDING', seconds: 900 }, 'SUCCESS']

/** A Railway with one repository service in each project, whose deployments are slow. */
const slowProjects =
  (...names: string[]) =>
  (world: World) => {
    const acme = world.workspace('Acme')
    for (const name of names) {
      const service = world.service(world.project(acme, name), 'web', {
        source: { repo: repository },
        variables: { MODE: 'old' },
        history: [{ commit: 'a'.repeat(40) }],
        live: { commit: 'b'.repeat(40) },
      })
      world.script(service, 'production', [slow, slow])
    }
    return world.workspaceToken(acme)
  }

/** Runs the action, revokes its token so many seconds after the start, and returns when that was reported. */
async function revokeAfter(seconds: number, stage: Stage, inputs: Record<string, string>) {
  stage.world.revoke(stage.token, { seconds })
  const run = await stage.run({ environment: 'production', timeout: '1h', ...inputs })
  return { run, delay: run.seconds - seconds }
}

describe.each(moments)('a token that is revoked after %i seconds', (seconds) => {
  it.each<[string, string[], Record<string, string>]>([
    ['a deployment', ['shop'], { projects: 'shop' }],
    [
      'the deployment of new variables',
      ['shop'],
      { command: 'variables', projects: 'shop', variables: 'MODE=new' },
    ],
    ['a rollback', ['shop'], { command: 'rollback', projects: 'shop' }],
    ['the canary', ['labs', 'shop'], { projects: '*', canary: 'labs' }],
    [
      'an earlier service with `max-parallel`',
      ['labs', 'shop'],
      { projects: '*', 'max-parallel': '1' },
    ],
  ])('is reported within 15 seconds while the run waits for %s', async (_, names, inputs) => {
    const stage = await setStage({ fill: slowProjects(...names) })
    const { run, delay } = await revokeAfter(seconds, stage, inputs)
    expect(new Set(run.codes)).toEqual(new Set(['token-invalid']))
    expect(delay).toBeGreaterThanOrEqual(0)
    expect(delay).toBeLessThan(15)
    expect(stage.world.newDeployments()).toHaveLength(1)
  })
})

describe.each(moments)('a token that is revoked after %i seconds of a preview', (seconds) => {
  it('is reported within 15 seconds while the run waits for the clone', async () => {
    const behaviour = { cloneCompletes: 'half-forever' } as const
    const stage = await setPreviewStage({ behaviour, fill: (world) => fillShop(world) })
    stage.world.revoke(stage.token, { seconds })
    const run = await stage.preview({ number: 7, action: 'opened' }, { timeout: '1h' })
    expect(new Set(run.codes)).toEqual(new Set(['token-invalid']))
    expect(run.seconds - seconds).toBeLessThan(15)
    expect(stage.deployed()).toEqual([])
  })
})

describe.each(moments.filter((seconds) => seconds >= 40))(
  'a token that is revoked after %i seconds of a preview',
  (seconds) => {
    it('is reported within 15 seconds while the run waits for its deployments', async () => {
      const stage = await setPreviewStage({
        fill: (world) => {
          world.defaults.build = slow
          return fillShop(world)
        },
      })
      stage.world.revoke(stage.token, { seconds })
      const run = await stage.preview({ number: 7, action: 'opened' }, { timeout: '1h' })
      expect(new Set(run.codes)).toEqual(new Set(['token-invalid']))
      expect(run.seconds - seconds).toBeLessThan(15)
      expect(stage.deployed()).not.toEqual([])
    })
  },
)

describe.each([5, 25, 45])('a token that is revoked after %i seconds', (seconds) => {
  it('is reported within 15 seconds while Railway does not know the commit', async () => {
    const stage = await setStage({
      fill: (world) => {
        const token = slowProjects('shop')(world)
        world.hideCommit(commit, 3_600)
        return token
      },
    })
    const { run, delay } = await revokeAfter(seconds, stage, { projects: 'shop' })
    expect(run.codes).toEqual(['token-invalid'])
    expect(delay).toBeLessThan(15)
  })
})
