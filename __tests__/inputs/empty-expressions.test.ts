import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { checkEmptyExpressions } from '../../src/inputs/empty-expressions.ts'
import { parseInputs, type RawInputs, readInputs } from '../../src/inputs/read-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'
import type { WorkflowStep } from '../../src/inputs/workflow-step.ts'
import { expression, refusals, refusedInputs, stepWith } from './fixtures.ts'

const context = parseContext({ GITHUB_REPOSITORY: 'acme/shop', GITHUB_SHA: 'c'.repeat(40) }, {})

describe('an expression whose value is empty', () => {
  it.each<[string, string, string, string]>([
    ['a list', 'services', expression, ''],
    ['white space around it', 'projects', `  ${expression}\n`, ' \n'],
    ['a text', 'environment', expression, ''],
    ['an image, which would become a commit', 'image', `$\{{ steps.a.outputs.b }}`, ''],
    ['all values', 'variables', `$\{{ secrets.ENV }}`, ''],
    ['a shard, which would become everything', 'shard', expression, ''],
    ['a canary, without which all start at once', 'canary', expression, ''],
    ['exclusions that are left', 'projects', `!legacy\n${expression}`, '!legacy\n'],
    ['comments that are left', 'services', `# these\n${expression}`, '# these\n'],
    ['an array around it', 'canary', `[${expression}]`, '[]'],
    ['a glob that it would have narrowed', 'projects', `${expression}*`, '*'],
    ['one of several lines', 'services', `api\nshop-${expression}*`, 'api\nshop-*'],
    ['a glob in an array', 'projects', `["${expression}-{a,b}"]`, '["-{a,b}"]'],
    ['a glob behind a blank', 'projects', `${expression} *`, ' *'],
    ['a text that is blank', 'environment', expression, ' \n'],
    ['an exclusion of other names', 'projects', `*\n!${expression}-*`, '*\n!-*'],
    ['an exclusion by braces', 'services', `*\n!web-{${expression},eu}`, '*\n!web-{,eu}'],
    ['an exclusion in an array', 'services', `["*", "! ${expression}-?"]`, '["*", "! -?"]'],
    ['a long expression', 'projects', `$\{{ ${'inputs.a || '.repeat(1_000)}inputs.b }}`, ''],
    ['a long text in quotes', 'services', `$\{{ format('${'}}'.repeat(2_000)}') }}`, ''],
    ['a quote that does not end', 'services', `$\{{ inputs.it's }}`, ''],
    ['the directory of an app', 'directory', `apps/${expression}`, 'apps/'],
    ['a directory above another', 'directory', `apps/${expression}/dist`, 'apps//dist'],
    ['the first directory', 'directory', `${expression}/dist`, '/dist'],
    ['a directory of two expressions', 'directory', `apps/${expression}${expression}/`, 'apps//'],
    ['a quoted brace in it', 'services', `$\{{ format('}}{0}', '') }}`, ''],
  ])('%s: refused', (_, name, written, given) => {
    const failures = checkEmptyExpressions({ [name]: given }, stepWith({ [name]: written }))
    expect(refusedInputs(failures)).toEqual([name])
    expect(failures).toMatchObject([{ facts: { problem: { kind: 'empty-expression' } } }])
  })

  it.each<[string, string, string, string]>([
    ['a literal empty text', 'services', '', ''],
    ['an expression with a value', 'services', expression, 'api'],
    ['an empty array', 'services', expression, '[]'],
    ['an exclusion that it gave', 'projects', expression, '!legacy'],
    ['one line of several', 'services', `api\n${expression}`, 'api\n'],
    ['a glob that it gave', 'services', `${expression}`, '*'],
    ['a glob in addition to it', 'services', `api-*\n${expression}`, 'api-*\n'],
    ['a text with a value', 'environment', expression, 'production'],
    ['an empty array, with white space around it', 'services', ` ${expression}\n`, ' []\n'],
    ['an exclusion that it ends', 'projects', `!legacy-${expression}`, '!legacy-eu'],
    ['a glob that it narrows', 'projects', `${expression}*`, 'eu*'],
    ['a glob that is written, too', 'projects', `*\n${expression}*`, '*\n*'],
    ['an exclusion that it would have narrowed', 'projects', `*\n!${expression}*`, '*\n!*'],
    ['a name that it would have ended', 'projects', `shop${expression}`, 'shop'],
    ['a directory with a name', 'directory', `apps/${expression}`, 'apps/web/'],
    ['a part of the name of a directory', 'directory', `apps/web${expression}`, 'apps/web'],
    ['a directory that ends in a slash', 'directory', `apps/web${expression}/`, 'apps/web/'],
    ['an exclusion that is written, too', 'projects', `*\n!-*\n!${expression}-*`, '*\n!-*\n!-*'],
    ['a boolean', 'wait', expression, ''],
    ['a duration', 'timeout', expression, ''],
    ['a choice', 'command', expression, ''],
    ['a number', 'max-parallel', expression, ''],
    ['the token', 'token', expression, ''],
    ['the GitHub token', 'github-token', expression, ''],
  ])('%s: accepted', (_, name, written, given) => {
    expect(checkEmptyExpressions({ [name]: given }, stepWith({ [name]: written }))).toEqual([])
  })

  const [first, second, third] = ['a', 'b', 'c'].map((name) => `$\{{ inputs.${name} }}`)
  it.each<[string, string, string]>([
    ['services', expression, `empty \`$\{{ inputs.x }}\`, default @repository`],
    [
      'projects',
      `${first}${second}\n${first}`,
      `empty \`$\{{ inputs.a }}\`, \`$\{{ inputs.b }}\`, default *`,
    ],
    [
      'canary',
      `${first}${second}${third}${expression}`,
      `empty \`$\{{ inputs.a }}\`, \`$\{{ inputs.b }}\`, \`$\{{ inputs.c }}\`, default []`,
    ],
    ['environment', expression, `empty \`$\{{ inputs.x }}\`, default null`],
  ])('of %s is quoted, with its default', (name, written, expected) => {
    expect(refusals(checkEmptyExpressions({}, stepWith({ [name]: written })))).toEqual([
      `${name} -: ${expected}`,
    ])
  })

  it.each<[string, Record<string, string>[], string[]]>([
    [
      'refused if each of them has one',
      [{ projects: `$\{{ vars.FIRST }}` }, { projects: `$\{{ vars.SECOND }}` }],
      [`projects -: empty \`$\{{ vars.FIRST }}\`, \`$\{{ vars.SECOND }}\`, default *`],
    ],
    ['accepted if one of them has none', [{ projects: expression }, {}], []],
    ['accepted if there is no step', [], []],
  ])('of one of several steps is %s', (_, written, expected) => {
    const steps = written.map(stepWith)
    expect(refusals(checkEmptyExpressions({ projects: '' }, ...steps))).toEqual(expected)
  })

  it('is the only error about its input', () => {
    const raw = { environment: '', projects: '*' }
    const step = stepWith({ environment: expression, projects: '*' })
    const checked = parseInputs(raw, null, context, { step })
    expect(checked.ok ? [] : refusedInputs(checked.failures)).toEqual(['environment'])
  })

  it('does not remove the errors about other inputs', () => {
    const raw = { environment: '', projects: '*', timeout: 'soon', wait: 'x' }
    const step = stepWith({ environment: expression })
    const checked = parseInputs(raw, null, context, { step })
    expect(checked.ok ? [] : refusedInputs(checked.failures)).toEqual([
      'wait',
      'timeout',
      'environment',
    ])
  })

  it('does not fail the preview of a fork, which gets no secrets', () => {
    const step = stepWith({ variables: `$\{{ secrets.ENV }}` })
    const fork = parseContext(
      { GITHUB_REPOSITORY: 'acme/shop', GITHUB_EVENT_NAME: 'pull_request' },
      {
        action: 'opened',
        pull_request: {
          number: 7,
          state: 'open',
          head: { sha: 'b'.repeat(40), ref: 'f', repo: { full_name: 'x/shop', fork: true } },
          base: { ref: 'main', repo: { full_name: 'acme/shop' } },
        },
      },
    )
    const source = {
      environment: {},
      input: (name: string) => (name === 'command' ? 'preview' : ''),
      event: () => null,
      step: { kind: 'found', step } as const,
      file: () => ({ kind: 'missing' }) as const,
    }
    const read = readInputs(source, fork)
    expect(read.ok && read.value.token).toBeNull()
  })
})

describe('deleting variables', () => {
  const remove = { command: 'variables', environment: 'production', 'remove-variables': 'OLD' }
  const replace = {
    command: 'variables',
    environment: 'production',
    variables: 'A=1',
    'variables-mode': 'replace',
  }
  const refused = (raw: RawInputs, step: WorkflowStep | null) => {
    const checked = parseInputs(raw, null, context, { step })
    return checked.ok ? [] : refusedInputs(checked.failures)
  }

  it.each<[string, RawInputs, Record<string, string> | null, string[]]>([
    ['names, without the workflow file', remove, null, ['projects', 'services']],
    ['the rest, without the workflow file', replace, null, ['projects', 'services']],
    ['with projects only', { ...remove, projects: '*' }, null, ['services']],
    ['with services only', { ...remove, services: '*' }, null, ['projects']],
    ['with both', { ...replace, projects: '*', services: '@repository' }, null, []],
    ['shared ones', { ...replace, projects: '*', 'shared-variables': 'true' }, null, []],
    ['omitted in the workflow file', remove, {}, []],
    ['written as nothing', replace, { projects: '', services: '' }, ['projects', 'services']],
    [
      'written as expressions',
      replace,
      { projects: expression, services: expression },
      ['services', 'projects'],
    ],
    ['from a list of comments', { ...remove, projects: '# all' }, null, ['projects', 'services']],
    ['of nothing', { ...remove, projects: '[]', services: '[]' }, null, []],
  ])('%s', (_, raw, written, expected) => {
    const step = written && stepWith(written)
    expect(refused(raw, step).toSorted()).toEqual(expected.toSorted())
  })
})

describe('an input that is empty', () => {
  const empty = fc.constantFrom('', ' ', '\n', '# none', '\r\n # a\r\n', '[]')
  const list = fc.constantFrom('projects', 'services')

  it('never selects more than the workflow file intends', () => {
    fc.assert(
      fc.property(list, empty, fc.constantFrom('deploy', 'variables'), (name, text, command) => {
        const raw = {
          command,
          environment: 'production',
          projects: 'shop',
          services: 'api',
          ...(command === 'variables' && { 'remove-variables': 'OLD' }),
          [name]: text,
        }
        const step = stepWith({ projects: 'shop', services: 'api', [name]: expression })
        const checked = parseInputs(raw, null, context, { step })
        if (!checked.ok) return
        // Only an empty array passes, and it selects nothing.
        expect(text).toBe('[]')
        expect(name === 'projects' ? checked.value.projects : checked.value.services).toEqual([])
      }),
      { seed: 20_261_126 },
    )
  })
})
