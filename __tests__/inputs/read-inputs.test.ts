import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import {
  chooseToken,
  inputNames,
  parseInputs,
  type ReadInputs,
  readInputs,
} from '../../src/inputs/read-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'
import type { StepFinding } from '../../src/inputs/workflow-step.ts'
import { Secret } from '../../src/secret.ts'
import { expression, refusals, refusedInputs, stepWith } from './fixtures.ts'

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

function refusedBy(raw: RawInputs): string[] {
  const checked = parseInputs(raw, token, context)
  return checked.ok ? [] : refusedInputs(checked.failures)
}

describe('omitted inputs', () => {
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

  it('are all declared in action.yml, and no others are', () => {
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
    ['`latest`', { 'commit-sha': ' latest ' }, { commit: { kind: 'latest' } }],
    ['the reports of a deployment by default', {}, { comment: false, githubDeployments: false }],
    [
      'the requested reports of a deployment',
      { comment: 'true', 'github-deployments': 'true' },
      { comment: true, githubDeployments: true },
    ],
    [
      'the reports of a preview by default',
      { command: 'preview', 'preview-name': 'x' },
      { comment: true, githubDeployments: true },
    ],
    [
      'the reports of a preview that are switched off',
      { command: 'preview', 'preview-name': 'x', comment: 'false', 'github-deployments': 'false' },
      { comment: false, githubDeployments: false },
    ],
    ['no credentials of an image', { image: 'redis:7' }, { registry: null }],
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
    [
      'an empty array as an empty selection',
      { projects: '[]', services: ' [ ] ' },
      { services: [] },
    ],
    ['an empty array of other lists as missing', { canary: '[]' }, { canary: null }],
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
    ['a list of comments as omitted', { projects: '# none' }, { projects: null }],
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

it('credentials of an image are read as secrets', () => {
  const checked = parsed({
    image: 'acme/api',
    'registry-username': 'ada',
    'registry-password': ' pa55 ',
  })
  const registry = checked.ok ? checked.value.registry : null
  expect([registry?.username.reveal(), registry?.password.reveal()]).toEqual(['ada', 'pa55'])
})

it('there is no commit if neither the input nor the event names one', () => {
  const none = parseContext({ GITHUB_REPOSITORY: 'acme/shop' }, {})
  const checked = parseInputs({ environment: 'x' }, token, none)
  expect(checked.ok && checked.value.commit).toEqual({ kind: 'none' })
})

describe('an input that is refused is quoted, with the expected form', () => {
  const commit = 'a full commit SHA of 40 hexadecimal digits, or `latest`'
  const url = 'an https URL without user name or password (plain http only for a loopback address)'
  const path =
    'a path such as `/healthz`, which begins with one `/` and holds no white space, `\\` or `#`'
  const names = 'names of variables, one a line'
  const image = 'an image reference such as `ghcr.io/acme/api:1.4.0` or `ghcr.io/acme/api@sha256:…`'
  it.each<[RawInputs, string]>([
    [{ 'commit-sha': `${'a'.repeat(39)}g` }, `commit-sha "${'a'.repeat(39)}g": ${commit}`],
    [{ 'commit-sha': `x${'a'.repeat(40)}` }, `commit-sha "x${'a'.repeat(40)}": ${commit}`],
    [{ 'commit-sha': 'a'.repeat(41) }, `commit-sha "${'a'.repeat(41)}": ${commit}`],
    [{ timeout: '20' }, 'timeout "20": a duration such as `90s`, `20m` or `1h`, up to `24h`'],
    [{ timeout: '25h' }, 'timeout "25h": a duration such as `90s`, `20m` or `1h`, up to `24h`'],
    [{ 'api-url': 'http://example.com' }, `api-url "http://example.com": ${url}`],
    [{ 'api-url': 'https://ada@example.com' }, `api-url -: ${url}`],
    [{ 'health-check': 'healthz' }, `health-check "healthz": ${path}`],
    [{ 'health-check': 'https://ada@example.com' }, `health-check -: ${path}`],
    [{ image: 'acme api' }, `image "acme api": ${image}`],
    [
      { services: '*', projects: '*', 'remove-variables': 'A B' },
      `remove-variables "A B": ${names}`,
    ],
    [{ services: '*', projects: '*', 'remove-variables': 'A=1' }, `remove-variables -: ${names}`],
    [{ services: '*', projects: '*', 'remove-variables': 'A: 1' }, `remove-variables -: ${names}`],
  ])('%j', (raw, expected) => {
    const checked = parsed(raw)
    expect(checked.ok ? [] : refusals(checked.failures)).toEqual([expected])
  })
})

describe('an input is refused', () => {
  it.each<[string, RawInputs, string[]]>([
    ['an unknown command', { command: 'ship', environment: 'x' }, ['command']],
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
    ['a pattern with only `!`', { projects: '!', environment: 'x' }, ['projects']],
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
      'projects with only comments',
      { projects: '# shop', services: '*', environment: 'x' },
      ['projects'],
    ],
    ['`redeploy: false` of a preview', { command: 'preview', redeploy: 'false' }, ['redeploy']],
    ['`check` without environment: fine', { command: 'check', services: '*' }, []],
  ])('%s', (_, raw, expected) => {
    expect(refusedBy(raw)).toEqual(expected)
  })
})

describe('an input that may be a secret', () => {
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
    ['"abc', 'quotes'],
    ["abc'", 'quotes'],
    ['Bearer abc', 'bearer-prefix'],
    ['BEARER', 'bearer-prefix'],
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

  it.each(['a"b', "a'b", 'my-bearer', 'bearers', '!~'])('%j is not malformed', (value) => {
    const given = { secret: new Secret(value), source: 'input', passedOver: [] } as const
    expect(parseInputs({ command: 'check' }, given, context).ok).toBe(true)
  })

  // Secrets often have white space at their ends. A line break at the start belongs to the value.
  it.each([
    [' abc\n', 'abc'],
    ['\t abc \r\n\n', 'abc'],
    ['\nabc', '\nabc'],
    ['a  b', 'a  b'],
    ['a\nb', 'a\nb'],
  ])('%j is read as %j', (value, expected) => {
    expect(chooseToken([{ source: 'input', value }])?.secret.reveal()).toBe(expected)
  })

  it('is the first one that is set; the others are named', () => {
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

  it('prints as *** in every form', () => {
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
    ['an invalid payload', 'nonsense', 'f'],
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

const sha = 'a'.repeat(40)
const railway = '0b3c1d5e-7f90-4a1b-8c2d-3e4f5a6b7c8d'
const other = '9a8b7c6d-0000-4111-8222-333344445555'
const pullRequest = (repository: string) => ({
  pull_request: { number: 7, head: { sha, ref: 'topic', repo: { full_name: repository } } },
})
const fork = pullRequest('mallory/shop')

interface Given {
  environment?: Record<string, string>
  event?: object
  name?: string
  step?: StepFinding
  files?: Record<string, string>
}

function read(
  raw: RawInputs,
  {
    environment = {},
    event = {},
    name = 'push',
    step = { kind: 'unknown' },
    files = {},
  }: Given = {},
) {
  return readInputs({
    environment: {
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_EVENT_NAME: name,
      GITHUB_SHA: sha,
      ...environment,
    },
    input: (one) => raw[one] ?? '',
    event: () => event,
    step,
    file: (path) => {
      const text = files[path]
      return text === undefined ? { kind: 'missing' } : { kind: 'text', text }
    },
  })
}

function codesOf(raw: RawInputs, given?: Given): string[] {
  const result = read(raw, given)
  return result.ok ? [] : result.failures.map(({ code }) => code)
}

function valuesOf(raw: RawInputs, given?: Given): ReadInputs {
  const result = read(raw, given)
  if (!result.ok) throw new Error(JSON.stringify(result.failures))
  return result.value
}

const deploy = { environment: 'production', token: railway }
const preview = { command: 'preview', token: railway }

describe('the token of a run', () => {
  it.each<[string, RawInputs, Record<string, string>, string]>([
    ['the input', { token: railway }, { RAILWAY_API_TOKEN: other }, 'input'],
    [
      'the variable for API tokens',
      {},
      { RAILWAY_API_TOKEN: railway, RAILWAY_TOKEN: other },
      'RAILWAY_API_TOKEN',
    ],
    ['the other variable', {}, { RAILWAY_TOKEN: railway }, 'RAILWAY_TOKEN'],
  ])('is taken from %s', (_, raw, environment, source) => {
    const { token } = valuesOf({ environment: 'production', ...raw }, { environment })
    expect([token?.source, token?.secret.reveal()]).toEqual([source, railway])
  })

  it.each<[string, RawInputs, Given, string[]]>([
    ['fails a deployment', { environment: 'x' }, {}, ['token-missing']],
    [
      'fails a deployment of a fork',
      { environment: 'x' },
      { event: fork, name: 'pull_request' },
      ['token-missing'],
    ],
    ['fails a preview', { command: 'preview', 'preview-name': 'x' }, {}, ['token-missing']],
    [
      'does not fail the preview of a fork',
      { command: 'preview' },
      { event: fork, name: 'pull_request' },
      [],
    ],
    [
      'does not fail the preview of Dependabot',
      { command: 'preview' },
      {
        event: pullRequest('acme/shop'),
        name: 'pull_request',
        environment: { GITHUB_ACTOR: 'dependabot[bot]' },
      },
      [],
    ],
    [
      'is reported with bad inputs',
      { timeout: 'soon' },
      {},
      ['input-invalid', 'input-invalid', 'token-missing'],
    ],
    [
      'is reported with a bad name of a preview',
      { command: 'preview' },
      {},
      ['input-invalid', 'token-missing'],
    ],
  ])('that is missing %s', (_, raw, given, codes) => {
    expect(codesOf(raw, given).toSorted()).toEqual(codes.toSorted())
  })

  it('for GitHub counts as missing if it is empty', () => {
    expect(valuesOf({ ...deploy, 'github-token': ' \n' }).githubToken).toBeNull()
    expect(valuesOf({ ...deploy, 'github-token': ' ghs_1 ' }).githubToken?.reveal()).toBe('ghs_1')
  })
})

describe('the commit of a fork', () => {
  const target = { event: fork, name: 'pull_request_target' }
  const run = {
    event: { workflow_run: { head_sha: sha, head_repository: { full_name: 'mallory/shop' } } },
    name: 'workflow_run',
  }

  it.each<[string, RawInputs, Given, string[]]>([
    ['is not deployed', deploy, target, ['untrusted-commit']],
    ['is deployed if it is named', { ...deploy, 'commit-sha': sha }, target, []],
    ['gets no preview', preview, target, ['untrusted-commit']],
    [
      'does not prevent the deletion of a preview',
      { ...preview, 'preview-action': 'delete' },
      target,
      [],
    ],
    [
      'does not prevent new variables',
      { ...deploy, command: 'variables', projects: '*', variables: 'A=1' },
      target,
      [],
    ],
    ['does not prevent a rollback', { ...deploy, command: 'rollback' }, target, []],
    ['does not prevent a list', { command: 'list', token: railway }, target, []],
    ['is not deployed after another workflow', deploy, run, ['untrusted-commit']],
    ['is checked again after GitHub has returned the pull request', preview, run, []],
  ])('%s', (_, raw, given, codes) => {
    expect(codesOf(raw, given)).toEqual(codes)
  })
})

describe("the run's own tokens", () => {
  const set = { ...deploy, command: 'variables', projects: '*' }
  const held = (name: string) =>
    `variables -: rejected: It contains tokens of this run, which no service needs: A holds ${name}. List the variables one by one instead of \`toJSON(secrets)\`.`
  const lasting = (name: string) =>
    `registry-password -: rejected: The value is ${name}, which does not stay valid, so Railway could not pull the image with it later. Expected a password or token of the registry that stays valid.`
  const image = { ...deploy, image: 'acme/api', 'registry-username': 'ada' }

  it.each<[string, RawInputs, Record<string, string>, string]>([
    ['the Railway token', { ...set, variables: `A=${railway}` }, {}, held('the Railway token')],
    [
      'a Railway token that is not used',
      { ...set, variables: `A=${other}` },
      { RAILWAY_TOKEN: other },
      held('the Railway token'),
    ],
    [
      'the token for GitHub',
      { ...set, variables: 'A=ghs_0123456789', 'github-token': ' ghs_0123456789 ' },
      {},
      held('`github-token`'),
    ],
    [
      "the job's token",
      { ...set, variables: 'A=ghs_0123456789' },
      { GITHUB_TOKEN: 'ghs_0123456789\n' },
      held("the job's GitHub token"),
    ],
    [
      "the runner's token",
      { ...set, variables: 'A=abcdefghijklm' },
      { ACTIONS_RUNTIME_TOKEN: 'abcdefghijklm' },
      held("the runner's own token"),
    ],
    [
      'the Railway token as a password',
      { ...image, 'registry-password': railway },
      {},
      lasting('the Railway token'),
    ],
    [
      'the token for GitHub as a password',
      { ...image, 'registry-password': 'ghs_0123456789', 'github-token': 'ghs_0123456789' },
      {},
      lasting('`github-token`'),
    ],
  ])('are refused: %s', (_, raw, environment, expected) => {
    const result = read(raw, { environment })
    expect(result.ok ? [] : refusals(result.failures)).toEqual([expected])
  })
})

describe('the step in the workflow file', () => {
  const step: StepFinding = { kind: 'found', step: stepWith({ services: expression }) }
  const elsewhere: StepFinding = { kind: 'elsewhere', calls: [] }

  it.each<[string, RawInputs, Given, string[]]>([
    ['shows an expression that came out empty', deploy, { step }, ['input-invalid']],
    ['shows nothing if it is not found', deploy, {}, []],
    ['shows nothing if it is in another repository', deploy, { step: elsewhere }, []],
    [
      'does not count if GitHub withholds secrets',
      { command: 'preview' },
      { step, event: fork, name: 'pull_request' },
      [],
    ],
    [
      'counts if the token is missing for another reason',
      { environment: 'production' },
      { step },
      ['input-invalid', 'token-missing'],
    ],
  ])('%s', (_, raw, given, codes) => {
    expect(codesOf(raw, given)).toEqual(codes)
  })
})

it('files are read by their names', () => {
  const raw = { ...deploy, command: 'variables', projects: '*', 'variables-file': 'a.env\nb.env' }
  const { inputs } = valuesOf(raw, { files: { 'a.env': 'A=1', 'b.env': 'B=2' } })
  expect([...inputs.variables.values].map(([name, value]) => [name, value.reveal()])).toEqual([
    ['A', '1'],
    ['B', '2'],
  ])
  expect(codesOf(raw, { files: { 'a.env': 'A=1' } })).toEqual(['input-invalid'])
})
