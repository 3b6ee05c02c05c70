import { describe, expect, it } from '@jest/globals'
import type { FaultName, LocalRailway, ServiceOptions, World } from '../../local/railway/index.ts'
import { results } from './fleet.ts'
import { setPreviewStage } from './preview-stage.ts'
import { commit, type Run, repository, setStage } from './stage.ts'

const source = { repo: repository }

/** `shop` with services whose settings come from: only Railway, a named file, a file at its default path. */
const fill =
  (services: Record<string, ServiceOptions> = {}) =>
  (world: World): string => {
    const acme = world.workspace('Acme')
    const shop = world.project(acme, 'shop')
    for (const [name, options] of Object.entries(services)) {
      world.service(shop, name, { source, ...options })
    }
    world.service(shop, 'Postgres', { source: { image: 'postgres:16' } })
    return world.workspaceToken(acme)
  }

const three = fill({
  plain: {},
  named: { railwayConfigFile: 'apps/named/railway.toml' },
  found: { foundConfigFile: 'railway.json' },
})

/** The messages of the warning. */
const configWarnings = ({ warnings }: Run) =>
  warnings.filter((message) => /in a config file such as/.test(message))

/** Counts the requests for the field that older servers lack. */
const countQueries = ({ requests }: LocalRailway) =>
  requests.filter(({ operationName }) => operationName === 'ResolvedConfigFiles').length

const both =
  '2 selected services have settings in a config file such as railway.json or railway.toml: "shop/named (apps/named/railway.toml)", "shop/found (railway.json)".'

it.each(['Not Authorized', 'Problem processing request', 'Not Found'])(
  'the warning is there if Railway rejects the read of automatic deployments: %s',
  async (message) => {
    const fault = { kind: 'error', message } as const
    const rule = { root: 'serviceInstanceAutoDeployStatus', times: Infinity, fault }
    const { run, railway } = await setStage({ fill: three, faults: [rule] })
    const transcript = await run({ environment: 'production' })
    expect(transcript.codes).toEqual([])
    expect(configWarnings(transcript)[0]).toContain(both)
    expect(transcript.warnings.join()).toContain('shop/plain, shop/named, shop/found')
    expect(countQueries(railway)).toBe(2)
  },
)

describe.each(['check', 'list', 'deploy'])('`%s`', (command) => {
  const inputs = { command, environment: 'production' }

  it('warns once of all selected services whose settings come from a config file', async () => {
    const { run, railway } = await setStage({ fill: three })
    const transcript = await run(inputs)
    expect(transcript.codes).toEqual([])
    expect(configWarnings(transcript)).toHaveLength(1)
    expect(configWarnings(transcript)[0]).toContain(both)
    expect(transcript.summary).toContain('stops reading config files')
    expect(countQueries(railway)).toBe(1)
  })

  it('does not name a service that is not selected', async () => {
    const { run } = await setStage({ fill: three })
    const transcript = await run({ ...inputs, projects: 'shop', services: 'found\nplain' })
    expect(configWarnings(transcript)[0]).toContain('1 selected service has')
    expect(configWarnings(transcript)[0]).not.toContain('named')
  })

  it('does not warn if no service has one', async () => {
    const { run } = await setStage({ fill: fill({ web: {}, api: { railwayConfigFile: ' ' } }) })
    const transcript = await run(inputs)
    expect(transcript.exitCode).toBe(0)
    expect(configWarnings(transcript)).toEqual([])
  })

  it('uses only the settings if the server is older', async () => {
    const { run, railway } = await setStage({ fill: three, behaviour: { schema: 'older' } })
    const transcript = await run(inputs)
    expect(transcript.codes).toEqual([])
    expect(configWarnings(transcript)[0]).toContain(
      'has settings in a config file such as railway.json or railway.toml: "shop/named (apps/named/railway',
    )
    expect(configWarnings(transcript)[0]).not.toContain('found')
    expect(countQueries(railway)).toBe(1)
    expect(transcript.shown).not.toContain('resolvedFileConfig')
  })
})

it('sends no further request if every service names its file, or is an image', async () => {
  const { run, railway } = await setStage({
    fill: fill({ web: { railwayConfigFile: 'railway.toml' } }),
  })
  const transcript = await run({ command: 'check' })
  expect(configWarnings(transcript)[0]).toContain('"shop/web (railway.toml)"')
  expect(countQueries(railway)).toBe(0)
})

it('sends no further request if all services are unchanged', async () => {
  const live = { live: { commit } }
  const { run, railway } = await setStage({
    fill: fill({ web: { ...live, railwayConfigFile: 'railway.toml' }, api: live }),
  })
  const transcript = await run({ environment: 'production' })
  expect(transcript.outputs.status).toBe('unchanged')
  expect(configWarnings(transcript)[0]).toContain('"shop/web (railway.toml)"')
  expect(railway.requests).toHaveLength(3)
})

describe('many services', () => {
  const many = (size: number, options: ServiceOptions) =>
    fill(Object.fromEntries(Array.from({ length: size }, (_, index) => [`s${index}`, options])))

  it('get one warning and one request', async () => {
    const { run, railway } = await setStage({
      fill: many(150, { foundConfigFile: 'railway.json' }),
    })
    const transcript = await run({ command: 'check' })
    expect(configWarnings(transcript)).toHaveLength(1)
    expect(configWarnings(transcript)[0]).toContain('150 selected services have')
    expect(configWarnings(transcript)[0]).toMatch(/"shop\/s9 \(railway\.json\)" and 140 more\./)
    expect(countQueries(railway)).toBe(1)
  })

  it('are not queried if one request is not enough', async () => {
    const { run, railway } = await setStage({
      fill: many(201, { foundConfigFile: 'railway.json' }),
    })
    const transcript = await run({ command: 'list' })
    expect(configWarnings(transcript)).toEqual([])
    expect(countQueries(railway)).toBe(0)
  })

  it('are not queried if few requests are left', async () => {
    const { run, railway } = await setStage({
      fill: many(60, { foundConfigFile: 'railway.json' }),
      limits: { perHour: 100 },
    })
    const transcript = await run({ command: 'check' })
    expect(transcript.codes).toEqual([])
    expect(countQueries(railway)).toBe(0)
  })
})

describe('a path with odd characters', () => {
  it.each([
    ['a workflow command', 'a\r\n::error::owned', 'a ::error::owned'],
    ['an older workflow command', '##[error]owned', '##[error]owned'],
    [
      'Markdown',
      '[x](https://evil.example)|<b>`@someone #1',
      '[x](https://evil.example)|<b>`@someone',
    ],
    ['terminal codes', '\u001b[31mred/railway.json', 'red/railway.json'],
    ['letters of the world', 'höhe/レール.json', 'höhe/レール.json'],
  ])('%s', async (_, railwayConfigFile, shown) => {
    const { run } = await setStage({ fill: fill({ web: { railwayConfigFile } }) })
    const transcript = await run({ command: 'check' })
    expect(transcript.errors).toEqual([])
    expect(configWarnings(transcript)).toHaveLength(1)
    expect(configWarnings(transcript)[0]?.replaceAll('\u200b', '')).toContain(shown)
    expect(transcript.summary).not.toContain('](https://evil')
    expect(transcript.summary).not.toContain('<b>')
    expect(transcript.summary).not.toContain('@someone')
  })
})

describe('a fault on the query', () => {
  it.each<FaultName>([
    'reset-before-effect',
    'silence-before-effect',
    'status-502-html',
    'slow',
    'truncated',
    'wrong-name',
    'wrong-type',
    'problem',
    'refused',
  ])('%s: the run continues without its response', async (fault) => {
    const { run, railway, clock } = await setStage({
      fill: three,
      faults: [{ operation: 'ResolvedConfigFiles', fault }],
    })
    const before = clock.now()
    const transcript = await run({ command: 'check' })
    expect(transcript.codes).toEqual([])
    expect(configWarnings(transcript)[0]).toContain('"shop/named (')
    expect(configWarnings(transcript)[0]).not.toContain('found')
    expect(clock.now() - before).toBeLessThan(10_000)
    expect(countQueries(railway)).toBe(1)
  })

  it('does not prevent a deployment', async () => {
    const { run } = await setStage({
      fill: fill({ web: { foundConfigFile: 'railway.json' } }),
      faults: [{ operation: 'ResolvedConfigFiles', fault: 'refused' }],
    })
    const transcript = await run({ environment: 'production' })
    expect(results(transcript)).toEqual(['shop/web: deploy success'])
  })

  it('a setting that Railway does not report prevents no deployment', async () => {
    const { run } = await setStage({
      fill: three,
      faults: [
        {
          operation: 'WorkspaceProjects',
          fault: { kind: 'gap', field: 'railwayConfigFile' },
          times: Infinity,
        },
      ],
    })
    const transcript = await run({ environment: 'production', projects: 'shop', services: 'plain' })
    expect(results(transcript)).toEqual(['shop/plain: deploy success'])
    expect(transcript.warnings.join()).toContain('"railwayConfigFile" of shop / production')
  })
})

it.each([
  ['2026-11-30T23:00:00Z', 'Railway stops reading config files'],
  ['2026-12-01T00:00:00Z', 'Railway stopped reading config files'],
  ['2027-03-01T12:00:00Z', 'Railway stopped reading config files'],
])('on %s it warns: %s', async (day, words) => {
  const { run } = await setStage({ fill: three, start: Date.parse(day) })
  const transcript = await run({ command: 'check' })
  expect(configWarnings(transcript)[0]).toContain(words)
})

describe('`preview`', () => {
  it('warns of the services that it is cloned from, and does not warn when it deletes', async () => {
    const stage = await setPreviewStage({ fill: three })
    const made = await stage.preview({ number: 7 })
    expect(made.codes).toEqual([])
    expect(configWarnings(made)).toHaveLength(1)
    expect(configWarnings(made)[0]).toContain(both)
    expect(countQueries(stage.railway)).toBe(1)
    const deleted = await stage.preview({ number: 7 }, { 'preview-action': 'delete' })
    expect(configWarnings(deleted)).toEqual([])
    expect(countQueries(stage.railway)).toBe(1)
  })

  it('uses only the settings if the server is older', async () => {
    const stage = await setPreviewStage({ fill: three, behaviour: { schema: 'older' } })
    const made = await stage.preview({ number: 7 })
    expect(made.codes).toEqual([])
    expect(configWarnings(made)[0]).toContain(
      'has settings in a config file such as railway.json or railway.toml: "shop/named (',
    )
  })

  it('does not warn if no service has one', async () => {
    const stage = await setPreviewStage({ fill: fill({ web: {} }) })
    expect(configWarnings(await stage.preview({ number: 7 }))).toEqual([])
  })
})
