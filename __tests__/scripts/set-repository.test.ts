import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, sep } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { isRepositoryName, readRepositoryName } from '../../scripts/repository/name.ts'
import { setRepository } from '../../scripts/repository/replace.ts'
import { root } from '../docs/project-files.ts'

const current = readRepositoryName(root)

const copies: string[] = []

afterEach(() => {
  for (const copy of copies.splice(0)) rmSync(copy, { recursive: true, force: true })
})

/** Copies all files of the project for readers. */
function makeCopy(): string {
  const copy = mkdtempSync(join(tmpdir(), 'repository-'))
  copies.push(copy)
  const left = ['node_modules', '.git', 'dist', 'build', '.tmp', 'reports', '__tests__']
  cpSync(root, copy, {
    recursive: true,
    filter: (path) => !left.includes(relative(root, path).split(sep)[0] ?? ''),
  })
  return copy
}

const read = (copy: string, file: string) => readFileSync(join(copy, file), 'utf8')

/** Returns the files of the copy that contain the text, in any case. */
function filesWith(copy: string, text: string): string[] {
  return readdirSync(copy, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.png'))
    .map((entry) => relative(copy, join(entry.parentPath, entry.name)))
    .filter((file) => read(copy, file).toLowerCase().includes(text.toLowerCase()))
}

describe('the name of the repository, after it is set', () => {
  it('is in every file, and the previous name in none', () => {
    const copy = makeCopy()
    const before = filesWith(copy, current)
    const files = setRepository(copy, 'globex/ship-it')
    expect(filesWith(copy, current)).toEqual([])
    expect(files.toSorted()).toEqual([...new Set([...before, '.github/CODEOWNERS'])].toSorted())
    expect(files).toEqual(
      expect.arrayContaining(['README.md', 'package.json', 'docs/recipes.md', 'CHANGELOG.md']),
    )
    expect(readRepositoryName(copy)).toBe('globex/ship-it')
    expect(read(copy, 'README.md')).toContain('- uses: globex/ship-it@v1')
    expect(read(copy, 'README.md')).toContain('https://github.com/globex/ship-it/actions/')
    expect(read(copy, 'examples/see-what-a-token-has-access-to.yml')).toContain(
      'uses: globex/ship-it@v1',
    )
  })

  it('assigns the files that need a review to its owner', () => {
    const copy = makeCopy()
    setRepository(copy, 'globex/ship-it')
    const owners = read(copy, '.github/CODEOWNERS')
      .split('\n')
      .filter((line) => line.startsWith('/'))
    expect(owners).toEqual(['/dist/', '/.github/', '/action.yml'].map((path) => `${path} @globex`))
  })

  it.each([
    ['ends with the one before', `x-${current}`],
    ['begins with the one before', `${current}-next`],
    ['has dots and digits', '0x1/rail.way_2'],
    ['differs by case', current.toUpperCase()],
  ])('may be set again, also when it %s', (_, name) => {
    const copy = makeCopy()
    setRepository(copy, name)
    setRepository(copy, 'globex/ship-it')
    expect(filesWith(copy, current)).toEqual([])
    expect(filesWith(copy, 'globex/ship-it')).toContain('README.md')
    setRepository(copy, current)
    expect(filesWith(copy, 'globex/ship-it')).toEqual([])
    expect(read(copy, 'README.md')).toBe(readFileSync(join(root, 'README.md'), 'utf8'))
  })

  it('changes nothing when it is set twice', () => {
    const copy = makeCopy()
    setRepository(copy, 'globex/ship-it')
    expect(setRepository(copy, 'globex/ship-it')).toEqual([])
  })
})

describe('a name that GitHub would refuse', () => {
  it.each([
    '',
    'owner',
    'a/b/c',
    'a/',
    '/b',
    'a b/c',
    '-a/b',
    'a-/b',
    'a--b/c',
    'a/..',
    'a.b/c',
    'a/b.git',
    'https://github.com/a/b',
    `${'a'.repeat(40)}/b`,
    'a/b@v1',
    'a/$&',
  ])('is refused: %j', (name) => {
    expect(isRepositoryName(name)).toBe(false)
  })

  it('is refused before anything is written', () => {
    const copy = makeCopy()
    expect(() => setRepository(copy, 'a/b/c')).toThrow('Expected owner/name')
    expect(readRepositoryName(copy)).toBe(current)
  })
})
