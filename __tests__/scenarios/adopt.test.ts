import { describe, expect, it } from '@jest/globals'
import { type Script, scripts, type World } from '../../local/railway/index.ts'
import { results, rows, stage } from './fleet.ts'
import { commit, repository } from './stage.ts'

/** The service `web`, whose next deployments follow the scripts. */
const webWith = (made: Script[]) => (world: World) => {
  const acme = world.workspace('Acme')
  const web = world.service(world.project(acme, 'shop'), 'web', { source: { repo: repository } })
  world.script(web, 'production', made)
  return { token: world.workspaceToken(acme) }
}

async function adopt(...made: Script[]) {
  const staged = await stage(webWith(made))
  staged.world.push(repository, 'main', commit)
  const transcript = await staged.run({})
  return { ...staged, transcript }
}

const slowlySkipped: Script = { steps: [{ status: 'QUEUED', seconds: 30 }, 'SKIPPED'] }

describe('an adopted deployment that Railway skips', () => {
  it.each<[string, Script]>([
    ['because its checks failed', scripts.skippedByChecks],
    ['after it was queued', slowlySkipped],
  ])('%s is followed by one of the run', async (_, script) => {
    const { world, transcript } = await adopt(script, scripts.succeeds)
    expect(results(transcript)).toEqual(['shop/web: deploy success'])
    const made = world.newDeployments()
    expect(made.map(({ cause, status }) => [cause, status])).toEqual([
      ['push', 'SKIPPED'],
      ['api', 'SUCCESS'],
    ])
    expect(rows(transcript)[0]?.deploymentId).toBe(made[1]?.id)
  })

  it.each<[string, Script, string]>([
    ['is skipped too', scripts.skippedByChecks, 'skipped'],
    ['fails', scripts.buildFails, 'failed'],
  ])('is not followed by a third if the second %s', async (_, second, status) => {
    const { world, transcript } = await adopt(scripts.skippedByChecks, second)
    expect(results(transcript)).toEqual([`shop/web: deploy ${status}`])
    expect(world.newDeployments()).toHaveLength(2)
  })

  it('is not followed by another if it ends well', async () => {
    const { world, transcript } = await adopt(scripts.succeeds)
    expect(results(transcript)).toEqual(['shop/web: adopt success'])
    expect(world.newDeployments()).toHaveLength(1)
  })
})
