import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { ReadableStream } from 'node:stream/web'
import { createGzip } from 'node:zlib'
import { create } from 'tar'
import type { Archive, PackProgress } from '../execute/ports.ts'
import type { Tree } from '../plan/upload.ts'

/** What is read of a file at once, so that large files do not sit in memory. */
const chunk = 512 * 1024

/** Files that are linked to each other are files of their own in the archive. */
class NoLinks extends Map<`${number}:${number}`, string> {
  override get(): undefined {
    return undefined
  }
}

/**
 * Packs a tree into a gzip-compressed tar file below `temporary`, with its entries below `below`. It flows
 * through to the disk: neither the tree nor the archive is ever in memory. Throws what the disk says.
 */
export async function packTree(
  { root, entries, files }: Tree,
  below: string,
  temporary: string,
  edges: { signal: AbortSignal; onProgress: (progress: PackProgress) => void },
): Promise<Archive> {
  const folder = await mkdtemp(join(temporary, 'railway-upload-'))
  const remove = () => rm(folder, { recursive: true, force: true })
  const file = join(folder, 'archive.tar.gz')
  let packed = 0
  try {
    const tar = create(
      {
        cwd: root,
        prefix: below === '' ? '.' : `./${below}`,
        follow: true,
        portable: true,
        strict: true,
        noDirRecurse: true,
        linkCache: new NoLinks(),
        maxReadSize: chunk,
        onWriteEntry: ({ type }) => {
          if (type === 'Directory') return
          packed += 1
          edges.onProgress({ done: packed, of: files })
        },
      },
      entries.map(({ path }) => `./${path}`),
    )
    // Not by the library's own option: it would read on however slow the disk is.
    const target = createWriteStream(file, { mode: 0o600 })
    await pipeline(tar, createGzip(), target, { signal: edges.signal })
    const { size: bytes } = await stat(file)
    // `Readable.toWeb` would read on however slow the network is.
    return { bytes, open: () => ReadableStream.from(createReadStream(file)), remove }
  } catch (error) {
    await remove()
    throw error
  }
}
