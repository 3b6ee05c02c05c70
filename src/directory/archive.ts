import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, open, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ReadableStream } from 'node:stream/web'
import { createGzip } from 'node:zlib'
import { Header, Pax } from 'tar'
import type { Archive, PackProgress } from '../execute/ports.ts'
import type { Tree, TreeEntry } from '../plan/ports.ts'

/** What an archive is made of, in bytes. */
const block = 512

/** What is read of a file at once, in bytes. */
const chunk = 64 * 1024

/**
 * Packs a tree into a gzip-compressed tar file below `temporary`, with its entries below `below`. It flows
 * through to the disk: neither the tree nor the archive is ever in memory. Throws what the disk says.
 *
 * The library writes the headers; it does not walk or read, because it would keep something of every
 * file until the end. Links are followed, and files of one content are files of their own.
 */
export async function packTree(
  tree: Tree,
  below: string,
  temporary: string,
  edges: { signal: AbortSignal; onProgress: (progress: PackProgress) => void },
): Promise<Archive> {
  const folder = await mkdtemp(join(temporary, 'railway-upload-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const file = join(folder, 'archive.tar.gz')
  try {
    const target = createWriteStream(file, { mode: 0o600 })
    const archive = tarOf(tree, below, edges.onProgress)
    await pipeline(archive, createGzip(), target, { signal: edges.signal })
    const { size: bytes } = await stat(file)
    // `Readable.toWeb` would read on however slow the network is.
    return { bytes, open: () => ReadableStream.from(createReadStream(file)), remove }
  } catch (error) {
    await remove()
    throw error
  }
}

async function* tarOf(
  { root, entries, files }: Tree,
  below: string,
  onProgress: (progress: PackProgress) => void,
): AsyncGenerator<Buffer> {
  const prefix = below === '' ? './' : `./${below}/`
  let done = 0
  for (const entry of entries) {
    yield* entryOf(entry, join(root, entry.path), prefix)
    if (entry.isDirectory) continue
    done += 1
    onProgress({ done, of: files })
  }
  yield Buffer.alloc(2 * block)
}

async function* entryOf(
  { path, isDirectory }: TreeEntry,
  file: string,
  prefix: string,
): AsyncGenerator<Buffer> {
  if (isDirectory) {
    const { mode, mtimeMs } = await stat(file)
    yield headerOf({ path: `${prefix}${path}/`, type: 'Directory', mode, mtimeMs, size: 0 })
    return
  }
  const handle = await open(file)
  try {
    const { mode, mtimeMs, size } = await handle.stat()
    yield headerOf({ path: `${prefix}${path}`, type: 'File', mode, mtimeMs, size })
    let left = size
    while (left > 0) {
      const length = Math.min(chunk, left)
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length)
      if (bytesRead === 0) throw new Changed(file)
      yield buffer.subarray(0, bytesRead)
      left -= bytesRead
    }
    if (size % block > 0) yield Buffer.alloc(block - (size % block))
  } finally {
    await handle.close()
  }
}

/** A file that became shorter while it was packed. */
class Changed extends Error {
  readonly code = 'changed while it was packed'
  readonly path: string

  constructor(path: string) {
    super('a file changed while it was packed')
    this.path = path
  }
}

interface HeaderFacts {
  readonly path: string
  readonly type: 'File' | 'Directory'
  readonly mode: number
  readonly mtimeMs: number
  readonly size: number
}

/** The header of an entry; what does not fit into it stands in an extended one before it. */
function headerOf({ mode, mtimeMs, ...facts }: HeaderFacts): Buffer {
  const mtime = new Date(Math.floor(mtimeMs / 1000) * 1000)
  const plain = { ...facts, mtime, mode: mode & 0o777 }
  const header = new Header(plain)
  const encoded = Buffer.alloc(block)
  const needsMore = header.encode(encoded, 0)
  if (!needsMore) return encoded
  return Buffer.concat([new Pax(plain).encode(), encoded])
}
