import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { gitHubFaults } from '../../local/github/index.ts'
import type { ServiceOptions, World } from '../../local/railway/index.ts'
import { push } from '../../local/runner/index.ts'
import { setPreviewStage } from './preview-stage.ts'
import { commit, repository } from './stage.ts'

const live = 'd'.repeat(40)
const source = { repo: repository }
const inputs = { environment: 'production', 'only-changed': 'true' }

/** A monorepo: `web` watches, `api` has a root directory, `jobs` has neither, `fresh` was never deployed. */
function fillMonorepo(world: World, base = live): string {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop')
  const add = (name: string, more: ServiceOptions) =>
    world.service(shop, name, { source, live: { commit: base }, ...more })
  add('web', { rootDirectory: '/apps/web', watchPatterns: ['/apps/web/**', '!**/*.md', '/ui/'] })
  add('api', { rootDirectory: '/apps/api' })
  add('jobs', {})
  add('fresh', { rootDirectory: '/apps/fresh', live: false })
  return world.workspaceToken(acme)
}

async function stageOf(
  files: readonly { name: string; from?: string }[] | null,
  fill = fillMonorepo,
) {
  const stage = await setPreviewStage({ fill: (world) => fill(world) })
  if (files !== null) {
    stage.hub.commit(live)
    stage.hub.commit(commit, [live], [...files])
  }
  const run = async (more: Record<string, string> = {}, env: Record<string, string> = {}) => {
    const result = await stage.run(
      { ...inputs, ...more },
      { github: { apiUrl: stage.github.url }, env },
    )
    const started = stage.world.newDeployments().map(({ service }) => service)
    return { result, started, notices: noticesOf(result.annotations) }
  }
  return { ...stage, deploy: run }
}

const noticesOf = (annotations: readonly { level: string; message: string }[]) =>
  annotations.filter(({ level }) => level === 'notice').map(({ message }) => message)

describe('`only-changed`', () => {
  it.each<[string, { name: string; from?: string }[], string[]]>([
    ['a file that is watched', [{ name: 'apps/web/index.ts' }], ['web', 'jobs', 'fresh']],
    ['a file that is taken back', [{ name: 'apps/web/README.md' }], ['jobs', 'fresh']],
    ['a file beside all of them', [{ name: 'docs/a.md' }], ['jobs', 'fresh']],
    ['a directory that is watched', [{ name: 'ui/button.ts' }], ['web', 'jobs', 'fresh']],
    ['a file of a root directory', [{ name: 'apps/api/go.mod' }], ['api', 'jobs', 'fresh']],
    [
      'a file that moved from one to another',
      [{ name: 'apps/web/a.ts', from: 'apps/api/a.ts' }],
      ['web', 'api', 'jobs', 'fresh'],
    ],
    ['a file that moved out', [{ name: 'attic/a', from: 'apps/api/a' }], ['api', 'jobs', 'fresh']],
    ['nothing', [], ['fresh']],
  ])('deploys for %s', async (_, files, expected) => {
    const { deploy } = await stageOf(files)
    const { result, started, notices } = await deploy()
    expect(result.exitCode).toBe(0)
    expect(started.sort()).toEqual(expected.sort())
    expect(notices).toEqual([])
  })

  it('gives the reason in the plan, and is unchanged if nothing remains to be done', async () => {
    const { deploy } = await stageOf([{ name: 'docs/a.md' }])
    const planned = await deploy({ 'dry-run': 'true' })
    expect(planned.result.json('plan')).toEqual([
      expect.objectContaining({
        action: 'keep',
        service: 'web',
        detail: 'none of its files changed since ddddddd, which is live',
      }),
      expect.objectContaining({ action: 'keep', service: 'api' }),
      expect.objectContaining({
        action: 'deploy',
        service: 'jobs',
        detail: expect.stringMatching(
          /; files changed since ddddddd, and it has no watch patterns, so every file counts$/,
        ),
      }),
      expect.objectContaining({
        action: 'deploy',
        service: 'fresh',
        detail: expect.stringMatching(/; it has no live deployment to compare with$/),
      }),
    ])
    const kept = await deploy({ projects: 'shop', services: 'web\napi' })
    expect(kept.result.outputs.status).toBe('unchanged')
    expect(kept.result.outputs.changed).toBe('false')
    expect(kept.started).toEqual([])
  })

  it('deploys all with `force`, and requests no changed files', async () => {
    const { deploy, spent, github } = await stageOf([{ name: 'docs/a.md' }])
    const { started } = await deploy({ force: 'true' })
    expect(started).toHaveLength(4)
    expect(spent()).not.toHaveProperty('SourceSettings')
    expect(github.requests).toEqual([])
  })

  it('does not request settings if nothing changed', async () => {
    const { deploy, spent } = await stageOf([])
    await deploy()
    expect(spent()).not.toHaveProperty('SourceSettings')
  })

  it('deploys a service whose variables change', async () => {
    const { deploy } = await stageOf([{ name: 'docs/a.md' }])
    const { started } = await deploy({ projects: 'shop', services: 'web\napi', variables: 'A=1' })
    expect(started.sort()).toEqual(['api', 'web'])
  })

  it('deploys a service that is not built from a commit of the repository, and says so', async () => {
    const { deploy } = await stageOf([], (world) => {
      const token = fillMonorepo(world)
      const shop = [...world.projects.values()].find(({ name }) => name === 'shop')
      if (!shop) throw new Error('no shop')
      world.service(shop, 'cache', { source: { image: 'redis:7' } })
      return token
    })
    const { started, notices } = await deploy({ projects: 'shop', services: 'cache\nweb' })
    expect(started).toEqual(['cache'])
    expect(notices.join()).toContain(
      'shop/cache (the run deploys no commit of this repository to it)',
    )
  })

  it('promotes only changed services', async () => {
    const { deploy } = await stageOf([{ name: 'apps/web/a' }], (world) => {
      const acme = world.workspace('Acme')
      const shop = world.project(acme, 'shop', { environments: ['production', 'staging'] })
      for (const name of ['web', 'api']) {
        world.service(shop, name, {
          source,
          rootDirectory: `/apps/${name}`,
          live: { commit: live },
          per: { staging: { live: { commit } } },
        })
      }
      return world.workspaceToken(acme)
    })
    const { result, started } = await deploy({ 'from-environment': 'staging' })
    expect(result.errors).toEqual([])
    expect(started).toEqual(['web'])
  })
})

describe('changes that are not known completely', () => {
  const many = (count: number) => Array.from({ length: count }, (_, at) => ({ name: `docs/${at}` }))

  it.each([
    [299, ['fresh', 'jobs'], 0],
    [300, ['api', 'fresh', 'jobs', 'web'], 1],
    [5_000, ['api', 'fresh', 'jobs', 'web'], 1],
  ])('deploy all for %d files of GitHub', async (count, expected, noticeCount) => {
    const { deploy } = await stageOf(many(count))
    const { result, started, notices } = await deploy()
    expect(result.exitCode).toBe(0)
    expect(started.sort()).toEqual(expected)
    expect(notices).toHaveLength(noticeCount)
  })

  it('deploy all if GitHub does not know a commit', async () => {
    const { deploy } = await stageOf(null)
    const { result, started, notices } = await deploy()
    expect(result.exitCode).toBe(0)
    expect(started).toHaveLength(4)
    expect(notices.join()).toContain(
      'shop/web (the list of changed files is not available or not complete)',
    )
  })

  it.each(Object.keys(gitHubFaults) as (keyof typeof gitHubFaults)[])(
    'deploy all, or only the changed services, with the permanent fault %s',
    async (fault) => {
      const { deploy, github } = await stageOf([{ name: 'docs/a.md' }])
      github.inject({ route: 'compare', fault, times: Infinity })
      const { result, started, notices } = await deploy()
      expect(result.exitCode).toBe(0)
      const isAnswered = fault === 'slow'
      expect(started.sort()).toEqual(
        isAnswered ? ['fresh', 'jobs'] : ['api', 'fresh', 'jobs', 'web'],
      )
      expect(notices.some((notice) => notice.includes('only-changed'))).toBe(!isAnswered)
    },
  )

  it('stop the run before any change if Railway does not respond to the query for settings', async () => {
    const { deploy, railway } = await stageOf([{ name: 'docs/a.md' }])
    railway.inject({ operation: 'SourceSettings', fault: 'status-500', times: Infinity })
    const { result, started } = await deploy()
    expect([result.codes, started]).toEqual([['api-unavailable'], []])
    expect(result.errors[0]).toContain('Nothing was changed')
  })

  it('deploy the services whose settings Railway refuses to return', async () => {
    const { deploy, railway } = await stageOf([{ name: 'docs/a.md' }])
    railway.inject({ operation: 'SourceSettings', fault: 'refused', times: Infinity })
    const { started, notices } = await deploy()
    expect(started.sort()).toEqual(['api', 'fresh', 'jobs', 'web'])
    expect(notices.join()).toContain(
      'shop/web (its watch patterns and root directory could not be read)',
    )
  })
})

describe('the requests for changed files', () => {
  it.each([
    [200, 1],
    [650, 3],
  ])('of %d services are few', async (count, expected) => {
    const fill = (world: World) => {
      const acme = world.workspace('Acme')
      const shop = world.project(acme, 'shop')
      for (let index = 0; index < count; index += 1) {
        const rootDirectory = `/apps/s${index}`
        world.service(shop, `s${index}`, { source, rootDirectory, live: { commit: live } })
      }
      return world.workspaceToken(acme)
    }
    const { deploy, spent } = await stageOf([{ name: 'docs/a.md' }], fill)
    const { result } = await deploy({ 'dry-run': 'true' })
    const plan = result.json('plan') as { action: string }[]
    expect(plan.filter(({ action }) => action === 'keep')).toHaveLength(Math.min(count, 600))
    const { SourceSettings: extra } = spent()
    expect(extra).toBe(expected)
  })
})

describe('changes from the history of the checkout', () => {
  const root = mkdtempSync(join(tmpdir(), 'only-changed-'))
  afterAll(() => rmSync(root, { recursive: true, force: true }))

  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=x', '-c', 'user.email=x@x', ...words], {
      cwd: root,
      env: { PATH: process.env.PATH, HOME: root },
      encoding: 'utf8',
    }).trim()
  const write = (file: string, text: string) => {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  const save = () => {
    git('add', '-A')
    git('commit', '-qm', 'x', '--allow-empty')
    return git('rev-parse', 'HEAD')
  }

  it('contain any number of files, renames, deletions and submodules, without a request', async () => {
    git('init', '-q', '-b', 'main')
    write('apps/web/a.ts', 'a\n'.repeat(50))
    write('apps/api/a.go', 'package a')
    write('.railwayignore', 'apps/')
    const first = save()
    for (let index = 0; index < 400; index += 1) write(`docs/${index}.md`, 'x')
    const docs = save()
    git('mv', 'apps/web/a.ts', 'attic.ts')
    const moved = save()
    git('update-index', '--add', '--cacheinfo', `160000,${live},apps/api/vendor`)
    git('commit', '-qm', 'x')
    const vendored = git('rev-parse', 'HEAD')
    git('rm', '-q', '--cached', '-r', 'apps')
    git('commit', '-qm', 'x')
    const gone = git('rev-parse', 'HEAD')

    const plans: Record<string, string[]> = {}
    for (const [name, base, sha] of [
      ['docs', first, docs],
      ['moved', docs, moved],
      ['vendored', moved, vendored],
      ['gone', vendored, gone],
    ] as const) {
      const stage = await setPreviewStage({ fill: (world) => fillMonorepo(world, base) })
      const result = await stage.run(
        { ...inputs, 'dry-run': 'true' },
        {
          event: push({ sha }),
          env: { GITHUB_WORKSPACE: root },
          github: { apiUrl: stage.github.url },
        },
      )
      const steps = result.json('plan') as { action: string; service: string }[]
      plans[name] = steps.filter(({ action }) => action === 'deploy').map(({ service }) => service)
      expect(stage.github.requests).toEqual([])
    }
    expect(plans).toEqual({
      docs: ['jobs', 'fresh'],
      moved: ['web', 'jobs', 'fresh'],
      vendored: ['api', 'jobs', 'fresh'],
      gone: ['api', 'jobs', 'fresh'],
    })
  })
})
