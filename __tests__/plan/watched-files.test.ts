import { describe, expect, it } from '@jest/globals'
import { hasWatchedChange } from '../../src/plan/watched-files.ts'

const watching = (...watchPatterns: string[]) => ({ rootDirectory: 'apps/web', watchPatterns })
const rooted = (rootDirectory: string) => ({ rootDirectory, watchPatterns: [] })

describe('files of a service by its watch patterns', () => {
  it.each<[string[], string, boolean]>([
    [['/apps/web/**'], 'apps/web/index.ts', true],
    [['/apps/web/**'], 'apps/web/deep/er/index.ts', true],
    [['/apps/web/**'], 'apps/api/index.ts', false],
    [['/apps/web/**'], 'old/apps/web/index.ts', false],
    // A directory matches all that is in it.
    [['/apps/web'], 'apps/web/index.ts', true],
    [['/apps/'], 'apps/web/deep/index.ts', true],
    [['/apps/web/'], 'apps/web/index.ts', true],
    [['apps/web/'], 'apps/web', false],
    [['web'], 'apps/web/index.ts', true],
    [['*.md'], 'docs/a.md', true],
    [['/*.md'], 'docs/a.md', false],
    [['/src/**/*.ts'], 'src/a.ts', true],
    [['/src/**/*.ts'], 'src/a/b/c.ts', true],
    [['/src/**/*.ts'], 'src/a.go', false],
    [['src/*.ts'], 'src/a/b.ts', false],
    // The last match wins, also over a directory.
    [['**', '!/*.md'], 'README.md', false],
    [['**', '!/*.md'], 'docs/a.md', true],
    [['!/*.md', '**'], 'README.md', true],
    [['**', '!/docs/', '/docs/api.yml'], 'docs/api.yml', true],
    [['**', '!/docs/'], 'docs/api.yml', false],
    [['*', '!docs/'], 'docs/deep/api.yml', false],
    [['/apps/', '!/apps/web/README.md'], 'apps/web/README.md', false],
    // A negation has no effect without an earlier pattern for the path.
    [['!/docs/**'], 'src/a.ts', false],
    // Case is significant, and so is every byte.
    [['/Apps/**'], 'apps/web/a', false],
    [['/apps/ü/**'], 'apps/ü/a', true],
    [['/a[b]c'], 'abc', true],
    [['\\!x'], '!x', true],
    [['/apps/web/** '], 'apps/web/a', true],
    // Lines without effect.
    [['', '# all of it', '   ', '/src/'], 'src/a', true],
    [['/src/\n/lib/'], 'lib/a', true],
  ])('%j and %s: %s', (patterns, file, expected) => {
    expect(hasWatchedChange(watching(...patterns), [file])).toBe(expected)
  })

  it.each<[string[], boolean]>([
    [['/libs/sub/**'], true],
    [['/libs/sub'], true],
    [['/libs/sub/'], true],
    [['/libs/sub/src/*.go'], true],
    [['/libs/**/*.go'], true],
    [['*.go'], true],
    [['/libs/su*/x'], true],
    [['/libs/su'], false],
    [['/libs/submarine/**'], false],
    [['/apps/web/**'], false],
    [['**', '!/libs/'], false],
    [['**', '!/libs/sub'], false],
    [['/libs/sub/**', '!/libs/sub/*.md'], true],
    [['/libs/sub/x', '!/libs/sub/*.md'], true],
    [['!/libs/sub/*.md'], false],
    [['!*.md'], false],
    [['**', '!/libs/sub/'], false],
    [['x.go'], true],
    [['x/'], true],
    [['libs/sub/x'], true],
    [['/x/libs/sub/y'], false],
    [['/docs/*/sub'], false],
    [['[l]ibs/x'], true],
    [['*/sub/x'], true],
    [['a/*'], false],
  ])('%j and a submodule at libs/sub: %s', (patterns, expected) => {
    expect(hasWatchedChange(watching(...patterns), ['libs/sub/'])).toBe(expected)
  })

  it('are those that one of them touches', () => {
    expect(hasWatchedChange(watching('/src/'), ['docs/a', 'src/a', 'docs/b'])).toBe(true)
    expect(hasWatchedChange(watching('/src/'), ['docs/a', 'docs/b'])).toBe(false)
    expect(hasWatchedChange(watching('/src/'), [])).toBe(false)
  })

  it('use the root directory only if there are no patterns', () => {
    expect(hasWatchedChange(watching('/libs/**'), ['apps/web/a'])).toBe(false)
    expect(hasWatchedChange(watching(), ['apps/web/a'])).toBe(true)
    expect(hasWatchedChange(watching('', '# nothing'), ['apps/web/a'])).toBe(true)
    expect(hasWatchedChange(watching('   '), ['apps/web/a'])).toBe(true)
  })

  it('are not known for patterns that cannot be matched in time', () => {
    expect(hasWatchedChange(watching('x'.repeat(5_000)), ['a'])).toBeNull()
    const files = Array.from({ length: 50_000 }, (_, index) => `f${index}`)
    const patterns = Array.from({ length: 50 }, (_, index) => `/p${index}`)
    expect(hasWatchedChange(watching(...patterns), files)).toBeNull()
    expect(hasWatchedChange(watching('/p'), files)).toBe(false)
  })
})

describe('files of a service by its root directory', () => {
  it.each<[string, string, boolean]>([
    ['apps/web', 'apps/web/index.ts', true],
    ['apps/web', 'apps/website/index.ts', false],
    ['apps/web', 'apps/api/index.ts', false],
    ['apps/web', 'package.json', false],
    ['apps/web', 'Apps/web/index.ts', false],
    // A file, link or submodule in the place of a directory above it.
    ['apps/web', 'apps', true],
    ['apps/web', 'apps/', true],
    ['apps/web', 'apps/web/', true],
    ['apps/web', 'app', false],
    ['', 'anything', true],
    ['../shop/web', 'anything', true],
  ])('%j and %s: %s', (root, file, expected) => {
    expect(hasWatchedChange(rooted(root), [file])).toBe(expected)
  })

  it('are none if nothing changed', () => {
    expect(hasWatchedChange(rooted(''), [])).toBe(false)
  })
})
