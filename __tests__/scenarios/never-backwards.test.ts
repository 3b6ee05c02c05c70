import { describe, expect, it } from '@jest/globals'
import type { World } from '../../local/railway/index.ts'
import { setPreviewStage } from './preview-stage.ts'
import { commit, repository } from './stage.ts'

const newer = 'e'.repeat(40)
const older = 'd'.repeat(40)
const lost = 'c'.repeat(40)
const side = '5'.repeat(40)

const fill =
  (live: string, api = live) =>
  (world: World) => {
    const acme = world.workspace('Acme')
    const shop = world.project(acme, 'shop')
    const source = { repo: repository }
    world.service(shop, 'web', { source, live: { commit: live } })
    world.service(shop, 'api', { source, live: { commit: api } })
    return world.workspaceToken(acme)
  }

async function deploy(
  live: { web: string; api?: string },
  { inputs = {}, permissions }: { inputs?: Record<string, string>; permissions?: object } = {},
) {
  const stage = await setPreviewStage({ fill: fill(live.web, live.api) })
  const { hub, github, world } = stage
  const know = (sha: string, parents: string[], name: string) =>
    hub.commits.set(sha, { sha, parents, files: [{ name }] })
  know(older, [], 'a')
  know(commit, [older], 'b')
  know(newer, [commit], 'c')
  know(side, [older], 'd')
  if (permissions) hub.permissions = permissions
  const run = await stage.run(
    { environment: 'production', ...inputs },
    { github: { apiUrl: github.url } },
  )
  const compared = github.requests.filter(({ route }) => route === 'compare').length
  const started = world.newDeployments().map((one) => `${one.service}: ${one.commit?.slice(0, 7)}`)
  return {
    run,
    compared,
    started,
    notices: run.annotations.filter(({ level }) => level === 'notice'),
  }
}

describe('a run for an old commit', () => {
  it('does not replace newer commits, warns, and is unchanged, with one comparison per commit', async () => {
    const { run, compared, started } = await deploy({ web: newer })
    expect(run.exitCode).toBe(0)
    expect(run.outputs.status).toBe('unchanged')
    expect(run.outputs.changed).toBe('false')
    expect(started).toEqual([])
    expect(compared).toBe(1)
    expect(run.json('results')).toMatchObject([
      { service: 'web', status: 'superseded' },
      { service: 'api', status: 'superseded' },
    ])
    expect(run.warnings.join()).toContain('shop/web (eeeeeee is newer than')
  })

  it('deploys if an older one is live', async () => {
    const { run, started, notices } = await deploy({ web: newer, api: older })
    expect(started).toEqual([`api: ${commit.slice(0, 7)}`])
    expect(run.outputs.status).toBe('success')
    expect(notices).toEqual([])
  })

  it('goes back with `force`, and compares nothing', async () => {
    const { started, compared } = await deploy({ web: newer }, { inputs: { force: 'true' } })
    expect(started).toHaveLength(2)
    expect(compared).toBe(0)
  })

  it('compares nothing if the commit is live', async () => {
    const { run, compared } = await deploy({ web: commit })
    expect(compared).toBe(0)
    expect(run.outputs.status).toBe('unchanged')
  })

  it('replaces a commit of another line', async () => {
    const { started, notices } = await deploy({ web: side })
    expect(started).toHaveLength(2)
    expect(notices).toEqual([])
  })

  it.each<[string, string, object | undefined]>([
    ['GitHub does not know the commit', lost, undefined],
    ['the permission is missing', newer, {}],
  ])('deploys with a notice if %s', async (_, live, permissions) => {
    const { run, started, notices } = await deploy(
      { web: live },
      permissions ? { permissions } : {},
    )
    expect(started).toHaveLength(2)
    expect(run.exitCode).toBe(0)
    expect(notices.map(({ message }) => message).join()).toContain('contents: read')
  })

  it('plans the same in a dry run', async () => {
    const { run } = await deploy({ web: newer }, { inputs: { 'dry-run': 'true' } })
    expect(run.outputs.status).toBe('unchanged')
    expect(run.json('plan')).toMatchObject([{ action: 'keep' }, { action: 'keep' }])
  })
})
