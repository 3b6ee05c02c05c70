import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, win32 } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  hasGitName,
  isGitName,
  isWithin,
  readWorkspaceFile,
  resolvePath,
} from '../../src/directory/paths.ts'

let root: string
let workspace: string
let temporary: string
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'place-')))
  workspace = join(root, 'workspace')
  temporary = join(root, 'temp')
  for (const folder of ['workspace/site', 'workspace/.git/objects', 'workspace-2', 'temp/out']) {
    mkdirSync(join(root, folder), { recursive: true })
  }
  writeFileSync(join(workspace, '.git', 'config'), 'credentials')
  writeFileSync(join(root, 'secret'), 'SECRET=x')
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const resolved = (given: string) => resolvePath(given, { workspace, temporary })
const read = (given: string) => readWorkspaceFile(given, { workspace, temporary })

describe('a path in an input', () => {
  it.each([
    ['.', 'inside'],
    ['site', 'inside'],
    ['./site/../site/', 'inside'],
    ['nothing', 'missing'],
    ['..', 'outside'],
    ['../workspace-2', 'outside'],
    ['../temp/out', 'outside'],
    ['../nothing', 'outside'],
    ['.git', 'repository-data'],
    ['.git/objects', 'repository-data'],
    ['site/.GIT', 'repository-data'],
    ['GIT~1', 'repository-data'],
  ])('%j is %s', (given, kind) => {
    expect(resolved(given).kind).toBe(kind)
  })

  it.each([
    ['the workspace', () => workspace, 'inside'],
    ['a directory in the temporary one', () => join(temporary, 'out'), 'inside'],
    ['the temporary directory itself', () => temporary, 'outside'],
    ['a file of the system', () => '/etc/passwd', 'outside'],
    ['nothing in the temporary directory', () => join(temporary, 'nothing'), 'missing'],
    ['nothing elsewhere', () => '/nothing', 'outside'],
  ])('that is absolute and names %s is judged by its location', (_, given, kind) => {
    expect(resolved(given()).kind).toBe(kind)
  })

  it.each([
    ['the directory above', '..', 'outside'],
    ['a directory with a like name', '../workspace-2', 'outside'],
    ['the temporary directory', '../temp/out', 'outside'],
    ['the data of the repository', '.git', 'repository-data'],
    ['a part of that data', '.git/objects', 'repository-data'],
    ['another directory of the workspace', 'site', 'inside'],
  ])('through a link is judged by its target: %s', (_, target, kind) => {
    symlinkSync(target, join(workspace, 'link'))
    expect(resolved('link').kind).toBe(kind)
  })

  it('is judged by a link on its way, too', () => {
    symlinkSync('..', join(workspace, 'up'))
    symlinkSync('.git', join(workspace, 'data'))
    expect(resolved('up/workspace-2').kind).toBe('outside')
    expect(resolved('data/objects').kind).toBe('repository-data')
  })

  it.each([
    ['a link', () => symlinkSync('data', join(workspace, '.git'))],
    ['a file that names it', () => writeFileSync(join(workspace, '.git'), 'gitdir: data\n')],
  ])('must not be the target of `.git`, which is %s', (_, make) => {
    rmSync(join(workspace, '.git'), { recursive: true })
    mkdirSync(join(workspace, 'data', 'objects'), { recursive: true })
    make()
    expect(resolved('data').kind).toBe('repository-data')
    expect(resolved('data/objects').kind).toBe('repository-data')
    expect(resolved('site').kind).toBe('inside')
  })
})

describe('names of a repository', () => {
  it.each([
    ['.git', true],
    ['.GIT', true],
    ['.Git. .', true],
    ['.git ', true],
    ['.git::$INDEX_ALLOCATION', true],
    ['.git:stream', true],
    ['git~1', true],
    ['GIT~2', true],
    ['.g\u200Cit', true],
    ['\uFEFF.git', true],
    ['.github', false],
    ['.gitignore', false],
    ['a.git', false],
    ['git', false],
    ['git~', false],
  ])('%j: %j', (name, is) => {
    expect(isGitName(name)).toBe(is)
  })

  it('are found on Windows behind both slashes', () => {
    expect(hasGitName('a\\.git\\config', /[\\/]/)).toBe(true)
    expect(hasGitName('a\\.git\\config', /\//)).toBe(false)
  })
})

describe('a location on Windows', () => {
  it.each([
    ['C:\\work', 'C:\\work\\site', true],
    ['C:\\work', 'c:\\WORK\\site', true],
    ['C:\\work', 'C:\\work-2', false],
    ['C:\\work', 'D:\\work', false],
    ['C:\\work', '\\\\server\\share', false],
    ['C:\\work', 'C:\\work\\..\\other', false],
    ['C:\\work', 'C:\\work\\..data', true],
  ])('is in %s: %s %s', (directory, path, within) => {
    expect(isWithin(directory, path, win32)).toBe(within)
  })
})

describe('a file in an input', () => {
  it('is read as UTF-8, with its byte order mark at the beginning', () => {
    writeFileSync(join(workspace, 'a.env'), '\uFEFFA=ü\n')
    writeFileSync(join(workspace, 'empty.env'), '')
    expect(read('a.env')).toEqual({ kind: 'text', text: '\uFEFFA=ü\n' })
    expect(read('empty.env')).toEqual({ kind: 'text', text: '' })
  })

  it('may be a link in the workspace, or be in the temporary directory', () => {
    writeFileSync(join(workspace, 'a.env'), 'A=1')
    writeFileSync(join(temporary, 'b.env'), 'B=1')
    symlinkSync('a.env', join(workspace, 'link.env'))
    expect(read('link.env')).toEqual({ kind: 'text', text: 'A=1' })
    expect(read(join(temporary, 'b.env'))).toEqual({ kind: 'text', text: 'B=1' })
  })

  it.each<[string, string, () => void, string]>([
    ['a link out of the workspace', 'x', () => link('../secret'), 'outside'],
    ['a file above it', '../secret', () => {}, 'outside'],
    ['the configuration of the repository', '.git/config', () => {}, 'repository-data'],
    ['a link to that', 'x', () => link('.git/config'), 'repository-data'],
    ['a directory', 'site', () => {}, 'not-a-file'],
    ['a pipe', 'x', () => execFileSync('mkfifo', [join(workspace, 'x')]), 'not-a-file'],
    ['nothing', 'x', () => {}, 'missing'],
    ['contents in place of a path', 'KEY=value\nOTHER=x', () => {}, 'missing'],
    ['a name with a zero byte', 'a\0b', () => {}, 'missing'],
    ['another encoding', 'x', () => write(Buffer.from([0xe9])), 'not-utf8'],
    ['gigabytes', 'x', () => write('', 4_000_000_000), 'too-large'],
  ])('is not read if it is %s', (_, given, make, kind) => {
    make()
    expect(read(given)).toEqual({ kind })
  })

  const link = (target: string) => symlinkSync(target, join(workspace, 'x'))

  function write(content: string | Buffer, size?: number): void {
    writeFileSync(join(workspace, 'x'), content)
    if (size !== undefined) truncateSync(join(workspace, 'x'), size)
  }
})
