import { describe, expect, it } from '@jest/globals'
import { errorSamples } from '../../scripts/docs/error-samples.ts'
import { type Failure, failure } from '../../src/errors/codes.ts'
import type { StepFinding } from '../../src/inputs/workflow-step.ts'
import { placeOfFailure } from '../../src/report/failure-location.ts'
import { buildFailed } from './fixtures.ts'

const file = '.github/workflows/deploy.yml'
const input = (line: number, ...entries: string[]) => ({
  line,
  text: entries.join('\n'),
  entries: entries.map((text, index) => ({ line: line + 1 + index, text })),
})

const step: StepFinding = {
  kind: 'found',
  step: {
    file,
    line: 10,
    inputs: new Map([
      ['token', input(12)],
      ['projects', input(20, 'shop', 'Blog')],
      ['environment', input(30, 'production')],
      ['services', input(40, 'web', 'api')],
      ['workspace', input(50)],
      ['require-workspace-token', input(51)],
      ['commit-sha', input(52)],
      ['require-overrides', input(60, '*_URL', 'DB_*')],
      ['directory', input(70)],
    ]),
    variables: new Map(),
    calls: [],
  },
}

const place = { project: 'shop', environment: 'production', service: 'web' }
const invalid = (name: string, given: string | null) =>
  failure('input-invalid', {
    input: name,
    given,
    problem: { kind: 'format', expected: 'something else' },
  })
const projects = (requested: string) =>
  failure('project-not-in-scope', { requested, workspace: 'Acme', available: [], nearest: null })
const services = (requested: string | null) =>
  failure('service-not-found', {
    requested,
    where: 'shop',
    available: [],
    nearest: null,
    repository: 'acme/shop',
  })
const beyond = { kind: 'project', name: 'blog' } as const
const scoped = { project: 'shop', environment: 'production', beyond }
const workspaces = { tokenType: 'account', workspaces: ['Acme'] } as const

describe('the line of a failure', () => {
  it.each<[string, Failure, number]>([
    ['an input', invalid('environment', 'x'), 30],
    ['an entry of an input', invalid('services', 'api'), 42],
    ['an input that is not set', invalid('timeout', 'x'), 10],
    ['an input without a value', invalid('projects', null), 20],
    ['the token', failure('token-missing', { situation: 'none', evidence: [] }), 12],
    ['a malformed token', failure('token-malformed', { source: 'input', fault: 'quotes' }), 12],
    ['an invalid token', failure('token-invalid', { source: 'input', questions: [] }), 12],
    ['an account token', failure('token-account-scoped', workspaces), 51],
    ['two workspaces', failure('workspace-ambiguous', { ...workspaces, requested: null }), 50],
    [
      'another workspace',
      failure('workspace-mismatch', {
        tokenType: 'workspace',
        scopedTo: ['Acme'],
        requested: 'Beta',
        nearest: null,
      }),
      50,
    ],
    ['a project', projects('blog'), 22],
    ['a project by another case', projects('BLOG'), 22],
    ['a project that no line names', projects('shop, blog'), 20],
    [
      'a project beyond a token',
      failure('token-project-scoped', { ...scoped, input: 'projects', entry: 'shop' }),
      21,
    ],
    [
      'an environment beyond a token',
      failure('token-project-scoped', { ...scoped, input: 'environment' }),
      30,
    ],
    ['something beyond a token', failure('token-project-scoped', scoped), 10],
    [
      'an environment',
      failure('environment-not-found', {
        requested: 'production',
        project: 'shop',
        available: [],
        nearest: null,
        elsewhere: [],
      }),
      30,
    ],
    [
      'a restricted environment',
      failure('environment-restricted', {
        project: 'shop',
        environment: 'production',
        tokenType: 'workspace',
      }),
      30,
    ],
    ['a service', services('web'), 41],
    ['no service at all', services(null), 40],
    ['a commit', failure('commit-not-found', { ...place, commit: 'a'.repeat(40) }), 52],
    [
      'a variable of the base',
      failure('inherited-variable', { ...place, variable: 'DB_HOST', pattern: 'DB_*', end: null }),
      62,
    ],
    [
      'an upload',
      failure('upload-refused', { ...place, directory: '.', bytes: null, why: 'too large' }),
      70,
    ],
    ['a build', buildFailed('web'), 10],
  ])('%s', (_, problem, line) => {
    expect(placeOfFailure(problem, step)).toEqual({ file, line })
  })

  it.each([
    'operation-not-permitted',
    'two-factor-required',
    'untrusted-commit',
    'commit-mismatch',
    'source-not-live',
    'empty-value',
    'staged-changes',
    'name-taken',
    'rollback-unavailable',
    'rate-limited',
    'api-unavailable',
    'api-incompatible',
    'deployment-failed',
    'unhealthy',
    'deployment-skipped',
    'deployment-timeout',
    'changes-pending',
    'cancelled',
    'internal-error',
  ] as const)('is that of the step for %s', (code) => {
    const [facts] = errorSamples[code]
    expect(placeOfFailure(failure(code, facts), step)).toEqual({ file, line: 10 })
  })

  it.each<[string, StepFinding]>([
    ['there is no checkout', { kind: 'unknown' }],
    ['the step is in another repository', { kind: 'elsewhere', calls: [] }],
  ])('is not known if %s', (_, finding) => {
    expect(placeOfFailure(projects('shop'), finding)).toBeNull()
  })
})
