import { describe, expect, it } from '@jest/globals'
import { type Script, scripts } from '../../local/railway/index.ts'
import { repository, setStage } from './stage.ts'

const image = { image: 'postgres:16' }
const code = { repo: repository }

/** A service whose new deployment crashes for some seconds before it serves. */
const recovers = (seconds: number): Script => ({
  steps: [{ status: 'DEPLOYING', seconds: 10 }, { status: 'CRASHED', seconds }, 'SUCCESS'],
})

async function deploy(source: typeof image | typeof code, script: Script, timeout = '20m') {
  const stage = await setStage({
    fill: (world) => {
      const acme = world.workspace('Acme')
      const shop = world.project(acme, 'shop')
      world.script(world.service(shop, 'web', { source }), 'production', [script])
      return world.workspaceToken(acme)
    },
  })
  const inputs = { environment: 'production', projects: 'shop', services: 'web', force: 'true' }
  return stage.run({ ...inputs, timeout })
}

const statusOf = (run: Awaited<ReturnType<typeof deploy>>) =>
  (run.json('results') as { status: string }[])[0]?.status

describe('a service that crashes', () => {
  it.each([
    ['built from a repository', code, 5, 'success'],
    ['built from a repository', code, 60, 'failed'],
    ['that runs an image', image, 45, 'success'],
    ['that runs an image', image, 120, 'failed'],
  ])('%s and recovers is judged by its grace period', async (_, source, seconds, status) => {
    const run = await deploy(source, recovers(seconds))
    expect(statusOf(run)).toBe(status)
    expect(run.shown).toContain('to recover')
  })

  it('after it was live, and recovers, is live', async () => {
    const steps = [
      { status: 'BUILDING', seconds: 11 },
      { status: 'SUCCESS', seconds: 2 },
      { status: 'CRASHED', seconds: 10 },
      'SUCCESS',
    ]
    expect(statusOf(await deploy(code, steps))).toBe('success')
  })

  it.each([
    ['forever', scripts.crashes, '20m'],
    ['until `timeout`', scripts.crashes, '70s'],
    ['after it was live', { steps: [...scripts.crashesLater.steps] }, '20m'],
  ])('%s has failed, and did not time out', async (_, script, timeout) => {
    const run = await deploy(code, script, timeout)
    expect(['failed', 'success']).toContain(statusOf(run))
    expect(run.codes).not.toContain('deployment-timeout')
  })
})
