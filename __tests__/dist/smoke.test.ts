import { randomFillSync } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { largeWorkspace, type Script, type World } from '../../local/railway/index.ts'
import { type BundleOptions, HEAD_SHA, pullRequest } from '../../local/runner/index.ts'
import { type BundleStage, type BundleStageOptions, setBundleStage } from './bundle-stage.ts'

/**
 * The built action as a runner runs it: `dist/index.js` in a process of its own, on Node 24, in real time. The
 * decisions of the action are tested on the source by the scenarios; these tests cover the properties of the bundle and
 * the process.
 */

const earlier = 'a'.repeat(40)
const live = 'c'.repeat(40)
const quick: Script = [{ status: 'BUILDING', seconds: 1 }, 'SUCCESS']

/** Two services of the repository, whose deployments take a second. */
function fill(world: World) {
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  const options = {
    source: { repo: 'acme/shop' },
    domain: true,
    variables: { LOG_LEVEL: 'info' },
    history: [{ commit: earlier }],
    live: { commit: live },
  }
  const services = ['web', 'api'].map((name) => world.service(project, name, options))
  for (const environment of ['production', 'pr-7']) {
    for (const service of services) world.script(service, environment, [quick])
  }
  return world.workspaceToken(acme)
}

/** Fills a world with 3,000 services in 1,000 projects. */
const fillLarge = (world: World) =>
  largeWorkspace(world, { projects: 1_000, servicesPerProject: 3, live: { commit: live } }).token

const afterwards: (() => unknown)[] = []
afterAll(() => Promise.all(afterwards.map((clean) => clean())))

async function setStage(settings: Partial<BundleStageOptions> = {}): Promise<BundleStage> {
  const stage = await setBundleStage({ fill, ...settings })
  afterwards.push(stage.close)
  return stage
}

/** Runs the bundle on a stage of its own. */
async function start(
  inputs: Record<string, string>,
  options: BundleOptions = {},
  settings: Partial<BundleStageOptions> = {},
) {
  const stage = await setStage(settings)
  return { ...stage, transcript: await stage.run(inputs, options) }
}

/** Runs the bundle, and sends it signals while it waits for a response that never comes. */
async function interrupt(...signals: NodeJS.Signals[]) {
  const stage = await setStage({
    faults: [{ operation: 'WorkspaceProjects', fault: 'silence-before-effect' }],
  })
  const transcript = await stage.run(production, {
    signals: stage.arrival('WorkspaceProjects').then(() => signals),
  })
  return { ...stage, transcript }
}

/** Makes a workspace of many files, of about 72 MB. */
function manyFiles(): string {
  const root = mkdtempSync(join(tmpdir(), 'upload-'))
  afterwards.push(() => rmSync(root, { recursive: true, force: true }))
  const content = Buffer.alloc(48_000)
  for (let index = 0; index < 1_500; index += 1) {
    const folder = join(root, String(Math.floor(index / 100)))
    if (index % 100 === 0) mkdirSync(folder)
    writeFileSync(join(folder, String(index)), randomFillSync(content))
  }
  return root
}

const production = { environment: 'production' }

/** Starts all of them at once: most of the time they wait. */
const runs = {
  check: start({ command: 'check' }),
  list: start({ command: 'list' }),
  plan: start({ ...production, 'dry-run': 'true' }),
  deploy: start(production, { debug: true }),
  variables: start({ ...production, command: 'variables', variables: 'LOG_LEVEL=debug' }),
  rollback: start({ ...production, command: 'rollback' }),
  preview: start({ command: 'preview' }, { event: pullRequest({ sha: HEAD_SHA }) }).then(
    async (opened) => ({
      ...opened,
      closed: await opened.run(
        { command: 'preview' },
        { event: pullRequest({ action: 'closed' }) },
      ),
    }),
  ),
  upload: start(
    { ...production, projects: 'shop', services: 'web', directory: '.' },
    { measureMemory: true, env: { GITHUB_WORKSPACE: manyFiles() } },
  ),
  largeList: start({ command: 'list' }, { measureMemory: true }, { fill: fillLarge }),
  otherNode: start({ ...production, wait: 'false' }, { node: 'current' }),
  withoutToken: start({ ...production, token: '' }),
  lostAnswer: start(
    production,
    {},
    {
      faults: [
        { operation: 'WorkspaceProjects', fault: 'status-502-html' },
        { operation: 'DeployService', fault: 'reset-after-effect' },
      ],
    },
  ),
  cancelled: interrupt('SIGINT'),
  interruptedTwice: interrupt('SIGINT', 'SIGTERM'),
}
// Each test reports the failure of its own run.
for (const run of Object.values(runs)) run.catch(() => {})

/** Node ends a process on Windows immediately when it gets a signal, and no handler of the process runs. */
const onUnix = process.platform === 'win32' ? it.skip : it

/** The error codes that a run ends with. */
const codesOf = ({ annotations }: { annotations: { level: string; message: string }[] }) =>
  annotations
    .filter(({ level }) => level === 'error')
    .map(({ message }) => /\[([a-z-]+)\]$/.exec(message)?.[1] ?? message)

describe.each(Object.keys(runs) as (keyof typeof runs)[])('%s', (name) => {
  it('prints nothing on stderr and leaks no token', async () => {
    const { transcript, token } = await runs[name]
    expect(transcript.stderr).toBe('')
    expect(transcript.leaks(token)).toEqual([])
  })
})

describe('commands', () => {
  it('check reports the token', async () => {
    const { transcript } = await runs.check
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'success'])
    expect(transcript.shown).toContain('Acme')
  })

  it('list reports the services', async () => {
    const { transcript } = await runs.list
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'success'])
    expect(transcript.stdout).toContain('shop/web in production: acme/shop, SUCCESS at ccccccc')
  })

  it('deploy with dry-run changes nothing', async () => {
    const { transcript, world } = await runs.plan
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'planned'])
    expect(world.newDeployments()).toEqual([])
  })

  it('deploy deploys and waits', async () => {
    const { transcript, world, railway } = await runs.deploy
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'success'])
    expect(world.newDeployments().map(({ commit, status }) => [commit, status])).toEqual([
      [HEAD_SHA, 'SUCCESS'],
      [HEAD_SHA, 'SUCCESS'],
    ])
    expect(transcript.debug.filter((line) => /, attempt \d+, trace /.test(line))).toHaveLength(
      railway.requests.length,
    )
    expect(transcript.summary).toContain('shop/web')
  })

  it('variables sets them', async () => {
    const { transcript, world } = await runs.variables
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'success'])
    expect(world.snapshot()).toMatchObject({
      'shop/production/web': { variables: { LOG_LEVEL: 'debug' } },
      'shop/production/api': { variables: { LOG_LEVEL: 'debug' } },
    })
  })

  it('rollback returns to the previous deployment', async () => {
    const { transcript, world } = await runs.rollback
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'success'])
    expect(world.snapshot()).toMatchObject({
      'shop/production/web': { commit: earlier },
      'shop/production/api': { commit: earlier },
    })
  })

  it('preview makes an environment and removes it', async () => {
    const { transcript, closed, hub, world } = await runs.preview
    expect(transcript.outputs).toMatchObject({ status: 'success', 'environment-created': 'true' })
    expect([closed.exitCode, closed.outputs.status]).toEqual([0, 'success'])
    expect(hub.comments).toHaveLength(1)
    const environments = [...world.environments.values()]
    expect(environments.map(({ name, deletedAt }) => [name, deletedAt !== null])).toEqual([
      ['production', false],
      ['pr-7', true],
    ])
  })
})

describe('a process', () => {
  it('has a memory that does not grow with the size of the upload', async () => {
    const { transcript, world } = await runs.upload
    expect(transcript.exitCode).toBe(0)
    expect(world.uploads[0]?.entries.filter(({ type }) => type === 'file')).toHaveLength(1_500)
    expect(world.uploads[0]?.bytes).toBeGreaterThan(72_000_000)
    expect(transcript.stdout).toContain('shop/web: sending 72 MB with 1500 files')
    expect(transcript.peakRss).toBeGreaterThan(10e6)
    // It is about 116 MB. An archive in memory would add 72 MB.
    expect(transcript.peakRss).toBeLessThan(165e6)
  })

  it('has a small memory for a large workspace', async () => {
    const { transcript } = await runs.largeList
    expect([transcript.exitCode, transcript.outputs.requests]).toEqual([0, '9'])
    expect(transcript.peakRss).toBeGreaterThan(10e6)
    expect(transcript.peakRss).toBeLessThan(150e6)
  })

  it('behaves the same on the Node version of the tests', async () => {
    const { transcript, world } = await runs.otherNode
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'accepted'])
    expect(world.newDeployments()).toHaveLength(2)
  })

  it('fails with an exit code and an annotation', async () => {
    const { transcript, railway } = await runs.withoutToken
    expect([transcript.exitCode, codesOf(transcript)]).toEqual([1, ['token-missing']])
    expect(railway.requests).toEqual([])
  })

  it('retries after a failing gateway and a lost response', async () => {
    const { transcript, world, railway } = await runs.lostAnswer
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'success'])
    expect(railway.injected).toHaveLength(2)
    expect(world.newDeployments()).toHaveLength(2)
  })

  onUnix('reports, and ends by itself, when the job is cancelled', async () => {
    const { transcript } = await runs.cancelled
    expect([transcript.exitCode, transcript.signal]).toEqual([1, null])
    expect(codesOf(transcript)).toContain('cancelled')
    expect(transcript.outputs.status).toBe('failure')
  })

  onUnix('exits without a report on a second signal', async () => {
    const { transcript } = await runs.interruptedTwice
    expect([transcript.exitCode, transcript.signal, transcript.outputs]).toEqual([1, null, {}])
  })
})
