import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Gitignore, GitignoreError } from '../src/gitignore.ts'

const test = (rules: string, path: string, { ignoreCase = false, isDirectory = false } = {}) =>
  new Gitignore(rules, { ignoreCase }).test(path, isDirectory)

describe('a pattern', () => {
  it.each<[string, string, boolean | null]>([
    ['*.log', 'a/b.log', true],
    ['*.log', 'a/b.logs', null],
    ['/a', 'a', true],
    ['/a', 'b/a', null],
    ['a/b', 'a/b', true],
    ['a/b', 'x/a/b', null],
    ['**/b', 'a/x/b', true],
    ['**/b', 'b', true],
    ['a/**', 'a', null],
    ['a/**', 'a/b/c', true],
    ['a/**/b', 'a/b', true],
    ['a/**/b', 'a/x/y/b', true],
    ['a/**/b', 'a/xb', null],
    ['a/x**/b', 'a/xy/b', true],
    ['a/x**/b', 'a/xy/z/b', null],
    ['*a*b', 'xaxxb', true],
    ['a?c', 'a/c', null],
    ['[!a]b', 'ab', null],
    ['[]-]b', ']b', true],
    ['[[:digit:]]b', '7b', true],
    ['[[:nothing:]]b', 'nb', null],
    ['[a', '[a', null],
    ['é?', 'éa', true],
    ['?', 'é', null],
    ['??', 'é', true],
    ['!a', 'a', false],
    ['a\n!a', 'a', false],
    ['a\\', 'a\\', null],
    ['a\\*', 'a*', true],
    ['\\!a', '!a', true],
    ['#a', '#a', null],
    ['a ', 'a', true],
    ['a\\ ', 'a ', true],
    ['a\r\nb\r\n', 'a', true],
    ['\uFEFFa', 'a', true],
    ['/', 'a', null],
    ['!', 'a', null],
    ['', 'a', null],
  ])('%j judges %j as %j', (rules, path, verdict) => {
    expect(test(rules, path)).toBe(verdict)
  })

  it.each<[string, string, boolean | null]>([
    ['Secrets', 'secrets', true],
    ['*.PEM', 'a.pem', true],
    ['*.pem', 'A.PEM', true],
    ['[A-C]x', 'bX', true],
    ['[[:upper:]]x', 'bx', true],
    ['É', 'é', null],
    ['K', '\u212A', null],
  ])('%j judges %j as %j without regard to case', (rules, path, verdict) => {
    expect(test(rules, path, { ignoreCase: true })).toBe(verdict)
  })

  it('with a slash at its end is for directories', () => {
    expect(test('a/', 'a', { isDirectory: true })).toBe(true)
    expect(test('a/', 'a')).toBeNull()
  })

  it.each([
    ['directories in a row', `**/a${'/**'.repeat(300)}/b`, `${'a/'.repeat(1000)}c`],
    ['stars', `${'*a'.repeat(100)}b`, 'a'.repeat(255)],
    ['stars and directories', `${'**/*a/'.repeat(200)}b`, `${'aa/'.repeat(1000)}c`],
    ['sets', `${'*[ab]'.repeat(100)}c`, 'ab'.repeat(127)],
    ['question marks', `${'*?'.repeat(100)}c`, 'a'.repeat(255)],
  ])('of many %s takes no more than its length times the length of the path', (_, rules, path) => {
    expect(test(rules, path)).toBeNull()
  })

  it('of more bytes than a path can have is refused, with its line', () => {
    const tooLong = () => test(`a\n${'*a'.repeat(3000)}`, 'a')
    expect(tooLong).toThrow(new GitignoreError(2))
    expect(test('*'.repeat(4096), 'a')).toBe(true)
  })
})

describe('git', () => {
  let repository: string
  beforeAll(() => {
    repository = mkdtempSync(join(tmpdir(), 'gitignore-'))
    execFileSync('git', ['init', '--quiet', repository])
    writeFileSync(join(repository, '.gitignore'), 'zz\n')
  })
  afterAll(() => rmSync(repository, { recursive: true, force: true }))

  interface Case {
    readonly rules: string
    readonly paths: readonly string[]
  }

  /**
   * Returns git's verdicts on the paths of each case, whose files do not exist. No path is in an ignored directory. Each
   * case has a directory with its own `.gitignore`, so that one process of git judges all cases.
   */
  function verdictsOfGit(cases: readonly Case[], ignoreCase: boolean): (boolean | null)[][] {
    for (const [index, { rules }] of cases.entries()) {
      mkdirSync(join(repository, `${index}`), { recursive: true })
      writeFileSync(join(repository, `${index}`, '.gitignore'), rules)
    }
    const all = cases.flatMap(({ paths }, index) => paths.map((path) => `${index}/${path}\0`))
    const words = ['check-ignore', '--no-index', '--stdin', '-z', '-v', '-n']
    const out = execFileSync('git', ['-c', `core.ignorecase=${ignoreCase}`, ...words], {
      cwd: repository,
      // Git exits with 1 if it ignores none of the paths, so it ignores at least `zz`.
      input: ['zz\0', ...all].join(''),
      env: {
        PATH: process.env.PATH,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_SYSTEM: '/dev/null',
      },
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const fields = out.split('\0').slice(4)
    const verdicts = all.map((_, index) => {
      const pattern = fields[index * 4 + 2]
      return pattern === '' ? null : !pattern?.startsWith('!')
    })
    return cases.map(({ paths }) => verdicts.splice(0, paths.length))
  }

  const names = fc.string({
    unit: fc.constantFrom('a', 'b', 'A', '-', ']', 'é', '!'),
    minLength: 1,
    maxLength: 4,
  })
  const unit = fc.constantFrom(
    'a',
    'b',
    'A',
    'é',
    '*',
    '?',
    '**/',
    '/',
    '[ab]',
    '[!a]',
    '[A-Z]',
    '[[:upper:]]',
    '\\',
    '-',
    ']',
    '[',
    ' ',
    '!',
  )
  const patterns = fc.array(fc.string({ unit, minLength: 1, maxLength: 7 }), {
    minLength: 1,
    maxLength: 4,
  })

  const anyCase = fc.record({
    rules: patterns.map(
      (rules) => `${rules.filter((rule) => !/[^/]\*\*\//.test(rule)).join('\n')}\n`,
    ),
    paths: fc
      .uniqueArray(names, { minLength: 8, maxLength: 24 })
      .map((paths) => [
        ...paths.slice(0, 8),
        ...paths.slice(8).flatMap((name, index) => `${paths[index % 4] ?? ''}x/${name}`),
      ]),
  })

  function ourVerdicts({ rules, paths }: Case, ignoreCase: boolean): (boolean | null)[] {
    const parsed = new Gitignore(rules, { ignoreCase })
    return paths.map((path) => {
      const above = path.includes('/') ? parsed.test(path.replace(/\/.*/, ''), true) : null
      return above ? above : parsed.test(path, false)
    })
  }

  it.each([true, false])(
    'interprets every pattern in the same way, with ignorecase=%s',
    (ignoreCase) => {
      const cases = fc.array(anyCase, { minLength: 25, maxLength: 25 })
      fc.assert(
        fc.property(cases, (cases) => {
          const ours = cases.map((one) => ourVerdicts(one, ignoreCase))
          expect(ours).toEqual(verdictsOfGit(cases, ignoreCase))
        }),
        { numRuns: 3, endOnFailure: true },
      )
    },
  )
})
