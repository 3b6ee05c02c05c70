import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'guards-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}

function run(command: string, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))

describe('the check of dist against the commit', () => {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com']

  function commitAll(): void {
    run('git', 'init', '--quiet')
    run('git', 'add', '--all')
    run('git', ...identity, 'commit', '--quiet', '--message', 'Build')
  }

  const check = () =>
    run(
      process.execPath,
      fromRoot('node_modules/tsx/dist/cli.mjs'),
      fromRoot('scripts/check-clean.ts'),
      'dist',
    )

  beforeEach(() => {
    write('dist/index.js', 'built')
    write('src/main.ts', 'source')
  })

  it('is true if nothing changed there, even if other files changed', () => {
    commitAll()
    write('src/main.ts', 'changed')
    write('notes.txt', 'new')
    expect(check()).toEqual({ status: 0, output: 'dist: no difference from the commit.\n' })
  })

  it('is false if a file was changed, added or removed', () => {
    write('dist/licenses.txt', 'all of them')
    commitAll()
    write('dist/index.js', 'built anew')
    write('dist/chunk.js', 'new')
    rmSync(join(folder, 'dist/licenses.txt'))
    const { status, output } = check()
    expect(status).toBe(1)
    expect(output.split('\n')).toEqual([
      'These files differ from the commit:',
      ' M dist/index.js',
      ' D dist/licenses.txt',
      '?? dist/chunk.js',
      'Commit these files together with the source that they are built from.',
      '',
    ])
  })

  it('is false if it was never committed, also if it is ignored', () => {
    write('.gitignore', 'dist/\n')
    commitAll()
    expect(check()).toMatchObject({
      status: 1,
      output: expect.stringMatching(/^dist is not committed/),
    })
  })

  it('fails outside of a repository', () => {
    expect(check()).toMatchObject({
      status: 1,
      output: expect.stringContaining('not a git repository'),
    })
  })
})

const onUnix = process.platform === 'win32' ? describe.skip : describe

onUnix('the changelog section of a version', () => {
  const notes = (version: string) =>
    run('bash', fromRoot('scripts/release-notes.sh'), version).output.trim()

  it('is that section and nothing else', () => {
    const sections = [
      '## [Unreleased]\n\nsoon',
      '## [1.10.0] - 2026-02-01\n\nten',
      '## [1.1.0]\n\none',
    ]
    write(
      'CHANGELOG.md',
      `# Changelog\n\n${sections.join('\n\n')}\n\n[1.1.0]: https://example.com\n`,
    )
    expect(notes('v1.10.0')).toBe('ten')
    expect(notes('v1.1.0')).toBe('one')
    expect(notes('v1.1')).toBe('')
    expect(notes('v2.0.0')).toBe('')
  })
})
