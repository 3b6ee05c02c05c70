import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { LocalDirectories } from '../../src/directory/local-directories.ts'
import { embed, git, hostile } from './hostile-repository.ts'

let folder: string
let workspace: string
/** The file that the repositories below try to make. */
let proof: string

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'embedded-')))
  workspace = join(folder, 'workspace')
  proof = join(folder, 'executed')
  mkdirSync(workspace)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function scan(directory: string, environment: Record<string, string | undefined> = {}) {
  const directories = new LocalDirectories({
    GITHUB_WORKSPACE: workspace,
    PATH: process.env.PATH,
    HOME: folder,
    ...environment,
  })
  const found = await directories.scan(directory)
  if (found.kind !== 'tree') throw new Error(JSON.stringify(found))
  return found.tree.entries.filter(({ isDirectory }) => !isDirectory).map(({ path }) => path)
}

describe('a repository inside of the directory', () => {
  it('runs a program if git works in it, so that these tests can fail', () => {
    const site = join(workspace, 'site')
    embed(site, proof)
    writeFileSync(join(site, 'config'), hostile(proof).replace(/.*fsmonitor.*\n/, ''))
    try {
      git(site, 'ls-files')
    } catch {}
    expect(existsSync(proof)).toBe(true)
  })

  it('is not used as ordinary files of the checkout', async () => {
    git(workspace, 'init', '-q')
    embed(join(workspace, 'site'), proof)
    writeFileSync(join(workspace, 'site', 'index.html'), '<h1>hello</h1>')
    expect(await scan('site')).toEqual(expect.arrayContaining(['HEAD', 'config', 'index.html']))
    expect(existsSync(proof)).toBe(false)
  })

  it('is not used as the `.git` of an artifact', async () => {
    git(workspace, 'init', '-q')
    embed(join(workspace, 'site', '.git'), proof)
    writeFileSync(join(workspace, 'site', 'index.html'), '')
    expect(await scan('site')).toEqual(['index.html'])
    expect(existsSync(proof)).toBe(false)
  })

  it('is not used further down or further up, nor if the workspace is no checkout', async () => {
    embed(join(workspace, 'out', '.git'), proof)
    embed(join(workspace, 'out', 'site', 'deep', '.git'), proof)
    writeFileSync(join(workspace, 'out', 'site', 'index.html'), '')
    expect(await scan('out/site')).toEqual(['index.html'])
    expect(existsSync(proof)).toBe(false)
  })

  it('is not used through a `.git` file that names a repository elsewhere in the workspace', async () => {
    git(workspace, 'init', '-q')
    embed(join(workspace, 'data'), proof)
    mkdirSync(join(workspace, 'site'))
    writeFileSync(join(workspace, 'site', '.git'), 'gitdir: ../data\n')
    writeFileSync(join(workspace, 'site', 'index.html'), '')
    expect(await scan('site')).toEqual(['index.html'])
    expect(existsSync(proof)).toBe(false)
  })

  it('runs no program even if it has replaced the workspace’s own', async () => {
    embed(join(workspace, '.git'), proof)
    writeFileSync(join(workspace, 'index.html'), '')
    expect(await scan('.')).toEqual(['index.html'])
    expect(existsSync(proof)).toBe(false)
  })
})

describe('the git process', () => {
  /** A git that records its folder and arguments, in place of the real one. */
  function spy(at: string): string {
    mkdirSync(at, { recursive: true })
    const record = join(folder, 'record')
    const program = join(at, 'git')
    writeFileSync(program, `#!/bin/sh\n{ pwd; env; } >> '${record}'\n`)
    chmodSync(program, 0o755)
    return record
  }

  it('gets no secrets, nothing inherited, and a working directory outside of the workspace', async () => {
    git(workspace, 'init', '-q')
    writeFileSync(join(workspace, 'a'), '')
    const record = spy(join(folder, 'bin'))
    const secrets = { RAILWAY_API_TOKEN: 'canary', INPUT_TOKEN: 'canary', NODE_OPTIONS: 'canary' }
    await scan('.', { PATH: `${join(folder, 'bin')}:/usr/bin:/bin`, ...secrets })
    const written = execFileSync('cat', [record], { encoding: 'utf8' })
    expect(written).not.toContain('canary')
    const names = new Set(
      written.split('\n').flatMap((line) => /^([A-Za-z_]\w*)=/.exec(line)?.[1] ?? []),
    )
    const own = ['PWD', 'OLDPWD', 'SHLVL', '_']
    expect(
      [...names].filter((name) => !name.startsWith('GIT_') && !own.includes(name)).sort(),
    ).toEqual(['HOME', 'PATH'])
    expect(written.split('\n')[0]).toBe('/')
  })

  it.each([
    ['the workspace', () => `${workspace}/bin:`],
    ['a relative entry of PATH', () => 'bin:.:'],
    ['an empty entry of PATH', () => ':'],
  ])('is never one from %s', async (_, path) => {
    git(workspace, 'init', '-q')
    writeFileSync(join(workspace, 'a'), '')
    const record = spy(join(workspace, 'bin'))
    renameSync(join(workspace, 'bin', 'git'), join(workspace, 'git'))
    cpSync(join(workspace, 'git'), join(workspace, 'bin', 'git'))
    await scan('.', { PATH: `${path()}${process.env.PATH}` })
    expect(existsSync(record)).toBe(false)
  })

  it('is not needed', async () => {
    git(workspace, 'init', '-q')
    writeFileSync(join(workspace, '.gitignore'), 'secret\n')
    writeFileSync(join(workspace, 'secret'), '')
    writeFileSync(join(workspace, 'a'), '')
    expect(await scan('.', { PATH: join(folder, 'nothing') })).toEqual(['.gitignore', 'a'])
  })

  it('is stopped with the run', async () => {
    git(workspace, 'init', '-q')
    writeFileSync(join(workspace, 'a'), '')
    const at = join(folder, 'bin')
    mkdirSync(at)
    writeFileSync(join(at, 'git'), '#!/bin/sh\nexec sleep 600\n')
    chmodSync(join(at, 'git'), 0o755)
    const stop = new AbortController()
    // The time is read right before git is run.
    const now = () => {
      queueMicrotask(() => stop.abort())
      return 0
    }
    const directories = new LocalDirectories(
      { GITHUB_WORKSPACE: workspace, PATH: `${at}:/usr/bin:/bin`, HOME: folder },
      stop.signal,
      { now },
    )
    expect(await directories.scan('.')).toEqual({ kind: 'cancelled' })
  })
})
