import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import type { World } from '../../local/railway/index.ts'
import { largeWorkspace } from '../../local/railway/index.ts'
import { cancelJob } from '../../local/runner/index.ts'
import { repository, type Stage, setStage } from './stage.ts'

function fill(world: World): string {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop', { environments: ['production', 'staging'] })
  world.service(shop, 'web', { source: { repo: repository }, domain: 'shop.up.railway.app' })
  world.service(shop, 'postgres', { source: { image: 'postgres:16' } })
  world.service(shop, 'empty')
  const billing = world.project(acme, 'billing', { environments: ['production'] })
  world.service(billing, 'invoices', { source: { repo: 'acme/billing' } })
  return world.workspaceToken(acme)
}

const mutations = ({ railway }: Stage) =>
  railway.requests.filter(({ kind }) => kind === 'mutation').length

describe('the preflight stops the run before anything is changed', () => {
  it.each<[string, Record<string, string>, string[]]>([
    ['no environment', {}, ['input-invalid']],
    ['services without projects', { environment: 'production', services: '*' }, ['input-invalid']],
    [
      'an unknown project',
      { environment: 'production', projects: 'shoop' },
      ['project-not-in-scope'],
    ],
    [
      'a glob that meets no project',
      { environment: 'production', projects: 'x*' },
      ['project-not-in-scope'],
    ],
    [
      'an unknown environment',
      { environment: 'prodction' },
      ['environment-not-found', 'environment-not-found'],
    ],
    [
      'a named project without the environment',
      { environment: 'staging', projects: 'billing\nshop' },
      ['environment-not-found'],
    ],
    [
      'an unknown service',
      { environment: 'production', projects: '*', services: 'wbe' },
      ['service-not-found'],
    ],
    [
      'a glob that meets no service',
      { environment: 'production', projects: '*', services: 'x*' },
      ['service-not-found'],
    ],
    [
      'nothing built from here',
      { environment: 'production', projects: 'billing' },
      ['service-not-found'],
    ],
    [
      'two unknown projects and an unknown service',
      { environment: 'production', projects: 'a\nb\nshop', services: 'nope' },
      ['project-not-in-scope', 'project-not-in-scope', 'service-not-found'],
    ],
  ])('with %s', async (_, inputs, codes) => {
    const stage = await setStage({ fill })
    const result = await stage.run(inputs)
    expect(result.codes).toEqual(codes)
    expect(result.exitCode).toBe(1)
    expect(result.outputs.status).toBe('failure')
    expect(result.outputs['error-code']).toBe(codes[0])
    expect(mutations(stage)).toBe(0)
    expect(result.leaked).toEqual([])
  })

  it('reports every bad input at once, each with its permitted values, and sends no request', async () => {
    const { run, railway } = await setStage({ fill })
    const result = await run({
      command: 'launch',
      environment: 'production',
      wait: 'yes',
      timeout: 'soon',
      'max-parallel': '0',
      'commit-sha': 'main',
      'on-skipped': 'maybe',
      'api-url': 'http://railway.example/graphql',
    })
    const named = result.errors.map(
      (message) => /^The value ".*?" of the input `([a-z-]+)`/.exec(message)?.[1],
    )
    expect(named.sort()).toEqual([
      'api-url',
      'command',
      'commit-sha',
      'max-parallel',
      'on-skipped',
      'timeout',
      'wait',
    ])
    expect(result.errors.join()).toContain('`check`, `list`, ')
    expect(railway.requests).toEqual([])
  })

  it('skips, with a warning, projects that a glob matches and that lack the environment', async () => {
    const { run } = await setStage({ fill })
    const result = await run({ command: 'list', environment: 'staging' })
    expect(result.codes).toEqual([])
    expect(result.warnings.join()).toContain(
      'Project "billing" is left out, because it has no environment "staging"',
    )
  })

  it('skips a service that has nothing to build, with a warning', async () => {
    const { run } = await setStage({ fill })
    const result = await run({
      environment: 'production',
      projects: 'shop',
      services: 'web\nempty',
    })
    expect(result.exitCode).toBe(0)
    expect(result.warnings.join()).toContain('shop/empty')
    expect(result.json('results')).toMatchObject([{ status: 'success' }, { status: 'skipped' }])
  })
})

describe('the token', () => {
  it.each([
    ['quotes', (token: string) => `"${token}"`, 'quotes'],
    ['a prefix', (token: string) => `Bearer ${token}`, 'Bearer'],
    ['a line break', (token: string) => `${token.slice(0, 9)}\n${token.slice(9)}`, 'line break'],
  ])('with %s is not sent anywhere', async (_, damage, found) => {
    const { run, railway, token } = await setStage({ fill })
    const result = await run({ command: 'check', token: damage(token) })
    expect(result.codes).toEqual(['token-malformed'])
    expect(result.errors[0]).toContain(found)
    expect(railway.requests).toEqual([])
    expect(result.leaked).toEqual([])
  })

  it('comes from the environment if the input is omitted, and the log says so', async () => {
    const { run, token } = await setStage({ fill })
    const env = { RAILWAY_API_TOKEN: token, RAILWAY_TOKEN: 'another' }
    const result = await run({ command: 'check', token: '' }, { env })
    expect(result.exitCode).toBe(0)
    expect(result.shown).toContain('taken from RAILWAY_API_TOKEN')
    expect(result.shown).toContain('RAILWAY_TOKEN is set too')
    expect(result.shown).not.toContain('another')
  })

  it('is reported as missing, with advice', async () => {
    const { run } = await setStage({ fill })
    const result = await run({ command: 'check', token: '' })
    expect(result.codes).toEqual(['token-missing'])
  })

  it('of each kind is recognized, and used within its scope', async () => {
    let account = ''
    let oauth = ''
    let project = ''
    const { run } = await setStage({
      fill: (world) => {
        const token = fill(world)
        const [acme] = world.workspaces
        const [shop] = acme?.projects ?? []
        if (!acme || !shop) throw new Error('no workspace')
        account = world.accountToken([acme])
        oauth = world.oauthToken([acme])
        project = world.projectToken(shop, 'production')
        return token
      },
    })
    const kinds = []
    for (const token of [undefined, account, oauth, project]) {
      const result = await run({
        command: 'deploy',
        environment: 'production',
        'dry-run': 'true',
        ...(token && { token }),
      })
      expect(result.codes).toEqual([])
      expect(result.json('plan')).toMatchObject([{ action: 'deploy', service: 'web' }])
      kinds.push(result.outputs['token-type'])
    }
    expect(kinds).toEqual(['workspace', 'account', 'oauth', 'project'])
  })
})

describe('names at Railway that look like workflow commands', () => {
  it('are printed on one line each, and the runner executes none of them', async () => {
    const forged = (name: string) => `${name}\r::error title=Pwned::x\r::stop-commands::x`
    const { run } = await setStage({
      fill(world) {
        const acme = world.workspace(forged('Acme'))
        const environments = ['production', forged('staging')]
        const shop = world.project(acme, forged('shop'), { environments })
        world.service(shop, forged('web'), { source: { repo: repository } })
        return world.workspaceToken(acme)
      },
    })
    const deployed = await run({ environment: 'production' })
    expect(deployed.outputs.status).toBe('success')
    const listed = await run({ command: 'list' })
    for (const { annotations, commands, lines } of [deployed, listed]) {
      expect(annotations.map(({ title }) => title)).not.toContain('Pwned')
      expect(commands.map(({ name }) => name)).not.toContain('stop-commands')
      expect(lines.filter((line) => /^\s*:\u200b?:(error title=Pwned|stop)/.test(line))).toEqual([])
    }
  })
})

describe('names and domains at Railway that would distort the report', () => {
  const marks = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/

  it.each([
    ['a parenthesis', 'web(1)).up.railway.app', 'https://web%281%29%29.up.railway.app'],
    ['the end of a link', 'a](https://evil.example)b', 'https://a%5D%28https://evil.example%29b'],
    ['a lone surrogate', 'w\ud800eb.up.railway.app', 'https://w%EF%BF%BDeb.up.railway.app'],
    ['a mark that turns text around', 'we\u202eb.up.railway.app', 'https://web.up.railway.app'],
  ])('do not: %s', async (_, domain, link) => {
    const { run } = await setStage({
      fill: (world) => {
        const acme = world.workspace('Acme')
        const shop = world.project(acme, 'sh\u202eop')
        const source = { repo: repository }
        world.service(shop, 'w\u2066eb\u200f', { source, domain })
        world.service(shop, 'click', { source })
        return world.workspaceToken(acme)
      },
    })
    const result = await run({ environment: 'production' })
    expect(result.exitCode).toBe(0)
    expect(result.summary).toContain(`](${link})`)
    expect(result.summary).toContain('\u200bclick (success')
    expect(result.summary).not.toMatch(marks)
    expect(result.summary).not.toMatch(/\p{Cs}/u)
    expect(result.log.map(({ text }) => text).join('\n')).not.toMatch(marks)
  })
})

describe('list', () => {
  it('gives the matrix and the projects, ready for a workflow', async () => {
    const { run } = await setStage({ fill })
    const result = await run({ command: 'list', environment: 'production', projects: 'shop' })
    expect(result.outputs.status).toBe('success')
    expect(result.json('matrix')).toMatchObject({
      include: [
        {
          project: 'shop',
          environment: 'production',
          service: 'web',
          'service-id': expect.any(String),
        },
        { service: 'postgres' },
        { service: 'empty' },
      ],
    })
    expect(result.json('projects')).toMatchObject([
      {
        name: 'shop',
        environmentName: 'production',
        services: [
          { name: 'web', repository, image: null },
          { name: 'postgres', repository: null, image: 'postgres:16' },
          { name: 'empty', repository: null, image: null },
        ],
      },
    ])
    expect(result.outputs.url).toBe('https://shop.up.railway.app')
  })

  it.each([
    ['the first environment', undefined, 'https://web-production.up.railway.app'],
    ['the base environment', 'staging', 'https://web-staging.up.railway.app'],
  ])('gives one site for a service of several environments: that of %s', async (_, base, url) => {
    const { run } = await setStage({
      fill(world) {
        const acme = world.workspace('Acme')
        const environments = ['production', 'staging', 'qa']
        const options = { environments, ...(base && { baseEnvironment: base }) }
        const shop = world.project(acme, 'shop', options)
        world.service(shop, 'web', { source: { repo: repository }, domain: true })
        return world.workspaceToken(acme)
      },
    })
    const result = await run({ command: 'list' })
    expect(result.json('urls')).toEqual({ 'shop/web': url })
    expect(result.outputs.url).toBe(url)
  })
})

describe('outputs', () => {
  const action: unknown = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8'))
  const declared = Object.keys((action as { outputs: object }).outputs).sort()

  it.each<[string, Record<string, string>]>([
    ['success', { environment: 'production' }],
    ['a bad input', {}],
    ['an unknown project', { environment: 'production', projects: 'nope' }],
    ['check', { command: 'check' }],
  ])('are all set on %s, and no others', async (_, inputs) => {
    const { run } = await setStage({ fill })
    const result = await run(inputs)
    expect(Object.keys(result.outputs).sort()).toEqual(declared)
    expect(result.summary).not.toBe('')
  })

  it('over the limit are cut to whole entries, and the report file has all', async () => {
    const { run } = await setStage({
      fill: (world) => largeWorkspace(world, { projects: 1000, servicesPerProject: 3 }).token,
    })
    const result = await run({ command: 'list' })
    const { include } = result.json('matrix') as { include: unknown[] }
    expect(include.length).toBeLessThan(3000)
    expect(result.outputs.matrix?.length).toBeLessThanOrEqual(500_000)
    expect(result.warnings.join()).toContain('`matrix`')
  })
})

describe('a cancelled job', () => {
  it('stops within five seconds, reports what it had started, and does not stop the started deployments', async () => {
    const stage = await setStage({ fill })
    const result = await stage.run({ environment: 'production' }, { signals: cancelJob(30) })
    expect(result.codes).toEqual(['cancelled'])
    expect(result.exitCode).toBe(1)
    expect(result.signal).toBeNull()
    expect(result.seconds).toBeLessThanOrEqual(35)
    expect(result.json('results')).toMatchObject([{ service: 'web', status: 'cancelled' }])
    expect(result.summary).toContain('cancelled')
    expect(stage.world.newDeployments()).toHaveLength(1)
  })

  it('reports the id of a deployment that is being started when the signal comes', async () => {
    const stage = await setStage({
      fill,
      faults: [{ operation: 'DeployService', fault: { kind: 'slow', seconds: 2 } }],
    })
    const result = await stage.run({ environment: 'production' }, { signals: cancelJob(1) })
    expect(result.json('results')).toMatchObject([
      { status: 'cancelled', deploymentId: expect.any(String) },
    ])
    expect(result.seconds).toBeLessThanOrEqual(6)
  })

  it('says that it does not know if the response never comes', async () => {
    const stage = await setStage({
      fill,
      faults: [{ operation: 'DeployService', fault: 'silence-after-effect' }],
    })
    const result = await stage.run({ environment: 'production' }, { signals: cancelJob(1) })
    expect(result.seconds).toBeLessThanOrEqual(6)
    expect(result.json('results')).toMatchObject([{ status: 'unknown' }])
    expect(result.codes).toContain('cancelled')
  })

  it('exits at once on a second signal', async () => {
    const stage = await setStage({
      fill,
      faults: [{ operation: 'WorkspaceProjects', fault: 'silence-before-effect' }],
    })
    const signals = [
      { at: 2, signal: 'SIGINT' as const },
      { at: 3, signal: 'SIGTERM' as const },
    ]
    const result = await stage.run({ environment: 'production' }, { signals })
    expect(result.exitCode).toBe(1)
    expect(result.seconds).toBeLessThanOrEqual(3.1)
  })
})
