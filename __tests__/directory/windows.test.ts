import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { LocalDirectories } from '../../src/directory/local-directories.ts'

/** The differences on Windows, as far as another system can show them: the rules run here as they run there. */

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

function workspace(files: Record<string, string | Buffer>): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'windows-')))
  made.push(root)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  return root
}

function git(root: string, ...words: string[]): void {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' }
  execFileSync('git', words, { cwd: root, env })
}

async function scan(root: string, platform: NodeJS.Platform = 'win32') {
  const environment = { GITHUB_WORKSPACE: root, PATH: process.env.PATH, HOME: root }
  const found = await new LocalDirectories(environment, undefined, { platform }).scan('.')
  if (found.kind !== 'tree') return { found, paths: null, programs: [], leftOut: [] }
  const files = found.tree.entries.filter(({ isDirectory }) => !isDirectory)
  return {
    found,
    paths: files.map(({ path }) => path),
    programs: files.filter(({ executable }) => executable).map(({ path }) => path),
    leftOut: found.tree.leftOut,
  }
}

describe('ignore rules in a directory that is no checkout', () => {
  const files = {
    '.railwayignore': 'Secrets/\n*.PEM\n.env\n[A-C]old\n',
    'secrets/key': '',
    'SECRETS.txt': '',
    'server.pem': '',
    '.ENV': '',
    bold: '',
    'index.html': '',
  }

  it.each(['win32', 'darwin'] as const)(
    'ignore the case on %s, as its disks do',
    async (system) => {
      expect((await scan(workspace(files), system)).paths).toEqual([
        '.railwayignore',
        'SECRETS.txt',
        'index.html',
      ])
    },
  )

  it('respect it on Linux', async () => {
    expect((await scan(workspace(files), 'linux')).paths).toEqual([
      '.ENV',
      '.railwayignore',
      'SECRETS.txt',
      'bold',
      'index.html',
      'secrets/key',
      'server.pem',
    ])
  })

  it.each([
    ['true', false],
    ['false', true],
  ])('follow the checkout if there is one: core.ignorecase=%s', async (value, isTaken) => {
    const root = workspace(files)
    git(root, 'init', '-q')
    git(root, 'config', 'core.ignorecase', value)
    expect((await scan(root)).paths?.includes('server.pem')).toBe(isTaken)
  })
})

describe('a path that the index has in another case than the disk', () => {
  /** A checkout of files that were renamed on the disk afterwards, by case only. */
  function renamed(ignoreCase: boolean): string {
    const root = workspace({ '.gitignore': 'build/\n', 'Build/Tool': 'MZ', 'page.html': '' })
    git(root, 'init', '-q')
    git(root, 'add', '-A', '--force')
    git(root, 'update-index', '--chmod=+x', 'Build/Tool')
    git(root, 'mv', 'Build', 'moved')
    git(root, 'mv', 'moved', 'build')
    git(root, 'update-index', '--force-remove', 'build/Tool')
    git(root, 'config', 'core.ignorecase', String(ignoreCase))
    execFileSync('git', ['hash-object', '-w', 'build/Tool'], { cwd: root })
    const blob = execFileSync('git', ['hash-object', 'build/Tool'], { cwd: root, encoding: 'utf8' })
    git(root, 'update-index', '--add', '--cacheinfo', `100755,${blob.trim()},Build/Tool`)
    return root
  }

  it('is that path if git ignores the case: it is committed, and a program', async () => {
    const { paths, programs } = await scan(renamed(true))
    expect([paths, programs]).toEqual([['.gitignore', 'build/Tool', 'page.html'], ['build/Tool']])
  })

  it('is another one if git does not', async () => {
    const { paths, programs } = await scan(renamed(false))
    expect([paths, programs]).toEqual([['.gitignore', 'page.html'], []])
  })
})

describe('a symbolic link that git wrote as a file', () => {
  /** A checkout with `core.symlinks=false`, the default of git for Windows. */
  function checkout(content: string): string {
    const root = workspace({ 'real/config.json': '{}', 'run.sh': '#!/bin/sh\n', page: '' })
    symlinkSync('real/config.json', join(root, 'config.json'))
    symlinkSync('real', join(root, 'folder'))
    git(root, 'init', '-q')
    git(root, 'add', '-A')
    for (const [name, text] of [
      ['config.json', content],
      ['folder', 'real'],
    ] as const) {
      rmSync(join(root, name))
      writeFileSync(join(root, name), text)
    }
    return root
  }

  it('is skipped and named: its text is no content', async () => {
    const { paths, leftOut } = await scan(checkout('real/config.json'))
    expect(paths).toEqual(['page', 'real/config.json', 'run.sh'])
    expect(leftOut).toEqual([
      'config.json (a symbolic link that git wrote as a file, because core.symlinks is off)',
      'folder (a symbolic link that git wrote as a file, because core.symlinks is off)',
    ])
  })

  it('is uploaded after a step has written content to it', async () => {
    const { paths, leftOut } = await scan(checkout('{\n  "port": 8080\n}\n'))
    expect(paths).toContain('config.json')
    expect(leftOut).toHaveLength(1)
  })

  it('is a normal file on Linux, where git writes links', async () => {
    const { paths, leftOut } = await scan(checkout('real/config.json'), 'linux')
    expect(paths).toContain('config.json')
    expect(leftOut).toEqual([])
  })
})

describe('a program behind a link', () => {
  it('is a program by the index under both names', async () => {
    const root = workspace({ 'bin/tool': 'MZ' })
    symlinkSync('bin/tool', join(root, 'tool'))
    git(root, 'init', '-q')
    git(root, 'add', '-A')
    git(root, 'update-index', '--chmod=+x', 'bin/tool')
    expect((await scan(root)).programs).toEqual(['bin/tool', 'tool'])
  })
})

describe('an ignore file', () => {
  const utf16 = (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')

  it.each([
    ['.railwayignore', utf16('secrets\r\n')],
    ['.gitignore', utf16('secrets\r\n')],
    ['.ignore', utf16('secrets\r\n').swap16()],
    ['below/.railwayignore', utf16('')],
  ])('in UTF-16 is refused, because none of its rules would apply: %s', async (name, content) => {
    const { found } = await scan(workspace({ secrets: '', 'below/page': '', [name]: content }))
    expect(found).toEqual({
      kind: 'unreadable',
      why: `The ignore file ${name} is UTF-16; save it as UTF-8.`,
    })
  })

  it.each([
    ['CR LF', 'secrets\r\n*.pem\r\n'],
    ['CR LF and spaces', 'secrets  \r\n*.pem \r\n'],
    ['a byte order mark', '\uFEFFsecrets\n*.pem\n'],
    ['both', '\uFEFFsecrets\r\n*.pem\r\n'],
  ])('applies with %s', async (_, content) => {
    const root = workspace({ '.railwayignore': content, secrets: '', 'a.pem': '', page: '' })
    expect((await scan(root)).paths).toEqual(['.railwayignore', 'page'])
  })
})
