import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import { chooseToken, inputNames, parseInputs } from '../../src/inputs/read-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'
import { Secret } from '../../src/secret.ts'

const context = parseContext(
  {
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_EVENT_NAME: 'push',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_SHA: 'a'.repeat(40),
  },
  {},
)
const token = chooseToken([{ source: 'input', value: 'abc' }])
const parsed = (raw: RawInputs) =>
  parseInputs({ environment: 'production', ...raw }, token, context)

function refusedInputs(raw: RawInputs): string[] {
  const checked = parseInputs(raw, token, context)
  if (checked.ok) return []
  return checked.failures.flatMap((failure) =>
    failure.code === 'input-invalid' ? [failure.facts.input] : [failure.code],
  )
}

describe('inputs that are left out', () => {
  const checked = parsed({})
  const inputs = checked.ok ? checked.value : null

  it('have the defaults of action.yml', () => {
    const file: unknown = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8'))
    const { inputs: declared } = z
      .object({ inputs: z.record(z.string(), z.object({ default: z.string().optional() })) })
      .parse(file)
    const defaults = Object.fromEntries(
      Object.entries(declared).flatMap(([name, { default: value }]) =>
        value === undefined || value.includes('${{') ? [] : [[name, value]],
      ),
    )
    const explicit = parsed(defaults)
    expect(explicit).toEqual(checked)
  })

  it('are all declared in action.yml, and no other', () => {
    const file: unknown = parse(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8'))
    const { inputs: declared } = z.object({ inputs: z.record(z.string(), z.unknown()) }).parse(file)
    const read = [...inputNames, 'token']
    expect(
      Object.keys(declared).filter(
        (name) => !read.includes(name) && !name.endsWith('-token') && !name.startsWith('registry-'),
      ),
    ).toEqual([])
    expect(read.filter((name) => !(name in declared))).toEqual([])
  })

  it('take the commit of the event', () => {
    expect(inputs?.commit).toEqual({ kind: 'commit', sha: 'a'.repeat(40) })
  })
})

describe('an input is read', () => {
  it.each<[string, RawInputs, unknown]>([
    ['a duration in seconds', { timeout: '90s' }, { timeout: 90_000 }],
    ['a duration in hours', { timeout: '1h' }, { timeout: 3_600_000 }],
    [
      'a commit in capitals',
      { 'commit-sha': 'A'.repeat(40) },
      { commit: { kind: 'commit', sha: 'a'.repeat(40) } },
    ],
    ['`latest`', { 'commit-sha': 'latest' }, { commit: { kind: 'latest' } }],
    [
      'patterns with comments, blanks and Windows line ends',
      { projects: '# all of\r\n\r\n shop-* \r\n! shop-old' },
      {
        projects: [
          { text: 'shop-*', exclude: false },
          { text: 'shop-old', exclude: true },
        ],
      },
    ],
    [
      'a JSON array of patterns',
      { projects: '["shop-*", "!shop old", "#1"]' },
      {
        projects: [
          { text: 'shop-*', exclude: false },
          { text: 'shop old', exclude: true },
          { text: '#1', exclude: false },
        ],
      },
    ],
    ['text that is no JSON array of strings', { projects: '[1]' }, { projects: [{ text: '[1]' }] }],
    ['an empty array as nothing', { projects: '[]', services: ' [ ] ' }, { services: [] }],
    ['an empty array of other lists as none', { canary: '[]' }, { canary: null }],
    ['no limit by default', {}, { maxParallel: null, shard: null, healthCheck: null }],
    ['a limit', { 'max-parallel': '3' }, { maxParallel: 3 }],
    ['a shard', { shard: ' 2/5 ' }, { shard: { part: 2, of: 5 } }],
    [
      'a health check',
      { 'health-check': '/healthz?full=1' },
      { healthCheck: { path: '/healthz?full=1', timeout: 120_000 } },
    ],
    [
      'waves',
      { order: '# first\n{db,cache}\napi\n' },
      { order: [{ text: '{db,cache}' }, { text: 'api' }] },
    ],
    [
      'an age in days',
      { command: 'preview', 'preview-action': 'prune', 'older-than': '14d' },
      { preview: { olderThan: 1_209_600_000 } },
    ],
    ['a list of comments as left out', { projects: '# none' }, { projects: null }],
    [
      'http on loopback',
      { 'api-url': 'http://127.0.0.1:4000/graphql/v2' },
      { apiUrl: 'http://127.0.0.1:4000/graphql/v2' },
    ],
  ])('%s', (_, raw, expected) => {
    const checked = parsed(raw)
    expect(checked.ok && checked.value).toMatchObject(expected as object)
  })
})

describe('an input is refused', () => {
  it.each<[string, RawInputs, string[]]>([
    ['a command that is none', { command: 'ship', environment: 'x' }, ['command']],
    ['a boolean in capitals', { wait: 'True', environment: 'x' }, ['wait']],
    ['a duration without unit', { timeout: '20', environment: 'x' }, ['timeout']],
    ['no time at all', { timeout: '0s', environment: 'x' }, ['timeout']],
    ['a short commit', { 'commit-sha': 'abc1234', environment: 'x' }, ['commit-sha']],
    ['half a change at once', { 'max-parallel': '1.5', environment: 'x' }, ['max-parallel']],
    [
      'an array with an empty entry',
      { services: '["api", ""]', projects: 'x', environment: 'x' },
      ['services'],
    ],
    ['no shard of any', { shard: '0/5', environment: 'x' }, ['shard']],
    ['a shard beyond all', { shard: '6/5', environment: 'x' }, ['shard']],
    ['more shards than jobs', { shard: '1/257', environment: 'x' }, ['shard']],
    ['a shard without a slash', { shard: '2', environment: 'x' }, ['shard']],
    ['a health check by URL', { 'health-check': 'https://x/', environment: 'x' }, ['health-check']],
    [
      'a health check of another host',
      { 'health-check': '//x/', environment: 'x' },
      ['health-check'],
    ],
    ['a backslash for a slash', { 'health-check': '/\\x', environment: 'x' }, ['health-check']],
    ['a header in a path', { 'health-check': '/\r\nX: y', environment: 'x' }, ['health-check']],
    ['an exclusion as a wave', { order: 'api\n!db', environment: 'x' }, ['order']],
    ['a pattern without measure', { projects: '{1..1000000000}', environment: 'x' }, ['projects']],
    ['a million patterns', { projects: 'a\n'.repeat(200_000), environment: 'x' }, ['projects']],
    ['a pattern of nothing but `!`', { projects: '!', environment: 'x' }, ['projects']],
    ['http beyond loopback', { 'api-url': 'http://example.com', environment: 'x' }, ['api-url']],
    [
      'a URL with a password',
      { 'api-url': 'https://a:b@example.com', environment: 'x' },
      ['api-url'],
    ],
    ['a deploy without environment', {}, ['environment']],
    ['services without projects', { services: '*', environment: 'x' }, ['projects']],
    [
      'everything at once',
      { wait: 'x', timeout: 'x', services: '*' },
      ['wait', 'timeout', 'environment', 'projects'],
    ],
    ['a boolean that JavaScript has', { wait: 'toString', environment: 'x' }, ['wait']],
    [
      'projects of nothing but comments',
      { projects: '# shop', services: '*', environment: 'x' },
      ['projects'],
    ],
    ['`redeploy: false` of a preview', { command: 'preview', redeploy: 'false' }, ['redeploy']],
    ['`check` without environment: fine', { command: 'check', services: '*' }, []],
  ])('%s', (_, raw, expected) => {
    expect(refusedInputs(raw)).toEqual(expected)
  })
})

describe('what may be a secret', () => {
  it.each<[string, RawInputs]>([
    ['a value with a name', { command: 'variables', 'remove-variables': 'KEY=sk_live_1' }],
    ['contents in place of a path', { command: 'variables', 'variables-file': 'KEY=sk_live_1' }],
    ['contents without a name', { command: 'variables', 'variables-file': 'sk_live_1' }],
    ['JSON in place of a path', { command: 'variables', 'variables-file': '{"A": "sk_live_1"}' }],
    ['credentials of an image', { image: 'robot:sk_live_1@ghcr.io/acme/api' }],
    ['an address of an image', { image: 'https://robot:sk_live_1@ghcr.io/acme/api' }],
    ['a token of an image', { image: 'sk_live_1@ghcr.io/acme/api:1.0' }],
    ['a password in a URL', { 'api-url': 'https://user:sk_live_1@example.com' }],
  ])('%s is not repeated', (_, raw) => {
    const checked = parseInputs({ environment: 'x', ...raw }, token, context, {
      readFile: () => ({ kind: 'missing' }),
    })
    expect(checked.ok).toBe(false)
    expect(JSON.stringify(checked)).not.toContain('sk_live_1')
  })
})

describe('the token', () => {
  it.each<[string, string]>([
    ['"abc"', 'quotes'],
    ['Bearer abc', 'bearer-prefix'],
    ['a\nb', 'line-break'],
    ['a b', 'white-space'],
    ['tokén', 'characters'],
  ])('%j is malformed', (value, fault) => {
    const checked = parseInputs(
      { command: 'check' },
      { secret: new Secret(value), source: 'input', passedOver: [] },
      context,
    )
    expect(checked.ok ? [] : checked.failures).toEqual([
      { code: 'token-malformed', facts: { source: 'input', fault } },
    ])
  })

  it('loses white space at its ends, which secrets often have', () => {
    expect(chooseToken([{ source: 'input', value: ' abc\n' }])?.secret.reveal()).toBe('abc')
  })

  it('is the first that is there; what was passed over is named', () => {
    const chosen = chooseToken([
      { source: 'input', value: '' },
      { source: 'RAILWAY_API_TOKEN', value: 'abc' },
      { source: 'RAILWAY_TOKEN', value: 'def' },
      { source: 'RAILWAY_TOKEN', value: 'abc' },
    ])
    expect(chosen).toMatchObject({
      source: 'RAILWAY_API_TOKEN',
      passedOver: [
        { source: 'RAILWAY_TOKEN', same: false },
        { source: 'RAILWAY_TOKEN', same: true },
      ],
    })
  })

  it('prints as ***, however it is printed', () => {
    const secret = new Secret('s3cret')
    expect([`${secret}`, JSON.stringify({ secret }), String(secret)]).toEqual([
      '***',
      '{"secret":"***"}',
      '***',
    ])
  })
})

describe('the commit of the event', () => {
  const environment = { GITHUB_REPOSITORY: 'acme/shop', GITHUB_SHA: 'f'.repeat(40) }
  const head = (repository: string | null) => ({
    action: 'synchronize',
    pull_request: {
      number: 7,
      head: { sha: 'b'.repeat(40), ref: 'feature', repo: repository && { full_name: repository } },
    },
  })

  it.each<[string, unknown, string]>([
    ['a pull request: its head', head('acme/shop'), 'b'],
    ['a finished workflow: its head', { workflow_run: { head_sha: 'c'.repeat(40) } }, 'c'],
    ['anything else: the run’s own', {}, 'f'],
    ['a payload that is none', 'nonsense', 'f'],
    ['a payload of another shape', { pull_request: { number: 'seven' } }, 'f'],
  ])('%s', (_, payload, letter) => {
    expect(parseContext(environment, payload).commit).toBe(letter.repeat(40))
  })

  it.each([
    ['Acme/Shop', false],
    ['someone/shop', true],
    [null, true],
  ])('from %s is from a fork: %s', (repository, fork) => {
    expect(parseContext(environment, head(repository)).pullRequest?.fromFork).toBe(fork)
  })
})
