import { randomFillSync } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { faultCatalogue, type Script, scripts, type World } from '../../local/railway/index.ts'
import type { ServiceOptions } from '../../local/railway/world-options.ts'
import { pullRequest, type RunOptions } from '../../local/runner/index.ts'
import { embed, git } from '../directory/hostile-repository.ts'
import { changesMade, plan, results, rows, stage } from './fleet.ts'

const shop =
  (options: ServiceOptions = {}) =>
  (world: World) => {
    const acme = world.workspace('Acme')
    const project = world.project(acme, 'shop')
    const site = world.service(project, 'site', { domain: true, ...options })
    world.service(project, 'web', { source: { repo: 'acme/shop' } })
    const projectToken = world.projectToken(project, 'production')
    return { token: world.workspaceToken(acme), projectToken, site }
  }

const workspaceFiles = {
  'site/index.html': '<h1>hello</h1>',
  'site/.well-known/security.txt': 'hidden files go along',
  'site/.gitignore': '*.log\n',
  'site/debug.log': 'ignored',
  'site/.git/config': 'token = never',
  'site/node_modules/a/index.js': 'never',
  'site/deep/node_modules/b/index.js': 'never',
}
const site = { directory: 'site', projects: 'shop', services: 'site' }

const temporary: string[] = []
afterAll(() => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true })
})

/** A directory on the disk, for cases that files in a checkout cannot show. */
function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'upload-'))
  temporary.push(made)
  return made
}

describe('a directory', () => {
  it('is uploaded to the service and followed until it is live', async () => {
    const { run, world, railway } = await stage(shop())
    const transcript = await run(site, { workspaceFiles })
    expect(transcript.exitCode).toBe(0)
    expect(results(transcript)).toEqual(['shop/site: upload success'])
    expect(changesMade(railway)).toEqual(['up'])
    const [upload] = world.uploads
    expect(upload?.entries.filter(({ type }) => type === 'file').map(({ path }) => path)).toEqual([
      './.gitignore',
      './.well-known/security.txt',
      './index.html',
    ])
    expect(upload?.message).toMatch(/^acme\/shop@[0-9a-f]{7}$/)
    expect(rows(transcript)[0]?.deploymentId).toBe(upload?.deploymentId)
    expect(world.snapshot()['shop/production/site']?.archive).toBe(upload?.sha256)
    expect(transcript.stdout).toMatch(/shop\/site: sending \d+ bytes with 3 files/)
    expect(Object.keys(transcript.tempFiles).filter((file) => file.includes('upload'))).toEqual([])
    expect(transcript.leaked).toEqual([])
  })

  it('works with a project token', async () => {
    const { run, projectToken, world } = await stage(shop())
    const transcript = await run({ ...site, token: projectToken }, { workspaceFiles })
    expect(results(transcript)).toEqual(['shop/site: upload success'])
    expect(world.uploads).toHaveLength(1)
  })

  it('is planned with its size, and not sent, by `dry-run`', async () => {
    const { run, railway } = await stage(shop())
    const transcript = await run({ ...site, 'dry-run': 'true' }, { workspaceFiles })
    expect(plan(transcript)).toEqual([
      'shop/site: upload, site (3 files, 41 bytes); 1 file left out by ignore rules: debug.log',
    ])
    expect(changesMade(railway)).toEqual([])
  })

  it('is rolled back if its deployment fails', async () => {
    const { run, world } = await stage((world) => {
      const made = shop({ source: { image: 'acme/site:1' } })(world)
      const dies = { steps: [{ status: 'SUCCESS', seconds: 3 }, 'CRASHED'] } satisfies Script
      world.script(made.site, 'production', [dies, scripts.rollsBack])
      return made
    })
    const before = world.snapshot()
    const transcript = await run({ ...site, 'on-failure': 'rollback' }, { workspaceFiles })
    expect(transcript.codes).toEqual(['deployment-failed'])
    expect(results(transcript)).toEqual([
      'shop/site: upload failed',
      'shop/site: rollback rolled-back',
    ])
    expect(world.snapshot()).toEqual(before)
  })
})

describe('a service that is built from a root directory', () => {
  const workspace = { 'apps/site/index.html': 'a', 'packages/lib/index.js': 'b' }

  it('gets the whole repository unchanged', async () => {
    const { run, world } = await stage(shop({ rootDirectory: '/apps/site' }))
    const transcript = await run({ ...site, directory: '.' }, { workspaceFiles: workspace })
    expect(transcript.warnings).toEqual([])
    expect(world.uploads[0]?.entries.map(({ path }) => path)).toEqual([
      './apps/',
      './apps/site/',
      './apps/site/index.html',
      './packages/',
      './packages/lib/',
      './packages/lib/index.js',
    ])
  })

  it('gets any other directory as that part of it, with a warning', async () => {
    const { run, world } = await stage(shop({ rootDirectory: '/apps/site' }))
    const transcript = await run({ ...site, directory: 'apps/site' }, { workspaceFiles: workspace })
    expect(world.uploads[0]?.entries.map(({ path }) => path)).toEqual(['./apps/site/index.html'])
    expect(transcript.warnings[0]).toContain('is uploaded as "apps/site"')
  })
})

describe('a directory with a hostile repository in it', () => {
  it.each<[string, string, Record<string, string>, RunOptions['event']]>([
    ['as ordinary files', 'site', {}, undefined],
    ['as the `.git` of an artifact', 'site/.git', {}, undefined],
    ['in a dry run', 'site', { 'dry-run': 'true' }, undefined],
    ['for a pull request of a fork', 'site', {}, pullRequest({ fork: true, target: true })],
  ])('runs no program of it: %s', async (_, path, inputs, event) => {
    const home = folder()
    const proof = join(home, 'executed')
    const checkout = join(home, 'checkout')
    mkdirSync(join(checkout, 'site'), { recursive: true })
    git(checkout, 'init', '-q')
    embed(join(checkout, path), proof)
    writeFileSync(join(checkout, 'site', 'index.html'), '<h1>hello</h1>')
    const { run } = await stage(shop())
    const env = { GITHUB_WORKSPACE: checkout, HOME: home }
    const transcript = await run({ ...site, ...inputs }, event ? { env, event } : { env })
    expect(transcript.codes).toEqual([])
    expect(plan(transcript)).toEqual([expect.stringContaining('shop/site: upload, site (')])
    expect(existsSync(proof)).toBe(false)
  })
})

describe('a directory that cannot be uploaded', () => {
  it.each([
    ['does not exist', 'nowhere'],
    ['is a file', 'site/index.html'],
    ['has nothing but ignored files', 'site/node_modules'],
  ])('%s: nothing is changed', async (_, directory) => {
    const { run, railway } = await stage(shop())
    const files = { ...workspaceFiles, 'site/node_modules/.gitignore': '*' }
    const transcript = await run({ ...site, directory }, { workspaceFiles: files })
    expect(transcript.codes).toEqual(['input-invalid'])
    expect(changesMade(railway)).toEqual([])
  })

  it('has several services as its target', async () => {
    const { run, railway } = await stage(shop())
    const transcript = await run({ ...site, services: '*' }, { workspaceFiles })
    expect(transcript.codes).toEqual(['input-invalid'])
    expect(transcript.errors[0]).toContain('"shop/site", "shop/web"')
    expect(changesMade(railway)).toEqual([])
  })

  it('has links that lead out of it', async () => {
    const directory = folder()
    mkdirSync(join(directory, 'inside'))
    writeFileSync(join(directory, 'inside', 'file'), 'x')
    symlinkSync('/etc/passwd', join(directory, 'users'))
    symlinkSync('..', join(directory, 'inside', 'up'))
    symlinkSync('../..', join(directory, 'inside', 'out'))
    const { run, railway } = await stage(shop())
    const transcript = await run(
      { ...site, directory: '.' },
      { env: { GITHUB_WORKSPACE: directory } },
    )
    expect(transcript.codes).toEqual(['upload-refused'])
    expect(transcript.errors[0]).toContain('inside/out -> ../.., users -> /etc/passwd')
    expect(transcript.errors[0]).toMatch(/was not sent to Railway.*has to point inside/)
    expect(changesMade(railway)).toEqual([])
  })

  it.each([
    ['is outside of the workspace', '..', 'inside the workspace'],
    ['is an absolute path elsewhere', '/etc', 'inside the workspace'],
    ['is the data of the repository', '.git', 'the data of a git repository'],
    ['is the data of the repository in other letters', 'site/.GIT', 'the data of a git repository'],
  ])('%s', async (_, directory, expected) => {
    const { run, railway } = await stage(shop())
    const transcript = await run({ ...site, directory }, { workspaceFiles })
    expect(transcript.codes).toEqual(['input-invalid'])
    expect(transcript.errors[0]).toContain(expected)
    expect(changesMade(railway)).toEqual([])
  })

  it('is too large for Railway', async () => {
    const { run, world } = await stage(shop(), { maxUploadBytes: 100 })
    const transcript = await run(site, { workspaceFiles })
    expect(transcript.codes).toEqual(['upload-refused'])
    expect(transcript.errors[0]).toMatch(/\(\d+ bytes\).*too large/)
    expect(results(transcript)).toEqual(['shop/site: upload refused'])
    expect(world.uploads).toEqual([])
  })

  it('is refused because of the token', async () => {
    const { run } = await stage(shop(), { behaviour: { workspaceTokenUploads: false } })
    const transcript = await run(site, { workspaceFiles })
    expect(transcript.codes).toEqual(['operation-not-permitted'])
  })

  it('is not sent by a job that was cancelled', async () => {
    const { run, world } = await stage(shop(), {
      faults: [{ root: 'up', fault: 'silence-before-effect' }],
    })
    const transcript = await run(site, { workspaceFiles, signals: [{ at: 30, signal: 'SIGTERM' }] })
    expect(transcript.codes).toContain('cancelled')
    expect(transcript.seconds).toBeLessThan(36)
    expect(world.uploads).toEqual([])
  })
})

describe('a large directory', () => {
  it('is sent, and the log has its progress', async () => {
    const directory = folder()
    const content = Buffer.alloc(5_000)
    for (let index = 0; index < 6_000; index += 1) {
      if (index % 100 === 0) mkdirSync(join(directory, String(index / 100)))
      const file = join(directory, String(Math.floor(index / 100)), String(index))
      writeFileSync(file, randomFillSync(content))
    }
    const { run, world } = await stage(shop())
    const transcript = await run(
      { ...site, directory: '.' },
      { env: { GITHUB_WORKSPACE: directory } },
    )
    expect(transcript.exitCode).toBe(0)
    expect(world.uploads[0]?.entries.filter(({ type }) => type === 'file')).toHaveLength(6_000)
    expect(world.uploads[0]?.bytes).toBeGreaterThan(30_000_000)
    expect(transcript.stdout).toContain('shop/site: packing, 5000 of 6000 files')
    expect(transcript.stdout).toMatch(/shop\/site: sending, 1\d MB of 3\d MB/)
  })
})

describe('an upload without a response', () => {
  it.each([
    ['silence-before-effect', '90s', 90, 'unknown'],
    ['silence-after-effect', '90s', 90, 'success'],
    ['slower-than-patience', '5m', 300, 'success'],
    ['slower-than-patience', '5s', 30, 'timed-out'],
  ] as const)('%s: ends with `timeout: %s`', async (fault, timeout, seconds, status) => {
    const { run, railway } = await stage(shop(), { faults: [{ root: 'up', fault }] })
    const transcript = await run({ ...site, timeout }, { workspaceFiles })
    expect(transcript.seconds).toBeLessThan(seconds + 15)
    expect(changesMade(railway)).toEqual(['up'])
    expect(rows(transcript).map((row) => row.status)).toEqual([status])
  })
})

describe('a fault on the upload', () => {
  it.each(Object.keys(faultCatalogue))(
    '%s: one deployment at most, and a true report',
    async (name) => {
      const fault = faultCatalogue[name as keyof typeof faultCatalogue]
      const { run, world, railway } = await stage(shop(), { faults: [{ root: 'up', fault }] })
      const transcript = await run({ ...site, timeout: '1h' }, { workspaceFiles })
      expect(railway.injected).toHaveLength(1)
      const made = world.newDeployments()
      expect(made.length).toBeLessThanOrEqual(1)
      const [row] = rows(transcript)
      const isLive = world.snapshot()['shop/production/site'] !== null
      const ends = [
        { status: 'success', isLive: true, exitCode: 0, made: [row?.deploymentId] },
        { status: 'refused', isLive: false, exitCode: 1, made: [] },
        { status: 'unknown', isLive: false, exitCode: 1, made: [] },
      ]
      expect(ends).toContainEqual({
        status: row?.status,
        isLive,
        exitCode: transcript.exitCode,
        made: made.map(({ id }) => id),
      })
      expect({
        [name]: `${row?.status}, sent ${changesMade(railway).length} times`,
      }).toMatchSnapshot()
    },
  )
})
