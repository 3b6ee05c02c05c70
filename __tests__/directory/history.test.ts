import { execFileSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { GitCheckout, parseCommitDate } from '../../src/directory/git.ts'

const environment = { PATH: process.env.PATH }
const checkout = (workspace: string) => new GitCheckout({ workspace, environment })

const date = '2026-01-02T03:04:05+0200'
const git = (directory: string, ...words: string[]) =>
  execFileSync('git', words, {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_AUTHOR_NAME: 'x',
      GIT_AUTHOR_EMAIL: 'x@x',
      GIT_COMMITTER_NAME: 'x',
      GIT_COMMITTER_EMAIL: 'x@x',
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()

let root: string
let full: string
let shallow: string
const commits = { first: '', second: '', third: '', side: '' }
const missing = 'f'.repeat(40)

function commit(message: string): string {
  git(full, 'add', '-A')
  git(full, 'commit', '-qm', message)
  return git(full, 'rev-parse', 'HEAD')
}

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'history-')))
  full = join(root, 'full')
  shallow = join(root, 'shallow')
  mkdirSync(full)
  git(full, 'init', '-q', '-b', 'main')
  mkdirSync(join(full, 'api'))
  writeFileSync(join(full, 'api', 'a'), 'a\n'.repeat(20))
  writeFileSync(join(full, 'run.sh'), 'x')
  commits.first = commit('first')
  renameSync(join(full, 'api', 'a'), join(full, 'moved to ü'))
  commits.second = commit('second')
  git(full, 'update-index', '--chmod=+x', 'run.sh')
  git(full, 'commit', '-qm', 'third')
  commits.third = git(full, 'rev-parse', 'HEAD')
  git(full, 'reset', '-q', '--hard')
  git(full, 'checkout', '-q', '-b', 'side', commits.first)
  git(full, 'update-index', '--add', '--cacheinfo', `160000,${missing},modules/sub`)
  git(full, 'config', 'diff.ignoreSubmodules', 'all')
  git(full, 'commit', '-qm', 'side', '--allow-empty')
  commits.side = git(full, 'rev-parse', 'HEAD')
  git(full, 'checkout', '-q', 'main')
  git(root, 'clone', '-q', '--depth=1', '--no-single-branch', `file://${full}`, shallow)
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

type Name = keyof typeof commits

describe('the history of a full clone', () => {
  it.each<[Name, Name, string]>([
    ['first', 'first', 'same'],
    ['first', 'third', 'newer'],
    ['third', 'first', 'older'],
    ['second', 'side', 'diverged'],
  ])('reports from %s to %s: %s', async (base, commit, relation) => {
    const compared = await checkout(full).compare(commits[base], commits[commit], { files: false })
    expect(compared).toEqual({ relation, files: null })
  })

  it.each<[string, Name, Name, string[]]>([
    ['both names of a moved file', 'first', 'second', ['api/a', 'moved to ü']],
    ['a file whose mode changed', 'second', 'third', ['run.sh']],
    ['a submodule, also with `diff.ignoreSubmodules`', 'first', 'side', ['modules/sub/']],
    ['all that differs backwards', 'third', 'first', ['api/a', 'moved to ü', 'run.sh']],
    ['nothing of a commit and itself', 'first', 'first', []],
  ])('lists %s', async (_, base, commit, files) => {
    const compared = await checkout(full).compare(commits[base], commits[commit], { files: true })
    expect([...(compared.files ?? ['unknown'])].sort()).toEqual(files)
  })

  it('reads the date of a commit', async () => {
    expect(await checkout(full).commitDate(commits.first)).toBe(Date.parse('2026-01-02T01:04:05Z'))
    expect(await checkout(full).commitDate(missing)).toBeNull()
  })
})

describe('a history that is not known completely', () => {
  const unknown = { relation: 'unknown', files: null }

  it.each<[string, () => Promise<unknown>]>([
    [
      'a commit that is missing',
      () => checkout(full).compare(missing, commits.third, { files: true }),
    ],
    [
      'a commit beyond a shallow clone',
      () => checkout(shallow).compare(commits.first, commits.third, { files: true }),
    ],
    [
      'a workspace without a checkout',
      () => checkout(root).compare(commits.first, commits.third, { files: true }),
    ],
    [
      'a machine without git',
      () =>
        new GitCheckout({ workspace: full, environment: { PATH: '/nowhere' } }).compare(
          commits.first,
          commits.third,
          { files: true },
        ),
    ],
    [
      'a run that was stopped',
      () =>
        new GitCheckout({ workspace: full, environment, signal: AbortSignal.abort() }).compare(
          commits.first,
          commits.third,
          { files: true },
        ),
    ],
  ])('is unknown for %s', async (_, compare) => {
    expect(await compare()).toEqual(unknown)
  })

  it('is not taken for a diverged one in a shallow clone, while files can be compared', async () => {
    const compared = await checkout(shallow).compare(commits.third, commits.side, { files: true })
    expect(compared.relation).toBe('unknown')
    expect(compared.files).toContain('modules/sub/')
  })

  it.each([
    '--output=/tmp/x',
    'HEAD',
    'main',
    '',
    'abc1234',
    `${'a'.repeat(40)}\n`,
    `-${'a'.repeat(39)}`,
  ])('is unknown for %j, which is never passed to git', async (word) => {
    const history = checkout(full)
    expect(await history.compare(word, commits.third, { files: true })).toEqual(unknown)
    expect(await history.compare(commits.third, word, { files: true })).toEqual(unknown)
    expect(await history.commitDate(word)).toBeNull()
  })
})

describe('the date of a commit object', () => {
  it.each([
    ['tree x\nauthor A <a> 1 +0000\ncommitter B <b> 1700000000 -0330\n\nm', 1_700_000_000_000],
    ['tree x\nauthor A <a> 1 +0000\n\ncommitter B <b> 1700000000 +0000\n', null],
    ['tree x\ncommitter B <b> 99999999999999999 +0000\n\n', null],
    ['', null],
  ])('%j is %j', (object, milliseconds) => {
    expect(parseCommitDate(object)).toBe(milliseconds)
  })
})

describe('a git that hangs', () => {
  // The program is a shell script, which Windows does not run.
  const onUnix = process.platform === 'win32' ? it.skip : it
  onUnix(
    'is stopped at its time limit although a process of it still runs, and is not run again',
    async () => {
      const bin = join(root, 'bin')
      const record = join(root, 'record')
      mkdirSync(bin)
      writeFileSync(join(bin, 'git'), `#!/bin/sh\necho x >> '${record}'\nsleep 5\n`, {
        mode: 0o755,
      })
      const slow = new GitCheckout({
        workspace: full,
        environment: { PATH: `${bin}:/usr/bin:/bin` },
        timeLimit: 500,
      })
      const before = performance.now()
      for (let index = 0; index < 20; index += 1) {
        expect(await slow.compare(commits.first, commits.third, { files: true })).toEqual({
          relation: 'unknown',
          files: null,
        })
      }
      expect(performance.now() - before).toBeLessThan(4_000)
      expect(readFileSync(record, 'utf8')).toBe('x\nx\n')
    },
  )
})
