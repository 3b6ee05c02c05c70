import { describe, expect, it } from '@jest/globals'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import { parseInputs } from '../../src/inputs/read-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'

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

/** The inputs that were refused. */
function refusedInputs(raw: RawInputs): string[] {
  const parsed = parse(raw)
  if (parsed.ok) return []
  return parsed.failures.map(({ code, facts }) =>
    code === 'input-invalid' ? facts.input : `not about an input: ${code}`,
  )
}

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
    ['a file that is not there', { 'variables-file': 'a.env\nno.env' }, ['variables-file']],
    [
      'a name given and removed',
      { variables: 'A=1', 'remove-variables': 'A\nB' },
      ['remove-variables'],
    ],
    [
      'removing what Railway sets',
      { 'remove-variables': 'RAILWAY_PROJECT_ID' },
      ['remove-variables'],
    ],
    ['two names on a line', { 'remove-variables': 'A B' }, ['remove-variables']],
    [
      'everything that is wrong at once',
      { variables: 'A', 'variables-file': 'no.env', 'variables-mode': 'some', redeploy: 'no' },
      ['variables-mode', 'redeploy', 'variables-file', 'variables'],
    ],
  ])('refuse %s', (_, raw, inputs) => {
    expect(refusedInputs(raw)).toEqual(inputs)
  })

  it('take files for right where none can be read, as in examples', () => {
    const raw = { ...place, command: 'variables', 'variables-file': 'no.env' }
    expect(parseInputs(raw, null, context).ok).toBe(true)
  })
})
