import { describe, expect, it } from '@jest/globals'
import type { World } from '../../local/railway/index.ts'
import { setPreviewStage } from './preview-stage.ts'
import { commit, repository } from './stage.ts'

const before = 'b'.repeat(40)
const newer = 'e'.repeat(40)
const side = '5'.repeat(40)

/** `web`, which goes first, and `api`, which Railway deploys by itself on pushes. */
function fill(world: World): string {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop', { environments: ['production', 'staging'] })
  const per = {
    production: { live: { commit: before } },
    staging: { live: { commit } },
  }
  const web = world.service(shop, 'web', { source: { repo: repository }, trigger: false, per })
  // A time that is longer than all comparisons of a run may take together.
  const building = { status: 'BUILDING', seconds: 150 } as const
  world.script(web, 'production', [{ steps: [building, 'SUCCESS'] }])
  world.service(shop, 'api', { source: { repo: repository }, per })
  return world.workspaceToken(acme)
}

/** Runs the action while a commit is pushed, which goes live in `api` before its turn comes. */
async function runWhile(
  pushed: string,
  inputs: Record<string, string>,
  { known = true, after = 3_000 }: { known?: boolean; after?: number } = {},
) {
  const stage = await setPreviewStage({ fill })
  const { hub, github, world, clock } = stage
  const know = (sha: string, parents: string[]) =>
    hub.commits.set(sha, { sha, parents, files: [{ name: sha }] })
  know(before, [])
  know(commit, [before])
  if (known) know(newer, [commit])
  know(side, [before])
  clock.at(clock.now() + after, () => void world.push(repository, 'main', pushed))
  const run = await stage.run(
    { environment: 'production', timeout: '1h', ...inputs },
    { github: { apiUrl: github.url } },
  )
  const own = world
    .newDeployments()
    .filter(({ service, cause }) => service === 'api' && cause === 'api')
  const { commit: live, variables } = world.snapshot()['shop/production/api'] ?? {}
  const compared = github.requests.filter(({ route }) => route === 'compare').length
  return { run, live, variables, compared, own: own.map((one) => one.commit) }
}

const waits = [
  ['for a canary', { canary: 'web' }],
  ['for the wave before it', { order: 'web\napi' }],
  ['for its turn', { 'max-parallel': '1' }],
] as const

describe('a service that waits', () => {
  it.each(waits)('%s is skipped if a newer commit went live in the meantime', async (_, inputs) => {
    const { run, live, own, compared } = await runWhile(newer, inputs)
    expect(live).toBe(newer)
    expect(own).toEqual([])
    expect(run.json('results')).toMatchObject([
      { service: 'web', status: 'success' },
      { service: 'api', action: 'keep', status: 'superseded' },
    ])
    expect(run.warnings.join()).toContain('eeeeeee is newer than 4f2c1d9')
    expect(run.exitCode).toBe(0)
    // One comparison while planning, and one later.
    expect(compared).toBe(2)
  })

  it('is skipped if a deployment of a newer commit is running', async () => {
    const { run, own } = await runWhile(newer, { canary: 'web' }, { after: 140_000 })
    expect(own).toEqual([])
    expect(run.json('results')).toMatchObject([
      { service: 'web', status: 'success' },
      { service: 'api', action: 'keep', status: 'superseded' },
    ])
  })

  it('is deployed over a commit of another line', async () => {
    const { own, run } = await runWhile(side, { canary: 'web' })
    expect(own).toEqual([commit])
    expect(run.outputs.status).toBe('success')
  })

  it('is deployed if it is not known which commit is newer, and the log says so', async () => {
    const { own, run } = await runWhile(newer, { canary: 'web' }, { known: false })
    expect(own).toEqual([commit])
    expect(run.stdout).toContain('whether 4f2c1d9 is newer than eeeeeee')
  })

  it('is deployed with `force`, and nothing is compared', async () => {
    const { own, compared } = await runWhile(newer, { canary: 'web', force: 'true' })
    expect(own).toEqual([commit])
    expect(compared).toBe(0)
  })

  it('is promoted to, although a newer commit went live in the meantime', async () => {
    const { own } = await runWhile(newer, { canary: 'web', 'from-environment': 'staging' })
    expect(own).toEqual([commit])
  })

  it('gets its new variables together with the newer commit', async () => {
    const { own, live, variables } = await runWhile(newer, { canary: 'web', variables: 'NEW=1' })
    expect(own).toEqual([newer])
    expect(live).toBe(newer)
    expect(variables).toMatchObject({ NEW: '1' })
  })
})

describe('new variables of a service that waits', () => {
  it.each(waits)('%s take effect with the deployment that is live then', async (_, inputs) => {
    const selected = { command: 'variables', projects: 'shop', services: '*', variables: 'NEW=1' }
    const { live, own, variables, run } = await runWhile(newer, { ...selected, ...inputs })
    expect(run.codes).toEqual([])
    expect(own).toEqual([newer])
    expect(live).toBe(newer)
    expect(variables).toMatchObject({ NEW: '1' })
  })
})

describe('a deployment that was adopted and then skipped', () => {
  async function runBeside(pushes: readonly (readonly [at: number, sha: string])[], more = {}) {
    const stage = await setPreviewStage({ fill })
    const { hub, github, world, clock } = stage
    const know = (sha: string, parents: string[]) =>
      hub.commits.set(sha, { sha, parents, files: [{ name: sha }] })
    know(before, [])
    know(commit, [before])
    know(newer, [commit])
    know(side, [before])
    const shop = [...world.projects.values()][0]
    const api = shop?.services.find(({ name }) => name === 'api')
    if (api) {
      const skipped = { steps: [{ status: 'WAITING', seconds: 62 }, 'SKIPPED'] } as const
      world.script(api, 'production', [{ steps: [...skipped.steps] }])
    }
    world.push(repository, 'main', commit)
    for (const [at, sha] of pushes) {
      clock.at(clock.now() + at, () => void world.push(repository, 'main', sha))
    }
    const inputs = { environment: 'production', projects: 'shop', services: 'api', timeout: '1h' }
    const run = await stage.run({ ...inputs, ...more }, { github: { apiUrl: github.url } })
    const own = world.newDeployments().filter(({ cause }) => cause === 'api')
    return { run, own: own.map((one) => one.commit) }
  }

  it('is not repeated if a newer commit was deployed in the meantime', async () => {
    const { run, own } = await runBeside([[62_500, newer]])
    expect(own).toEqual([])
    expect(run.json('results')).toMatchObject([{ service: 'api', status: 'superseded' }])
    expect(run.warnings.join()).toContain('eeeeeee is newer than 4f2c1d9')
    expect(run.exitCode).toBe(0)
  })

  it('is followed by one of the run if it is promoted, although a newer commit was deployed in the meantime', async () => {
    const { own } = await runBeside([[62_500, newer]], { 'from-environment': 'staging' })
    expect(own).toEqual([commit])
  })

  it('is not repeated if the same commit was deployed in the meantime', async () => {
    const { run, own } = await runBeside([[62_500, commit]])
    expect(own).toEqual([])
    expect(run.json('results')).toMatchObject([{ service: 'api', status: 'success' }])
  })

  it.each([
    ['nothing else was deployed', []],
    ['a commit of another line was deployed', [[62_500, side]]],
  ] as const)('is followed by one of the run if %s', async (_, pushes) => {
    const { run, own } = await runBeside(pushes)
    expect(own).toEqual([commit])
    expect(run.outputs.status).toBe('success')
  })
})
