import { describe, expect, it } from '@jest/globals'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import { type ReadInputs, readInputs } from '../../src/inputs/read-inputs.ts'

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
}

function read(raw: RawInputs, { environment = {}, event = {}, name = 'push' }: Given = {}) {
  return readInputs({
    environment: {
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_EVENT_NAME: name,
      GITHUB_SHA: sha,
      ...environment,
    },
    input: (one) => raw[one] ?? '',
    event: () => event,
    step: () => ({ kind: 'unknown' }),
    file: () => ({ kind: 'missing' }),
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

  it('for GitHub is not there if it is empty', () => {
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
      'does not keep a preview from being deleted',
      { ...preview, 'preview-action': 'delete' },
      target,
      [],
    ],
    [
      'does not keep variables from being set',
      { ...deploy, command: 'variables', projects: '*', variables: 'A=1' },
      target,
      [],
    ],
    ['does not keep a rollback', { ...deploy, command: 'rollback' }, target, []],
    ['does not keep a list', { command: 'list', token: railway }, target, []],
    ['is not deployed after another workflow', deploy, run, ['untrusted-commit']],
    ['is checked once GitHub has described the pull request', preview, run, []],
  ])('%s', (_, raw, given, codes) => {
    expect(codesOf(raw, given)).toEqual(codes)
  })
})

describe("the run's own tokens", () => {
  it.each<[string, RawInputs, Record<string, string>]>([
    ['the Railway token', { variables: `A=${railway}` }, {}],
    ['a Railway token that was passed over', { variables: `A=${other}` }, { RAILWAY_TOKEN: other }],
    [
      'the token for GitHub',
      { variables: 'A=ghs_0123456789', 'github-token': ' ghs_0123456789 ' },
      {},
    ],
    ["the job's token", { variables: 'A=ghs_0123456789' }, { GITHUB_TOKEN: 'ghs_0123456789' }],
    [
      "the runner's token",
      { variables: 'A=abcdefghijklm' },
      { ACTIONS_RUNTIME_TOKEN: 'abcdefghijklm' },
    ],
  ])('are no variables: %s', (_, raw, environment) => {
    const given = { ...deploy, command: 'variables', projects: '*', ...raw }
    expect(codesOf(given, { environment })).toEqual(['input-invalid'])
  })
})
