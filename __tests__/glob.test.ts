import { spawnSync } from 'node:child_process'
import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { compileGlob, globLimits } from '../src/glob.ts'
import { cpuMilliseconds } from './cpu-time.ts'

const names = [
  'api',
  'API',
  'api1',
  'api2',
  'api3',
  'api-1',
  'api!',
  'api^',
  'api]',
  'api-',
  'a/b',
  'a',
  'b',
  'ab',
  'abc',
  'worker-1',
  'worker-2',
  'worker-3',
  'worker-10',
  'worker-12',
  'worker-13',
  'worker-01',
  'worker-09',
  'shop (eu)',
  'shop+',
  'shop',
  'web',
  '.hidden',
  '{a}',
  '{1..a}',
  '[x',
  'é',
  '🔑',
  'x🔑',
  'a,b',
  '$a',
  '#a',
  '@(a|b)',
] // prettier-ignore

const matched = (pattern: string) => names.filter((name) => compileGlob(pattern)?.matches(name))

/** Returns the names of the list that bash matches, ignoring case: braces are expanded, each word is a pattern. */
function matchedByBash(patterns: readonly string[]): string[][] {
  const script = `
    shopt -s nocasematch; shopt -u extglob; set -f
    keep() { words=("$@"); }
    for line in "\${@:1:$COUNT}"; do
      eval "keep $line"
      for name in "\${@:$((COUNT + 1))}"; do
        for word in "\${words[@]}"; do case $name in $word) printf '%s\\t' "$name"; break;; esac; done
      done
      printf '\\n'
    done`
  // Every character that is no wildcard is quoted, except for those of braces.
  const quoted = patterns.map((pattern) => pattern.replace(/[^\w{}[\],.*?!^:-]/gu, "'$&'"))
  const { stdout } = spawnSync('bash', ['-c', script, 'bash', ...quoted, ...names], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', COUNT: String(patterns.length) },
  })
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t').slice(0, -1)) // prettier-ignore
}

const rows: [string, string[]][] = [
  ['api', ['api', 'API']],
  ['api[!1]', ['api2', 'api3', 'api!', 'api^', 'api]', 'api-']],
  ['api[^12]', ['api3', 'api!', 'api^', 'api]', 'api-']],
  ['api[13]', ['api1', 'api3']],
  ['api[2-9]', ['api2', 'api3']],
  ['api[]-]', ['api]', 'api-']],
  ['api[[:digit:]]', ['api1', 'api2', 'api3']],
  ['API?', ['api1', 'api2', 'api3', 'api!', 'api^', 'api]', 'api-']],
  ['worker-{1..12}', ['worker-1', 'worker-2', 'worker-3', 'worker-10', 'worker-12']],
  ['worker-{01..12}', ['worker-10', 'worker-12', 'worker-01', 'worker-09']],
  ['worker-{9..1..3}', ['worker-3']],
  ['{api,worker}-[1-2]', ['api-1', 'worker-1', 'worker-2']],
  ['{a,{b,ab}c,}', ['a', 'abc']],
  ['{a..c}', ['a', 'b']],
  ['a*b', ['a/b', 'ab', 'a,b']],
  ['*den', ['.hidden']],
  ['{a}', ['{a}']],
  ['{1..a}', ['{1..a}']],
  ['[x', ['[x']],
  ['?', ['a', 'b', 'é', '🔑']],
  ['x?', ['x🔑']],
  ['É', ['é']],
  ['shop (eu)', ['shop (eu)']],
  ['shop+', ['shop+']],
  ['@(a|b)', ['@(a|b)']],
  ['+(*)b', []],
  ['$a', ['$a']],
  ['a\\*', []],
  ['[z-a]', []],
  ['{a,b', []],
]

describe('a shell glob', () => {
  it.each(rows)('%s matches %j', (pattern, expected) => {
    expect(matched(pattern)).toEqual(expected)
  })

  it('matches as bash does', () => {
    const patterns = rows.map(([pattern]) => pattern).filter((pattern) => pattern !== 'É')
    const byBash = matchedByBash(patterns)
    const found = patterns.map((pattern, index) => [pattern, byBash[index]])
    expect(found).toEqual(patterns.map((pattern) => [pattern, matched(pattern)]))
  })

  it('matches as bash does, for random characters', () => {
    const piece = fc.constantFrom(
      'a',
      'b',
      'api',
      '1',
      '2',
      '*',
      '?',
      '[',
      ']',
      '!',
      '^',
      '-',
      '{',
      '}',
      ',',
      '..',
      'worker-',
    ) // prettier-ignore
    const pattern = fc.array(piece, { minLength: 1, maxLength: 7 }).map((pieces) => pieces.join(''))
    const patterns = fc.sample(pattern, { numRuns: 1_500, seed: 20_261_126 })
    const byBash = matchedByBash(patterns)
    const differing = patterns.flatMap((text, index) => {
      const ours = matched(text)
      return JSON.stringify(ours) === JSON.stringify(byBash[index])
        ? []
        : [{ text, ours, bash: byBash[index] }]
    })
    expect(differing).toEqual([])
  })

  it.each([
    ['a range beyond all measure', '{1..1000000000}'],
    ['braces that multiply', '{a,b}'.repeat(100)],
    ['many alternatives with wildcards', '{1..2000}*'],
    ['a text without end', 'a'.repeat(globLimits.characters + 1)],
  ])('is refused for %s', (_, pattern) => {
    expect(compileGlob(pattern)).toBeNull()
  })

  it.each([
    ['stars without end', `${'*a'.repeat(400)}b`],
    ['parentheses that backtrack elsewhere', '+(*)b'.repeat(100)],
    ['nested braces', `${'{'.repeat(400)}a,b${'}'.repeat(400)}`],
    ['open brackets', '['.repeat(900)],
  ])('ends in time for %s', (_, pattern) => {
    let matched: boolean | undefined
    const taken = cpuMilliseconds(() => {
      matched = compileGlob(pattern)?.matches('a'.repeat(2_000))
    })
    expect(matched).toBe(false)
    expect(taken).toBeLessThan(1_000)
  })
})
