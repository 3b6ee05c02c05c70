import { describe, expect, it } from '@jest/globals'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import { parseInputs } from '../../src/inputs/read-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'
import type { RunToken } from '../../src/inputs/run-tokens.ts'
import {
  checkRemovals,
  type FileProblem,
  hasVariables,
  readValues,
  type VariableRequest,
  variableWarnings,
} from '../../src/inputs/variable-inputs.ts'
import { Secret } from '../../src/secret.ts'
import { refusals, refusedInputs } from './fixtures.ts'

const context = parseContext({ GITHUB_REPOSITORY: 'acme/shop', GITHUB_SHA: 'c'.repeat(40) }, {})
const files: Record<string, string> = { 'a.env': 'A=file\nB=file', 'b.json': '{"B": "json"}' }
const place = { environment: 'production', projects: 'shop', services: 'api' }
const parse = (raw: RawInputs) =>
  parseInputs({ ...place, ...raw }, null, context, {
    readFile: (path) => {
      const text = files[path]
      return text === undefined ? { kind: 'missing' } : { kind: 'text', text }
    },
  })

/** Builds a request with these properties and no others. */
const requestOf = (
  values: Record<string, string> = {},
  more: Partial<VariableRequest> = {},
): VariableRequest => ({
  values: new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)])),
  from: null,
  names: null,
  remove: [],
  shared: false,
  mode: 'merge',
  allowEmpty: false,
  redeploy: true,
  ...more,
})

describe('the inputs about variables', () => {
  it('become one request, in which the input overrides files', () => {
    const parsed = parse({
      command: 'variables',
      variables: 'C=input',
      'variables-file': 'a.env\n# not this\nb.json',
      'remove-variables': 'D\nE\nD',
      'variables-mode': 'replace',
      redeploy: 'false',
    })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.failures))
    const { values, ...rest } = parsed.value.variables
    expect([...values].map(([name, value]) => [name, value.reveal()])).toEqual([
      ['A', 'file'],
      ['B', 'json'],
      ['C', 'input'],
    ])
    const request = {
      from: null,
      names: null,
      remove: ['D', 'E'],
      shared: false,
      mode: 'replace',
      allowEmpty: false,
      redeploy: false,
    }
    expect(rest).toEqual(request)
  })

  it.each<[string, RawInputs, string[]]>([
    ['the command without any', { command: 'variables' }, ['variables']],
    [
      'variables for a command that sets none',
      { command: 'list', variables: 'A=1' },
      ['variables'],
    ],
    [
      'names to remove for a command that sets none',
      { command: 'check', 'remove-variables': 'A' },
      ['remove-variables'],
    ],
    [
      '`replace` without values',
      { command: 'variables', 'variables-mode': 'replace', 'remove-variables': 'A' },
      ['variables-mode'],
    ],
    ['`redeploy: false` on deploy', { variables: 'A=1', redeploy: 'false' }, ['redeploy']],
    [
      'services for shared variables',
      { command: 'variables', variables: 'A=1', services: 'api', 'shared-variables': 'true' },
      ['services'],
    ],
    [
      'shared variables of every project by accident',
      {
        command: 'variables',
        variables: 'A=1',
        projects: '',
        services: '',
        'shared-variables': 'true',
      },
      ['projects'],
    ],
    ['shared variables without any', { 'shared-variables': 'true' }, ['shared-variables']],
    ['a file that does not exist', { 'variables-file': 'a.env\nno.env' }, ['variables-file']],
    [
      'a name that is both set and removed',
      { variables: 'A=1', 'remove-variables': 'A\nB' },
      ['remove-variables'],
    ],
    [
      'a removal of a variable that Railway sets',
      { 'remove-variables': 'RAILWAY_PROJECT_ID' },
      ['remove-variables'],
    ],
    ['two names on a line', { 'remove-variables': 'A B' }, ['remove-variables']],
    ['a name and two names on a line', { 'remove-variables': 'A\nB C' }, ['remove-variables']],
    [
      'everything that is wrong at once',
      { variables: 'A', 'variables-file': 'no.env', 'variables-mode': 'some', redeploy: 'no' },
      ['variables-mode', 'redeploy', 'variables-file', 'variables'],
    ],
  ])('refuse %s', (_, raw, inputs) => {
    const parsed = parse(raw)
    expect(parsed.ok ? [] : refusedInputs(parsed.failures)).toEqual(inputs)
  })

  it('accept files if none can be read, as in examples', () => {
    const raw = { ...place, command: 'variables', 'variables-file': 'no.env' }
    expect(parseInputs(raw, null, context).ok).toBe(true)
  })
})

describe('the values of a run', () => {
  const own: RunToken[] = [{ name: 'the Railway token', secret: new Secret('0123456789abcdef') }]
  const read = (raw: RawInputs, texts: Record<string, string> = {}) => {
    const values = readValues(
      raw,
      (path) => {
        const text = texts[path]
        return text === undefined ? { kind: 'missing' } : { kind: 'text', text }
      },
      own,
    )
    return values.ok
      ? [...values.value].map(([name, value]) => `${name}=${value.reveal()}`)
      : refusals(values.failures)
  }
  const format =
    'rejected: Expected dotenv lines (`NAME=value`) or a JSON object of strings. Found errors: '
  const noEntry = (line: number) => `line ${line}: there is no \`NAME=value\``
  const held = (names: string) =>
    `rejected: It contains tokens of this run, which no service needs: ${names}. List the variables one by one instead of \`toJSON(secrets)\`.`
  const lines = (count: number, text: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => text(index + 1)).join('\n')

  it.each<[string, RawInputs, Record<string, string>, string[]]>([
    ['are none', {}, {}, []],
    ['come from the input', { variables: 'A=1' }, {}, ['A=1']],
    [
      'come from files, later over earlier, and the input over them',
      { variables: 'C=input', 'variables-file': 'a\nb' },
      { a: 'A=a\nB=a\nC=a', b: 'B=b\nC=b' },
      ['A=a', 'B=b', 'C=input'],
    ],
    [
      'are reported with their lines',
      { variables: 'A=1\nB' },
      {},
      [`variables -: ${format}${noEntry(2)}.`],
    ],
    [
      'are reported with their files and lines',
      { 'variables-file': 'a\nb' },
      { a: 'A', b: 'B=1\nB\nC' },
      [
        `variables-file -: ${format}a, ${noEntry(1)}.`,
        `variables-file -: ${format}b, ${noEntry(2)}; b, ${noEntry(3)}.`,
      ],
    ],
    [
      'have eight faults',
      { variables: lines(8, () => 'A') },
      {},
      [
        `variables -: ${format}line 1: there is no \`NAME=value\`; line 2: there is no \`NAME=value\`; line 3: there is no \`NAME=value\`; line 4: there is no \`NAME=value\`; line 5: there is no \`NAME=value\`; line 6: there is no \`NAME=value\`; line 7: there is no \`NAME=value\`; line 8: there is no \`NAME=value\`.`,
      ],
    ],
    [
      'have more faults than are reported',
      { variables: lines(10, () => 'A') },
      {},
      [
        `variables -: ${format}line 1: there is no \`NAME=value\`; line 2: there is no \`NAME=value\`; line 3: there is no \`NAME=value\`; line 4: there is no \`NAME=value\`; line 5: there is no \`NAME=value\`; line 6: there is no \`NAME=value\`; line 7: there is no \`NAME=value\`; line 8: there is no \`NAME=value\`; 2 more.`,
      ],
    ],
    [
      'contain a token of the run',
      { variables: 'A=0123456789abcdef\nB=x0123456789abcdefx\nC=1' },
      {},
      [`variables -: ${held('A holds the Railway token; B holds the Railway token')}`],
    ],
    [
      'contain it under an invalid name',
      { 'variables-file': 'a' },
      { a: '{"a b": "0123456789abcdef"}' },
      [
        `variables-file -: ${format}a, line 1: the name is not made of letters, digits and underscores, with no digit at the start.`,
        `variables-file -: ${held('one holds the Railway token')}`,
      ],
    ],
    [
      'contain it more often than is reported',
      { variables: lines(9, (index) => `V${index}=0123456789abcdef`) },
      {},
      [
        `variables -: ${held('V1 holds the Railway token; V2 holds the Railway token; V3 holds the Railway token; V4 holds the Railway token; V5 holds the Railway token; V6 holds the Railway token; V7 holds the Railway token; V8 holds the Railway token')}`,
      ],
    ],
  ])('%s', (_, raw, texts, expected) => {
    expect(read(raw, texts)).toEqual(expected)
  })

  it('are read without the files if none can be read', () => {
    const values = readValues({ variables: 'A=1', 'variables-file': 'a' }, null)
    expect(values.ok && [...values.value.keys()]).toEqual(['A'])
  })

  const missing =
    'rejected: The file does not exist in the workspace. Expected one path a line. To give the variables themselves, use the input `variables`.'
  const outside =
    'rejected: The file is outside of the workspace, also after symbolic links are followed. An absolute path may be inside `RUNNER_TEMP`.'
  it.each<[FileProblem, string, string]>([
    ['missing', 'config/a.env', `"config/a.env": ${missing}`],
    ['missing', 'a\\b.env', `"a\\\\b.env": ${missing}`],
    ['missing', '.env', `".env": ${missing}`],
    ['missing', 'sk_live_1', `-: ${missing}`],
    ['missing', 'KEY=a.env', `-: ${missing}`],
    ['missing', `${'a'.repeat(300)}/a.env`, `-: ${missing}`],
    ['outside', '../sk_live_1', `"../sk_live_1": ${outside}`],
    ['outside', '/etc/app.env', `"/etc/app.env": ${outside}`],
    ['outside', '/Zk9+sk/live1', `-: ${outside}`],
    ['outside', 'KEY=../../../sk_live_1', `-: ${outside}`],
    ['outside', '{"KEY":"/../../../sk_live_1"}', `-: ${outside}`],
    [
      'repository-data',
      '.git/config',
      '".git/config": rejected: The file is in `.git`, which may contain the credentials of the checkout.',
    ],
    [
      'not-a-file',
      'config',
      '"config": rejected: It is a directory, a pipe or a device. Expected a file.',
    ],
    ['too-large', 'big', '"big": rejected: The file is larger than 4 MiB.'],
    ['not-utf8', 'image', '"image": rejected: The file is not in UTF-8.'],
    ['unreadable', 'a.env', '"a.env": rejected: The runner cannot read the file.'],
    ['unreadable', 'sk_live_1', '-: rejected: The runner cannot read the file.'],
  ])('are not read from a file that is %s: %s', (kind, path, expected) => {
    const values = readValues({ 'variables-file': path }, () => ({ kind }))
    expect(values.ok ? [] : refusals(values.failures)).toEqual([`variables-file ${expected}`])
  })
})

describe('a request', () => {
  it.each<[string, VariableRequest, boolean]>([
    ['for nothing', requestOf(), false],
    ['for a value', requestOf({ A: '' }), true],
    ['for the values of an environment', requestOf({}, { from: 'staging' }), true],
    ['for a removal', requestOf({}, { remove: ['A'] }), true],
    ['for a replacement', requestOf({}, { mode: 'replace' }), true],
    ['for nothing shared', requestOf({}, { shared: true, redeploy: false }), false],
  ])('%s has variables: %s', (_, request, expected) => {
    expect(hasVariables(request)).toBe(expected)
  })

  it('has a warning of commit data, which Railway overwrites', () => {
    const names = { A: '1', RAILWAY_GIT_BRANCH: 'main', RAILWAY_GIT_COMMIT_SHA: 'x' }
    expect(variableWarnings(requestOf(names))).toEqual([
      {
        title: 'Railway may set these variables itself',
        message:
          'The values of "RAILWAY_GIT_BRANCH", "RAILWAY_GIT_COMMIT_SHA" have no effect for services that Railway builds from a repository, because Railway sets these variables itself there. They have an effect for images and uploads. Use other names if the services need these values.',
      },
    ])
    expect(variableWarnings(requestOf({ A: '1' }))).toEqual([])
  })

  it.each<[string, string[], string[]]>([
    ['a name', ['OLD'], []],
    [
      'a name that is set',
      ['OLD', 'A', 'B'],
      [
        'remove-variables "A": rejected: This run also sets a value for the variable.',
        'remove-variables "B": rejected: This run also sets a value for the variable.',
      ],
    ],
    [
      'variables that Railway sets',
      ['RAILWAY_PROJECT_ID', 'RAILWAY_PUBLIC_DOMAIN'],
      [
        'remove-variables "RAILWAY_PROJECT_ID": rejected: Railway sets this variable itself, so it cannot be removed.',
        'remove-variables "RAILWAY_PUBLIC_DOMAIN": rejected: Railway sets this variable itself, so it cannot be removed.',
      ],
    ],
    ['commit data, which users may have written', ['RAILWAY_GIT_COMMIT_SHA'], []],
    ["a setting of the user's", ['RAILWAY_RUN_UID'], []],
  ])('to remove %s', (_, remove, expected) => {
    expect(refusals(checkRemovals(requestOf({ A: '1', B: '2' }, { remove })))).toEqual(expected)
  })
})
