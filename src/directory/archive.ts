import { createReadStream, createWriteStream } from 'node:fs'
import { type FileHandle, mkdtemp, open, realpath, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { ReadableStream } from 'node:stream/web'
import { createGzip } from 'node:zlib'
import { pack } from 'tar-stream'
import type { Archive, PackProgress } from '../execute/ports.ts'
import type { Tree, TreeEntry } from '../plan/ports.ts'
import { isSameFile, readOnlyNoFollow } from './paths.ts'

/** The number of bytes of a file that are read at once. */
const chunk = 64 * 1024

/** The dependencies of {@link packTree}. */
export interface PackDeps {
  /** The directory in which the archive is made. */
  readonly temporary: string
  readonly platform: NodeJS.Platform
  readonly signal: AbortSignal
  readonly onProgress: (progress: PackProgress) => void
}

/**
 * Packs a tree into a gzip-compressed tar file, with its entries below `below`. It streams to the disk: neither the
 * tree nor the archive is ever in memory. It throws the errors of the disk. Links are followed, and files of the same
 * content are separate files.
 */
export async function packTree(tree: Tree, below: string, deps: PackDeps): Promise<Archive> {
  const folder = await mkdtemp(join(deps.temporary, 'railway-upload-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const file = join(folder, 'archive.tar.gz')
  try {
    const target = createWriteStream(file, { mode: 0o600 })
    const archive = Readable.from(tarOf(tree, below, deps), { objectMode: false })
    await pipeline(archive, createGzip(), target, { signal: deps.signal })
    const { size: bytes } = await stat(file)
    // `Readable.toWeb` ignores back pressure, so a slow network would fill the memory.
    return { bytes, open: () => ReadableStream.from(createReadStream(file)), remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/** Writes the entries in order, each only after the one before it was accepted. */
async function* tarOf(
  { root, entries, files }: Tree,
  below: string,
  deps: PackDeps,
): AsyncGenerator<Uint8Array> {
  const prefix = below === '' ? './' : `./${below}/`
  const tar = pack()
  const writing = (async () => {
    let done = 0
    for (const entry of entries) {
      deps.signal.throwIfAborted()
      await writeEntry(tar, root, entry, prefix, deps.platform)
      if (entry.isDirectory) continue
      done += 1
      deps.onProgress({ done, of: files })
    }
    tar.finalize()
  })()
  writing.catch((error: unknown) => tar.destroy(error instanceof Error ? error : null))
  try {
    for await (const bytes of tar) {
      if (!Buffer.isBuffer(bytes)) throw new TypeError('an archive is made of bytes')
      yield bytes
    }
  } finally {
    tar.destroy()
    await writing
  }
}

async function writeEntry(
  tar: ReturnType<typeof pack>,
  root: string,
  entry: TreeEntry,
  prefix: string,
  platform: NodeJS.Platform,
): Promise<void> {
  const file = join(root, entry.path)
  const expected = join(root, entry.linkedTo ?? entry.path)
  const name = `${prefix}${entry.path}`
  if (entry.isDirectory) {
    if ((await realpath(file)) !== expected) throw new FileChangedError(file)
    const { mtime } = await stat(expected)
    const header = { name: `${name}/`, type: 'directory', mode: 0o755, mtime, size: 0 } as const
    return new Promise<void>((done, fail) => {
      tar.entry(header, (error) => (error ? fail(error) : done()))
    })
  }
  const handle = await open(expected, readOnlyNoFollow)
  try {
    const { mode, size, mtime } = await checkedStat(handle, file, expected)
    const first = await readChunk(handle, size, file)
    const header = {
      name,
      type: 'file',
      size,
      mtime,
      mode: archiveMode(mode, { platform, executable: entry.executable ?? false, first }),
    } as const
    await new Promise<void>((done, fail) => {
      const sink = tar.entry(header, (error) => (error ? fail(error) : done()))
      // An error of the stream is also emitted. Without a listener, it would end the process.
      sink.on('error', fail)
      const write = async () => {
        let left = size
        for (let bytes = first; bytes.length > 0; bytes = await readChunk(handle, left, file)) {
          left -= bytes.length
          if (!sink.write(bytes)) await drained(sink)
          if (sink.destroyed) return
        }
        sink.end(null)
      }
      write().catch((error: unknown) => {
        fail(error)
        sink.destroy(null)
      })
    })
  } finally {
    await handle.close()
  }
}

/** Resolves when the stream accepts more, or when it is closed. */
function drained(sink: ReturnType<ReturnType<typeof pack>['entry']>): Promise<void> {
  return new Promise((done) => {
    if (sink.destroyed) return done()
    const end = () => {
      sink.off('drain', end)
      sink.off('close', end)
      done()
    }
    sink.on('drain', end)
    sink.on('close', end)
  })
}

/**
 * Returns mode, size and time of an opened file. It throws if the file is not the regular file that was scanned,
 * because a path can be replaced by a link at any time.
 */
async function checkedStat(handle: FileHandle, file: string, expected: string) {
  const found = await handle.stat({ bigint: true })
  if (!found.isFile() || (await realpath(file)) !== expected) throw new FileChangedError(file)
  if (!isSameFile(found, await stat(expected, { bigint: true }))) throw new FileChangedError(file)
  return { mode: Number(found.mode), size: Number(found.size), mtime: found.mtime }
}

/**
 * Reads the next bytes of a file. `left`: the number of bytes that have not been read. Returns an empty buffer at the
 * end.
 */
async function readChunk(handle: FileHandle, left: number, file: string): Promise<Buffer> {
  const length = Math.min(chunk, left)
  if (length === 0) return Buffer.alloc(0)
  const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length)
  if (bytesRead === 0) throw new FileChangedError(file)
  return buffer.subarray(0, bytesRead)
}

/** The facts from which the mode of a file in the archive follows. */
interface ModeFacts {
  readonly platform: NodeJS.Platform
  /** Whether the file is executable in git's index. */
  readonly executable: boolean
  /** The first bytes of the file. */
  readonly first: Uint8Array
}

/**
 * Returns the permissions of a file in the archive, without special bits. Windows has no executable bit. There, a file
 * is executable if git's index says so, or if it is a script with `#!` or a Linux binary.
 */
export function archiveMode(mode: number, { platform, executable, first }: ModeFacts): number {
  if (platform !== 'win32') return mode & 0o777
  const beginning = Buffer.from(first.subarray(0, 4)).toString('latin1')
  const isProgram = executable || beginning.startsWith('#!') || beginning === '\x7FELF'
  return isProgram ? 0o755 : 0o644
}

/** An error for a file that was replaced or became shorter while it was packed. */
class FileChangedError extends Error {
  readonly code = 'changed while it was packed'
  readonly path: string

  constructor(path: string) {
    super('a file changed while it was packed')
    this.path = path
  }
}
