import { describe, expect, it } from '@jest/globals'
import { readInputs } from '../../src/inputs/read-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'
import { findRunToken, type RunToken } from '../../src/inputs/run-tokens.ts'
import { Secret } from '../../src/secret.ts'

const railway = '0b3c1d5e-7f90-4a1b-8c2d-3e4f5a6b7c8d'
const other = '9a8b7c6d-0000-4111-8222-333344445555'
const github = 'gho_0123456789abcdefghijklmnopqrstuvwxyz'
const installation = `ghs_${'a1B2'.repeat(9)}`
const context = parseContext({ GITHUB_REPOSITORY: 'acme/shop', GITHUB_SHA: 'c'.repeat(40) }, {})

function refused(inputs: Record<string, string>, file = ''): [string, string][] {
  const raw: Record<string, string> = {
    environment: 'production',
    projects: 'shop',
    token: railway,
    'github-token': github,
    ...inputs,
  }
  const read = readInputs(
    {
      environment: { RAILWAY_TOKEN: other },
      input: (name) => raw[name] ?? '',
      event: () => null,
      step: { kind: 'unknown' },
      file: () => ({ kind: 'text', text: file }),
    },
    context,
  )
  const failures = read.ok ? [] : read.failures
  return failures.map(({ facts }) => [
    'input' in facts ? `${facts.input}` : '',
    JSON.stringify(facts),
  ])
}

describe("the run's own tokens", () => {
  it.each<[string, Record<string, string>, string, string]>([
    ['by the usual name', { variables: `RAILWAY_TOKEN=${railway}` }, '', 'variables'],
    ['by any name', { variables: `HARMLESS='${railway}'` }, '', 'variables'],
    ['from the environment', { variables: `A=${other}` }, '', 'variables'],
    [
      'among all secrets',
      { variables: JSON.stringify({ github_token: github, DATABASE_URL: 'x' }, null, 2) },
      '',
      'variables',
    ],
    ['in a file', { 'variables-file': 'a.env' }, `A=${railway}`, 'variables-file'],
    ['inside of a URL', { variables: `A=https://x:${github}@github.com/a/b` }, '', 'variables'],
    ['that end with a job', { variables: `A=${installation}` }, '', 'variables'],
    [
      'as a password',
      { image: 'a/b', 'registry-username': 'x', 'registry-password': github },
      '',
      'registry-password',
    ],
    [
      'as a password, of another job',
      { image: 'a/b', 'registry-username': 'x', 'registry-password': installation },
      '',
      'registry-password',
    ],
  ])('are refused %s, and not repeated', (_, inputs, file, input) => {
    const found = refused(inputs, file)
    expect(found.map(([name]) => name)).toEqual([input])
    expect(JSON.stringify(found)).not.toMatch(/0b3c1d5e|9a8b7c6d|gho_|ghs_/)
  })

  it('do not include values of a similar format', () => {
    expect(
      refused({ variables: 'A=0b3c1d5e\nB=ghs_\nC=gho_other_token_of_somebody_else' }),
    ).toEqual([])
  })
})

describe('a token in a value', () => {
  const own: RunToken[] = [
    { name: 'none', secret: new Secret('') },
    { name: 'the long one', secret: new Secret('0123456789abcdef') },
    { name: 'the short one', secret: new Secret('0123456789abcde') },
  ]
  const ofAJob = 'a GitHub token that expires with the job'
  it.each<[string, string | null]>([
    ['', null],
    ['something else', null],
    ['0123456789abcdef', 'the long one'],
    [' 0123456789abcdef\n', 'the long one'],
    ['https://0123456789abcdef@example.com', 'the long one'],
    ['0123456789abcde', 'the short one'],
    ['https://0123456789abcde@example.com', null],
    [` ghs_${'a'.repeat(20)} `, ofAJob],
    ['ghs_A1.b2-C3_d4e5f6g7h8i', ofAJob],
    [`ghs_${'a'.repeat(19)}`, null],
    [`x ghs_${'a'.repeat(20)}`, null],
    [`ghs_${'a'.repeat(20)} x`, null],
    [`ghp_${'a'.repeat(20)}`, null],
  ])('%j: %s', (value, expected) => {
    expect(findRunToken(value, own)).toBe(expected)
  })
})
