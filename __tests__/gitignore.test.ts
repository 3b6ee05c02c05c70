import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
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
  })
  afterAll(() => rmSync(repository, { recursive: true, force: true }))

  /** The verdicts of git on files that are not there, none of which lies in an ignored directory. */
  function verdictsOfGit(rules: string, paths: readonly string[], ignoreCase: boolean) {
    writeFileSync(join(repository, '.gitignore'), rules)
    const words = ['check-ignore', '--no-index', '--stdin', '-z', '-v', '-n']
    const out = execFileSync('git', ['-c', `core.ignorecase=${ignoreCase}`, ...words], {
      cwd: repository,
      input: paths.map((path) => `${path}\0`).join(''),
      env: {
        PATH: process.env.PATH,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_SYSTEM: '/dev/null',
      },
      encoding: 'utf8',
      // It exits with 1 if nothing is ignored.
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const fields = out.split('\0')
    return paths.map((_, index) => {
      const pattern = fields[index * 4 + 2]
      return pattern === '' ? null : !pattern?.startsWith('!')
    })
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

  it('gives every pattern the same meaning', () => {
    fc.assert(
      fc.property(
        patterns,
        fc.uniqueArray(names, { minLength: 8, maxLength: 24 }),
        fc.boolean(),
        (rules, paths, ignoreCase) => {
          const all = [
            ...paths.slice(0, 8),
            ...paths.slice(8).flatMap((name, index) => `${paths[index % 4] ?? ''}x/${name}`),
          ]
          const text = `${rules.filter((rule) => !/[^/]\*\*\//.test(rule)).join('\n')}\nzz\n`
          const parsed = new Gitignore(text, { ignoreCase })
          const ours = all.map((path) => {
            const above = path.includes('/') ? parsed.test(path.replace(/\/.*/, ''), true) : null
            return above ? above : parsed.test(path, false)
          })
          expect(ours).toEqual(verdictsOfGit(text, [...all, 'zz'], ignoreCase).slice(0, -1))
        },
      ),
      { numRuns: 150 },
    )
  })
})
