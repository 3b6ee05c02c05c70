import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, it } from '@jest/globals'
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

describe('an archive', () => {
  it('has the files byte for byte, however long their names', async () => {
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

  it('keeps what can be executed, and empty directories', async () => {
    const root = folder()
    mkdirSync(join(root, 'empty'))
    writeFileSync(join(root, 'run.sh'), '#!/bin/sh')
    chmodSync(join(root, 'run.sh'), 0o755)
    const target = await unpacked(root)
    expect(statSync(join(target, 'run.sh')).mode & 0o111).toBe(0o111)
    expect(readdirSync(target).sort()).toEqual(['empty', 'run.sh'])
  })

  it('has links as what they lead to', async () => {
    const root = folder()
    writeFileSync(join(root, 'file'), 'content')
    symlinkSync('file', join(root, 'soft'))
    linkSync(join(root, 'file'), join(root, 'hard'))
    const target = await unpacked(root)
    for (const name of ['file', 'soft', 'hard']) {
      expect(readFileSync(join(target, name), 'utf8')).toBe('content')
    }
  })

  it('may stand below a directory', async () => {
    const root = folder()
    writeFileSync(join(root, 'index.html'), 'x')
    const target = await unpacked(root, 'apps/site')
    expect(readdirSync(join(target, 'apps', 'site'))).toEqual(['index.html'])
  })

  it('leaves nothing behind when a file is gone meanwhile', async () => {
    const root = folder()
    writeFileSync(join(root, 'a'), 'x')
    const { directories, scan, temporary } = await pack(root)
    rmSync(join(root, 'a'))
    const before = readdirSync(temporary).length
    const packed = await directories.pack(scan.tree, '', quiet())
    expect(packed).toEqual({ kind: 'failed', why: 'The runner could not read it: ENOENT at a.' })
    expect(readdirSync(temporary)).toHaveLength(before)
  })

  it('is given up when the job is cancelled', async () => {
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
