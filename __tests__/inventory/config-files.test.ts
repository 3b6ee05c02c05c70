import { describe, expect, it } from '@jest/globals'
import type { Command } from '../../src/inputs/commands.ts'
import type { PreviewAction } from '../../src/inputs/preview-inputs.ts'
import {
  concernsConfigFiles,
  configFileWarnings,
  mayHaveConfigFile,
} from '../../src/inventory/config-files.ts'
import type { ServiceTarget, Source } from '../../src/inventory/inventory.ts'

const built: Source = { kind: 'repository', repository: 'acme/shop' }
const image: Source = { kind: 'image', image: 'postgres:16' }
const uploads: Source = { kind: 'none' }

function target(
  name: string,
  { source = built, configFile = null, environment = 'production' }: Partial<Given> = {},
): ServiceTarget {
  return {
    project: { id: 'p', name: 'shop' },
    environment: { id: `e-${environment}`, name: environment },
    instance: {
      service: { id: `s-${name}`, name },
      source,
      latest: null,
      active: [],
      triggers: [],
      domains: [],
      cron: false,
      configFile,
    },
  }
}

interface Given {
  source: Source
  configFile: string | null
  environment: string
}

const before = Date.UTC(2026, 10, 26)
const toml = { configFile: 'railway.toml' }

describe('the warning about config files', () => {
  it.each<[string, ServiceTarget[], string[]]>([
    ['no service', [], []],
    ['a service without one', [target('web')], []],
    ['an image, which has no files', [target('db', { source: image, ...toml })], []],
    ['one service', [target('web', toml)], ['1 selected service has', '"shop/web (railway.toml)"']],
    [
      'one that is fed by uploads',
      [target('site', { source: uploads, ...toml })],
      ['"shop/site (railway.toml)"'],
    ],
    [
      'two of three',
      [target('web', toml), target('api', { configFile: 'api/railway.json' }), target('worker')],
      ['2 selected services have', '"shop/web (railway.toml)", "shop/api (api/railway.json)".'],
    ],
    [
      'several environments',
      [target('web', toml), target('web', { ...toml, environment: 'staging' })],
      ['"shop/production/web (railway.toml)", "shop/staging/web (railway.toml)".'],
    ],
    [
      'a path of control characters',
      [target('web', { configFile: 'a\u001b[31m\r\n::error::b\u2028c' })],
      ['"shop/web (a ::error::b c)"'],
    ],
    [
      'an endless path',
      [target('web', { configFile: 'x'.repeat(5_000) })],
      [`(${'x'.repeat(99)}…)`],
    ],
  ])('%s', (_, targets, parts) => {
    const warnings = configFileWarnings(targets, new Map(), before)
    expect(warnings).toHaveLength(parts.length > 0 ? 1 : 0)
    for (const part of parts) expect(warnings[0]?.message).toContain(part)
  })

  it('names the file that Railway read, and prefers the one in the settings', () => {
    const web = target('web', toml)
    const api = target('api')
    const resolved = new Map([
      [web.instance, 'railway.json'],
      [api.instance, 'railway.json'],
    ])
    const [warning] = configFileWarnings([web, api], resolved, before)
    expect(warning?.message).toContain('"shop/web (railway.toml)", "shop/api (railway.json)".')
  })

  it('names ten and counts the rest', () => {
    const many = Array.from({ length: 40 }, (_, index) => target(`s${index}`, toml))
    const [warning] = configFileWarnings(many, new Map(), before)
    expect(warning?.message).toContain('40 selected services have')
    expect(warning?.message).toContain('"shop/s9 (railway.toml)" and 30 more.')
    expect(warning?.message).not.toContain('s10')
  })

  it.each([
    ['2026-01-05T09:00:00Z', 'config files end on 2026-12-01', 'stops reading'],
    ['2026-11-30T23:59:59.999Z', 'config files end on 2026-12-01', 'stops reading'],
    ['2026-12-01T00:00:00Z', 'config files are no longer read', 'stopped reading'],
    ['2027-06-01T00:00:00Z', 'config files are no longer read', 'stopped reading'],
  ])('at %s: %s', (now, title, words) => {
    const [warning] = configFileWarnings([target('web', toml)], new Map(), Date.parse(now))
    expect(warning?.title).toBe(title)
    expect(warning?.message).toContain(`Railway ${words} config files`)
    expect(warning?.message).toContain('2026-12-01')
  })
})

it.each<[string, Partial<Given>, boolean]>([
  ['built from a repository', {}, true],
  ['fed by uploads', { source: uploads }, true],
  ['an image', { source: image }, false],
  ['known by its settings', toml, false],
])('Railway may know a config file of a service that is %s: %s', (_, given, expected) => {
  expect(mayHaveConfigFile(target('web', given))).toBe(expected)
})

it.each<[Command, PreviewAction, boolean]>([
  ['check', 'create', true],
  ['list', 'create', true],
  ['deploy', 'create', true],
  ['preview', 'create', true],
  ['preview', 'delete', false],
  ['preview', 'prune', false],
  ['variables', 'create', false],
  ['rollback', 'create', false],
])('`%s` (%s) needs config files: %s', (command, action, expected) => {
  const preview = {
    action,
    isAuto: false,
    template: 'pr-<number>',
    number: 7,
    requireOverrides: [],
    olderThan: null,
  }
  expect(concernsConfigFiles({ command, preview })).toBe(expected)
})
