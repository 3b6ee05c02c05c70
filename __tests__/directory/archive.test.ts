import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
import { archiveMode } from '../../src/directory/archive.ts'
import { LocalDirectories } from '../../src/directory/local-directories.ts'

const made: string[] = []
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true })
})

function folder(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'archive-')))
  made.push(path)
  return path
}

const quiet = () => ({ signal: new AbortController().signal, onProgress: () => {} })

async function pack(root: string, below = '') {
  const temporary = folder()
  const directories = new LocalDirectories({ GITHUB_WORKSPACE: root, RUNNER_TEMP: temporary })
  const scan = await directories.scan(root)
  if (scan.kind !== 'tree') throw new Error(scan.kind)
  return { packed: await directories.pack(scan.tree, below, quiet()), temporary, directories, scan }
}

/** Unpacks it as any other program would. */
async function unpacked(root: string, below?: string): Promise<string> {
  const { packed } = await pack(root, below)
  if (packed.kind !== 'packed') throw new Error(packed.kind)
  const chunks: Uint8Array[] = []
  for await (const chunk of packed.archive.open()) chunks.push(chunk)
  const target = folder()
  execFileSync('tar', ['-xz', '-C', target], { input: Buffer.concat(chunks) })
  await packed.archive.remove()
  return target
}

/** The ways in which a file of the directory is replaced while it is packed. */
type Replacement = [string, (root: string) => void]

/** Windows has neither permission bits that can be set nor `mkfifo`. */
const isWindows = process.platform === 'win32'
const onUnix = isWindows ? it.skip : it

describe('an archive', () => {
  it('has the files byte for byte, for names of any length', async () => {
    const root = folder()
    const files = {
      a: 'short',
      empty: '',
      [`${'deep/'.repeat(60)}file`]: 'long path',
      [`${'x'.repeat(200)}`]: 'long name',
      'ünïcode/☃ and blanks': 'unicode',
      'exactly-a-block': 'b'.repeat(512),
      'more-than-a-chunk': 'c'.repeat(200_001),
      '@at': 'at',
    }
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true })
      writeFileSync(join(root, path), content)
    }
    const target = await unpacked(root)
    for (const [path, content] of Object.entries(files)) {
      expect(readFileSync(join(target, path), 'utf8')).toBe(content)
    }
  })

  onUnix('keeps executable bits, and empty directories', async () => {
    const root = folder()
    mkdirSync(join(root, 'empty'))
    writeFileSync(join(root, 'run.sh'), '#!/bin/sh')
    chmodSync(join(root, 'run.sh'), 0o755)
    const target = await unpacked(root)
    expect(statSync(join(target, 'run.sh')).mode & 0o111).toBe(0o111)
    expect(readdirSync(target).sort()).toEqual(['empty', 'run.sh'])
  })

  it('has the targets of links', async () => {
    const root = folder()
    writeFileSync(join(root, 'file'), 'content')
    symlinkSync('file', join(root, 'soft'))
    linkSync(join(root, 'file'), join(root, 'hard'))
    const target = await unpacked(root)
    for (const name of ['file', 'soft', 'hard']) {
      expect(readFileSync(join(target, name), 'utf8')).toBe('content')
    }
  })

  it('may be below a directory', async () => {
    const root = folder()
    writeFileSync(join(root, 'index.html'), 'x')
    const target = await unpacked(root, 'apps/site')
    expect(readdirSync(join(target, 'apps', 'site'))).toEqual(['index.html'])
  })

  it('leaves no file behind if a file was deleted in the meantime', async () => {
    const root = folder()
    writeFileSync(join(root, 'a'), 'x')
    const { directories, scan, temporary } = await pack(root)
    rmSync(join(root, 'a'))
    const before = readdirSync(temporary).length
    const packed = await directories.pack(scan.tree, '', quiet())
    expect(packed).toEqual({ kind: 'failed', why: 'The runner could not read it: ENOENT at a.' })
    expect(readdirSync(temporary)).toHaveLength(before)
  })

  it.each<Replacement>([
    ['a link out of the directory', (root) => symlinkSync('/etc/hostname', join(root, 'a'))],
    ['a link to an ignored file in it', (root) => symlinkSync('.env', join(root, 'a'))],
    ['a directory', (root) => mkdirSync(join(root, 'a'))],
    ...(isWindows
      ? []
      : [
          [
            'a pipe',
            (root: string) => execFileSync('mkfifo', [join(root, 'a')]),
          ] satisfies Replacement,
        ]),
  ])('is refused if a file has been replaced by %s', async (_, replace) => {
    const root = folder()
    writeFileSync(join(root, '.ignore'), '.env')
    writeFileSync(join(root, '.env'), 'SECRET')
    writeFileSync(join(root, 'a'), 'x')
    const { directories, scan } = await pack(root)
    rmSync(join(root, 'a'))
    replace(root)
    expect(await directories.pack(scan.tree, '', quiet())).toMatchObject({ kind: 'failed' })
  })

  it.each(['sub', '.'])(
    'is refused if the directory %s has been replaced by a link',
    async (path) => {
      const top = folder()
      const root = join(top, 'root')
      mkdirSync(join(root, 'sub'), { recursive: true })
      writeFileSync(join(root, 'sub', 'a'), 'x')
      const { directories, scan } = await pack(root)
      renameSync(join(root, path), join(top, 'moved'))
      symlinkSync(join(top, 'moved'), join(root, path === '.' ? '' : path))
      const packed = await directories.pack(scan.tree, '', quiet())
      const at = path === '.' ? 'sub' : path
      const why = `The runner could not read it: changed while it was packed at ${at}.`
      expect(packed).toEqual({ kind: 'failed', why })
    },
  )

  it('is refused if a link has a new target', async () => {
    const root = folder()
    for (const name of ['a', 'b']) writeFileSync(join(root, name), name)
    symlinkSync('a', join(root, 'link'))
    const { directories, scan } = await pack(root)
    rmSync(join(root, 'link'))
    symlinkSync('b', join(root, 'link'))
    expect(await directories.pack(scan.tree, '', quiet())).toMatchObject({ kind: 'failed' })
  })

  it('has a file with its length when it was opened, even if it changes', async () => {
    const root = folder()
    writeFileSync(join(root, 'a'), 'x'.repeat(1_000_000))
    writeFileSync(join(root, 'b'), 'y')
    const { directories, scan } = await pack(root)
    const grow = () => appendFileSync(join(root, 'b'), 'y'.repeat(70_000))
    const grown = await directories.pack(scan.tree, '', { ...quiet(), onProgress: grow })
    expect(grown.kind).toBe('packed')
  })

  onUnix('drops the special bits of permissions', async () => {
    const root = folder()
    writeFileSync(join(root, 'a'), '')
    chmodSync(join(root, 'a'), 0o6755)
    mkdirSync(join(root, 'd'), { mode: 0o700 })
    const target = await unpacked(root)
    expect(statSync(join(target, 'a')).mode & 0o7777).toBe(0o755)
    expect(statSync(join(target, 'd')).mode & 0o777).toBe(0o755)
  })

  it('is aborted when the job is cancelled while it is packed', async () => {
    const root = folder()
    for (let index = 0; index < 50; index += 1) writeFileSync(join(root, `${index}`), 'x')
    const { directories, scan, temporary } = await pack(root)
    const before = readdirSync(temporary).length
    const stop = new AbortController()
    const packed = await directories.pack(scan.tree, '', {
      signal: stop.signal,
      onProgress: ({ done }) => {
        if (done === 10) stop.abort()
      },
    })
    expect(packed).toEqual({ kind: 'cancelled' })
    expect(readdirSync(temporary)).toHaveLength(before)
  })

  it('is aborted when the job is cancelled', async () => {
    const root = folder()
    writeFileSync(join(root, 'a'), 'x')
    const { directories, scan } = await pack(root)
    const packed = await directories.pack(scan.tree, '', {
      signal: AbortSignal.abort(),
      onProgress: () => {},
    })
    expect(packed).toEqual({ kind: 'cancelled' })
  })
})

describe('the permissions of a file', () => {
  const bytes = (text: string) => Buffer.from(text, 'latin1')

  it.each<[string, number, NodeJS.Platform, boolean, string, number]>([
    ['a program', 0o100755, 'linux', false, '', 0o755],
    ['a set-user-id program', 0o104711, 'linux', false, '', 0o711],
    ['a script without the executable bit', 0o100644, 'linux', false, '#!/bin/sh', 0o644],
    ['a page on Windows', 0o100666, 'win32', false, '<h1>', 0o644],
    ['a script on Windows', 0o100666, 'win32', false, '#!/bin/sh', 0o755],
    ['a Linux binary on Windows', 0o100666, 'win32', false, '\x7FELF\x02', 0o755],
    ['a program by the index on Windows', 0o100666, 'win32', true, 'MZ', 0o755],
    ['an empty file on Windows', 0o100666, 'win32', false, '', 0o644],
  ])('is right for %s', (_, mode, platform, executable, first, expected) => {
    expect(archiveMode(mode, { platform, executable, first: bytes(first) })).toBe(expected)
  })

  it('on Windows come from the index', async () => {
    const root = folder()
    const git = (...words: string[]) => execFileSync('git', words, { cwd: root })
    mkdirSync(join(root, 'bin'))
    for (const name of ['bin/tool', 'page']) writeFileSync(join(root, name), '')
    git('init', '-q')
    git('add', '-A')
    git('update-index', '--chmod=+x', 'bin/tool')
    const environment = { GITHUB_WORKSPACE: root, PATH: process.env.PATH, HOME: root }
    const directories = new LocalDirectories(environment, undefined, { platform: 'win32' })
    for (const [directory, path] of [
      ['.', 'bin/tool'],
      ['bin', 'tool'],
    ] as const) {
      expect(await directories.scan(directory)).toMatchObject({ kind: 'tree' })
      const found = await directories.scan(directory)
      const programs =
        found.kind === 'tree' ? found.tree.entries.filter(({ executable }) => executable) : []
      expect(programs.map((entry) => entry.path)).toEqual([path])
    }
  })
})
