import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readIgnoreFile } from '../../src/directory/ignore-file.ts'
import { LocalDirectories } from '../../src/directory/local-directories.ts'
import type { Scan } from '../../src/plan/ports.ts'

let root: string
let workspace: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'bounds-')))
  workspace = join(root, 'workspace')
  mkdirSync(workspace)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function make(files: Record<string, string>, at = workspace): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(at, path)), { recursive: true })
    writeFileSync(join(at, path), content)
  }
}

const git = (...words: string[]) =>
  execFileSync('git', words, {
    cwd: workspace,
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' },
    encoding: 'utf8',
  })

type Options = ConstructorParameters<typeof LocalDirectories>[2] & {
  signal?: AbortSignal
  PATH?: string
}

function scan(directory = '.', { signal, PATH = process.env.PATH, ...options }: Options = {}) {
  const environment = { GITHUB_WORKSPACE: workspace, HOME: root, PATH }
  return new LocalDirectories(environment, signal, options).scan(directory)
}

function treeOf(found: Scan) {
  if (found.kind !== 'tree') throw new Error(JSON.stringify(found))
  return found.tree
}

const filesOf = (found: Scan): string[] =>
  treeOf(found)
    .entries.filter(({ isDirectory }) => !isDirectory)
    .map(({ path }) => path)
    .sort()

const gitWouldTake = (): string[] =>
  git('ls-files', '-z', '-c', '-o', '--exclude-standard')
    .split('\0')
    .filter((path) => path !== '')
    .sort()

describe('a checkout whose file system ignores case', () => {
  beforeEach(() => {
    git('init', '-q')
    git('config', 'core.ignorecase', 'true')
  })

  it.each<[string, string, Record<string, string>]>([
    ['a directory', 'Secrets/\n', { 'app/secrets/key': '', 'app/i.js': '' }],
    ['an ending', '*.PEM\n', { 'app/server.pem': '', 'app/i.js': '' }],
    ['a whole path', '/App/Key\n', { 'app/key': '', 'app/i.js': '' }],
    ['a range', '[A-C]*.txt\n', { 'b.txt': '', 'd.txt': '' }],
    [
      'a pattern that includes again',
      '*.env\n!Public.env\n',
      { 'public.env': '', 'other.ENV': '' },
    ],
    ['letters beyond ASCII, which count', 'É\n', { é: '', É: '' }],
  ])('has files excluded by %s as in git', async (_, rules, files) => {
    make({ '.gitignore': rules, ...files })
    expect(filesOf(await scan())).toEqual(gitWouldTake())
  })

  it.each([
    ['there is no git', () => '/nowhere'],
    ['git fails', () => failingGit()],
  ])('is recognized if %s', async (_, path) => {
    make({ '.gitignore': 'Secrets/\n', 'secrets/key': '', a: '' })
    expect(filesOf(await scan('.', { PATH: path() }))).toEqual(['.gitignore', 'a'])
  })

  function failingGit(): string {
    make({ 'bin/git': '#!/bin/sh\nexit 128\n' }, root)
    execFileSync('chmod', ['+x', join(root, 'bin', 'git')])
    return join(root, 'bin')
  }
})

describe('an ignore file', () => {
  it.each(['.gitignore', '.ignore', '.railwayignore'])(
    'that is a link is not followed, and named: %s',
    async (name) => {
      make({ rules: '*.pem\n', 'deep/a.pem': '' })
      symlinkSync('../rules', join(workspace, 'deep', name))
      const tree = treeOf(await scan())
      expect(tree.entries.map(({ path }) => path)).toContain('deep/a.pem')
      expect(tree.linkedIgnoreFiles).toEqual([`deep/${name}`])
    },
  )

  it.each<[string, () => void, string]>([
    ['is a pipe', () => pipe('.gitignore'), 'The ignore file .gitignore is not a regular file.'],
    [
      'is a pipe further down',
      () => pipe('a/.ignore'),
      'The ignore file a/.ignore is not a regular file.',
    ],
    [
      'is huge',
      () => {
        make({ '.railwayignore': '' })
        truncateSync(join(workspace, '.railwayignore'), 5_000_000_000)
      },
      'The ignore file .railwayignore is larger than 1 MB.',
    ],
    [
      'has a line beyond all paths',
      () => make({ '.gitignore': `a\n${'*a'.repeat(5000)}\n` }),
      'The ignore file .gitignore cannot be used: line 2 is longer than 4096 bytes.',
    ],
  ])('that %s ends the upload', async (_, prepare, why) => {
    make({ 'a/b': '', '.env': 'SECRET' })
    prepare()
    expect(await scan()).toEqual({ kind: 'unreadable', why })
  })

  it('above the directory ends the upload, too', async () => {
    git('init', '-q')
    make({ 'site/.env': 'SECRET' })
    pipe('.gitignore')
    const why = 'The ignore file ../.gitignore is not a regular file.'
    expect(await scan('site')).toEqual({ kind: 'unreadable', why })
  })

  it('that the system cannot read does not count as empty', async () => {
    const reading = readIgnoreFile('/proc/self/mem', '.gitignore', false)
    await expect(reading).rejects.toThrow('cannot be read (EIO)')
  })

  it('of git may be a link or missing', async () => {
    make({ rules: '*.pem\n' })
    symlinkSync('rules', join(workspace, 'link'))
    expect(await readIgnoreFile(join(workspace, 'link'), 'exclude', false)).toMatchObject({
      kind: 'rules',
    })
    expect(await readIgnoreFile('/dev/null', 'global', false)).toEqual({ kind: 'none' })
    expect(await readIgnoreFile(join(workspace, 'rules', 'x'), 'global', false)).toEqual({
      kind: 'none',
    })
  })

  it('that would be slow in a backtracking matcher is used like any other', async () => {
    make({
      '.railwayignore': '**/a**/**/**/**/**/**/**/**/**/**/**/**/**/b\n*a*a*a*a*a*a*a*a*a*a*a*b\n',
      [`${'a/'.repeat(100)}${'a'.repeat(200)}`]: '',
    })
    expect(treeOf(await scan()).files).toBe(2)
  })

  function pipe(path: string): void {
    execFileSync('mkfifo', [join(workspace, path)])
  }
})

describe('a name that is not UTF-8', () => {
  const latin1 = (path: string) => Buffer.from(join(workspace, path), 'latin1')

  it('is skipped, and named', async () => {
    make({ 'index.html': '' })
    writeFileSync(latin1('caf\xe9.txt'), 'x')
    mkdirSync(latin1('d\xff'))
    const tree = treeOf(await scan())
    expect(tree.files).toBe(1)
    expect([...tree.leftOut].sort()).toEqual([
      'caf\\xe9.txt (a name that is not UTF-8)',
      'd\\xff (a name that is not UTF-8)',
    ])
  })

  it.each(['*.txt', 'caf?.txt', 'caf*', '/caf[!a].txt'])(
    'is ignored like others by %s, without a notice',
    async (rule) => {
      make({ '.railwayignore': rule })
      writeFileSync(latin1('caf\xe9.txt'), 'x')
      expect(treeOf(await scan())).toMatchObject({ leftOut: [], ignored: { count: 1 } })
    },
  )

  it('can be in an ignore file', async () => {
    writeFileSync(join(workspace, '.gitignore'), Buffer.from('caf\xe9.txt\n', 'latin1'))
    writeFileSync(latin1('caf\xe9.txt'), 'x')
    expect(treeOf(await scan())).toMatchObject({ leftOut: [], ignored: { count: 1 } })
  })
})

describe('files that ignore rules leave out', () => {
  it('are counted, with the first ten named', async () => {
    const logs = Array.from({ length: 12 }, (_, index) => `log/${String(index).padStart(2, '0')}`)
    make({
      '.gitignore': '*.pem\nnode_modules\n',
      'a.pem': '',
      'node_modules/x': '',
      'b/c.pem': '',
      d: '',
    })
    expect(treeOf(await scan()).ignored).toEqual({
      count: 2,
      complete: true,
      first: ['a.pem', 'b/c.pem'],
    })
    make({ '.ignore': 'log/\n', ...Object.fromEntries(logs.map((path) => [path, ''])) })
    const { ignored } = treeOf(await scan())
    expect(ignored.count).toBe(14)
    expect(ignored.first).toHaveLength(10)
  })

  it('are counted only up to a limit', async () => {
    make({ '.gitignore': 'out\n', 'out/a': '', 'out/b': '', 'out/c': '', 'out/d/e': '' })
    expect(treeOf(await scan('.', { limits: { counted: 2 } })).ignored).toMatchObject({
      count: 2,
      complete: false,
    })
  })
})

describe('a walk', () => {
  /** Each directory has two links to the next, so that their paths double with every one. */
  function linkBomb(): void {
    for (let index = 0; index <= 24; index += 1) {
      make({ [`d${index}/f`]: 'x' })
      if (index === 0) continue
      for (const name of ['a', 'b']) {
        symlinkSync(`../d${index}`, join(workspace, `d${index - 1}`, name))
      }
    }
  }

  it('of links that multiply ends at a limit', async () => {
    linkBomb()
    const found = await scan('.', { limits: { linked: 1_000 } })
    expect(found).toMatchObject({ kind: 'unreadable' })
    expect(found).toMatchObject({
      why: expect.stringContaining('symbolic links lead to more than 1000'),
    })
  })

  it.each<[string, NonNullable<Options['limits']>, string]>([
    ['names', { visited: 3 }, 'It has more than 3 files and directories.'],
    ['entries', { entries: 3 }, 'More than 3 files and directories are not ignored.'],
    ['levels', { depth: 2 }, 'It has directories more than 2 levels deep.'],
    ['bytes', { bytes: 5_000_000 }, 'Its files have more than 5 MB.'],
  ])('ends at a number of %s', async (_, limits, why) => {
    make({ 'a/b/c': '', 'd/e': '', big: '' })
    truncateSync(join(workspace, 'big'), 6_000_000)
    expect(await scan('.', { limits })).toEqual({ kind: 'unreadable', why })
  })

  it('ends when its time is over', async () => {
    linkBomb()
    let time = 0
    const now = () => {
      time += 1
      return time
    }
    const why = 'Listing its files took longer than 2 seconds.'
    const limits = { milliseconds: 2_000 }
    expect(await scan('.', { now, limits })).toEqual({ kind: 'unreadable', why })
  })

  it('ends with the run', async () => {
    linkBomb()
    const stop = new AbortController()
    let checks = 0
    const now = () => {
      checks += 1
      if (checks === 100) stop.abort()
      return 0
    }
    expect(await scan('.', { now, signal: stop.signal })).toEqual({ kind: 'cancelled' })
    expect(checks).toBeLessThan(110)
  })
})

/** Returns whether a file at this path would be in the workspace, for any links on the way. */
function staysInside(file: string): boolean {
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    try {
      return `${realpathSync(folder)}/`.startsWith(`${workspace}/`)
    } catch {
      // It does not exist yet: its parent decides.
    }
  }
}

describe('a directory of any shape', () => {
  const name = fc.constantFrom('a', 'b', '.git', '.GIT', 'node_modules', 'c')
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'))
  const target = fc.oneof(
    path,
    fc.constantFrom(
      '..',
      '../..',
      '../../secret',
      '../secret',
      '/etc',
      '.',
      '../.git/config',
      '.git',
    ),
  )
  const node = fc.oneof(fc.record({ path, target: fc.constant(null) }), fc.record({ path, target }))

  it('never returns a file outside of it, or of a repository', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(node, { minLength: 1, maxLength: 12 }),
        path,
        async (nodes, directory) => {
          rmSync(workspace, { recursive: true, force: true })
          make({ secret: 'outside' }, root)
          make({ '.git/config': 'credentials' })
          for (const { path: at, target: to } of nodes) {
            try {
              const file = join(workspace, at)
              if (!staysInside(file)) continue
              mkdirSync(dirname(file), { recursive: true })
              if (to === null)
                writeFileSync(
                  file,
                  /(^|\/)(\.git|node_modules)(\/|$)/i.test(at) ? 'never' : 'inside',
                  { flag: 'wx' },
                )
              else symlinkSync(to, file)
            } catch {}
          }
          for (const given of ['.', directory]) {
            const found = await scan(given, { PATH: '/nowhere' })
            const tree = found.kind === 'tree' ? found.tree : { root: workspace, entries: [] }
            for (const entry of tree.entries) {
              const real = realpathSync(join(tree.root, entry.path))
              expect(real).toBe(join(tree.root, entry.linkedTo ?? entry.path))
              expect(`${real}/`.startsWith(`${workspace}/`)).toBe(true)
              expect(real.slice(workspace.length)).not.toMatch(/\/\.git(\/|$)/i)
              if (!entry.isDirectory) expect(readFileSync(real, 'utf8')).not.toBe('credentials')
            }
          }
        },
      ),
      { numRuns: 150 },
    )
  })
})
