import { lstat, open } from 'node:fs/promises'
import { Gitignore, GitignoreError } from '../gitignore.ts'
import type { RuleKind } from './ignore-rules.ts'
import { readOnly, readOnlyNoFollow, systemCodeOf } from './paths.ts'

/** The result of reading an ignore file. */
export type IgnoreFile =
  | { readonly kind: 'rules'; readonly rules: Gitignore }
  | { readonly kind: 'none' }
  /** A symbolic link, which git does not follow in a work tree. */
  | { readonly kind: 'link' }

/** An error for an ignore file that cannot be used. The message continues after the name of the file. */
export class IgnoreFileError extends Error {
  readonly path: string

  constructor(path: string, message: string) {
    super(message)
    this.path = path
  }
}

/** The maximum size of an ignore file, in bytes. */
const maxSize = 1024 * 1024

/**
 * Reads an ignore file. It throws `IgnoreFileError` for a file that exists and cannot be read. If such a file counted
 * as empty, the files that it lists would be uploaded. Only git's own lists may be links, or `/dev/null`.
 */
export async function readIgnoreFile(
  file: string,
  kind: RuleKind,
  ignoreCase: boolean,
): Promise<IgnoreFile> {
  const ofGit = kind === 'exclude' || kind === 'global'
  let content: Buffer
  try {
    const own = await lstat(file)
    if (own.isSymbolicLink() && !ofGit) return { kind: 'link' }
    const handle = await open(file, ofGit ? readOnly : readOnlyNoFollow)
    try {
      const found = await handle.stat()
      if (found.isDirectory() || (ofGit && found.isCharacterDevice())) return { kind: 'none' }
      if (!found.isFile()) throw new IgnoreFileError(file, 'is not a regular file')
      if (found.size > maxSize) throw tooLarge(file)
      const buffer = Buffer.alloc(found.size + 1)
      let length = 0
      while (length < buffer.length) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null)
        if (bytesRead === 0) break
        length += bytesRead
      }
      content = buffer.subarray(0, Math.min(length, found.size))
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (error instanceof IgnoreFileError) throw error
    const code = systemCodeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'none' }
    // Git itself ignores a global list that it may not read.
    if (kind === 'global' && code === 'EACCES') return { kind: 'none' }
    throw new IgnoreFileError(file, `cannot be read (${code ?? 'unknown error'})`)
  }
  // Windows PowerShell writes UTF-16 by default; read as bytes, no rule in it would match.
  if (isUtf16(content)) throw new IgnoreFileError(file, 'is UTF-16; save it as UTF-8')
  try {
    return { kind: 'rules', rules: new Gitignore(content, { ignoreCase }) }
  } catch (error) {
    if (!(error instanceof GitignoreError)) throw error
    throw new IgnoreFileError(file, `cannot be used: ${error.message}`)
  }
}

/** Returns whether a text begins with the byte order mark of UTF-16, in either byte order. */
const isUtf16 = (content: Buffer) =>
  content.length >= 2 && [0xfeff, 0xfffe].includes(content.readUInt16BE(0))

const tooLarge = (file: string) => new IgnoreFileError(file, 'is larger than 1 MB')
