import { isUtf8 } from 'node:buffer'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  readSync,
  realpathSync,
} from 'node:fs'
import nodePath, { type PlatformPath } from 'node:path'

/** Directories of the job, as the runner names them. */
export interface JobDirectories {
  readonly workspace: string
  /** `RUNNER_TEMP`, where there is one. */
  readonly temporary: string | null
}

/** Returns the directories of the job that the runner's environment names. */
export const jobDirectories = ({
  GITHUB_WORKSPACE,
  RUNNER_TEMP,
}: Readonly<Record<string, string | undefined>>): JobDirectories => ({
  workspace: GITHUB_WORKSPACE || '.',
  temporary: RUNNER_TEMP || null,
})

/** The result of resolving a path that an input names, with all links. */
export type Place =
  | { readonly kind: 'inside'; readonly path: string; readonly workspace: string }
  | { readonly kind: 'missing' }
  /** Lies outside of the permitted directories, by its name or through a link. */
  | { readonly kind: 'outside' }
  /** Belongs to the data of a repository, under whatever name. */
  | { readonly kind: 'repository-data' }

/**
 * Resolves a path that an input names. It is relative to the workspace and has to lie in it. An absolute path may also
 * lie in the job's temporary directory. The data of a repository, which may hold the credentials of the checkout, is
 * never permitted.
 */
export function resolvePlace(given: string, { workspace, temporary }: JobDirectories): Place {
  const named = nodePath.resolve(workspace, given)
  const lexical = nodePath.relative(nodePath.resolve(workspace), named)
  if (!leadsOut(lexical) && hasGitName(lexical)) return { kind: 'repository-data' }
  const top = realOrNull(workspace)
  if (top === null) return { kind: 'missing' }
  const path = realOrNull(named)
  const roots = [top]
  const real = temporary && nodePath.isAbsolute(given) ? realOrNull(temporary) : null
  // The temporary directory itself also holds the runner's own files.
  if (real !== null && path !== real) roots.push(real)
  if (path === null) {
    // Nothing is said about what lies outside.
    const allowed = [workspace, ...(real !== null && temporary ? [temporary] : [])]
    const isAllowed = allowed.some((root) => isWithin(nodePath.resolve(root), named))
    return { kind: isAllowed ? 'missing' : 'outside' }
  }
  const root = roots.find((one) => isWithin(one, path))
  if (root === undefined) return { kind: 'outside' }
  if (hasGitName(nodePath.relative(root, path))) return { kind: 'repository-data' }
  if (repositoryData(top).some((data) => isWithin(data, path))) return { kind: 'repository-data' }
  return { kind: 'inside', path, workspace: top }
}

/** The result of reading a file that an input names. */
export type WorkspaceFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' | 'outside' | 'repository-data' }
  | { readonly kind: 'not-a-file' | 'too-large' | 'not-utf8' | 'unreadable' }

/** The most bytes of a file with values. */
const maxFileSize = 4 * 1024 * 1024

/** Reads a regular UTF-8 file that an input names. It never waits for a pipe or a device. */
export function readWorkspaceFile(given: string, directories: JobDirectories): WorkspaceFile {
  const place = resolvePlace(given, directories)
  if (place.kind !== 'inside') return place
  let descriptor: number
  try {
    descriptor = openSync(place.path, readOnlyNoFollow)
  } catch (error) {
    return { kind: codeOf(error) === 'ENOENT' ? 'missing' : 'unreadable' }
  }
  try {
    const found = fstatSync(descriptor, { bigint: true })
    if (!found.isFile()) return { kind: 'not-a-file' }
    // The path may have been exchanged while it was opened.
    const again = resolvePlace(given, directories)
    if (again.kind !== 'inside' || again.path !== place.path) return { kind: 'unreadable' }
    if (!isSameFile(found, lstatSync(place.path, { bigint: true }))) return { kind: 'unreadable' }
    const buffer = Buffer.alloc(Math.min(Number(found.size), maxFileSize) + 1)
    let length = 0
    while (length < buffer.length) {
      const bytes = readSync(descriptor, buffer, length, buffer.length - length, null)
      if (bytes === 0) break
      length += bytes
    }
    if (length > maxFileSize) return { kind: 'too-large' }
    if (length === buffer.length) return { kind: 'unreadable' }
    const content = buffer.subarray(0, length)
    return isUtf8(content) ? { kind: 'text', text: content.toString('utf8') } : { kind: 'not-utf8' }
  } catch {
    return { kind: 'unreadable' }
  } finally {
    closeSync(descriptor)
  }
}

interface Identity {
  readonly dev: bigint
  readonly ino: bigint
}

/** Returns whether two readings of the disk found the same file. */
export const isSameFile = (one: Identity, other: Identity): boolean =>
  one.dev === other.dev && one.ino === other.ino

/** The flags for reading without waiting for a pipe's other end. */
export const readOnly = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** The flags for reading without following a link either. */
export const readOnlyNoFollow = readOnly | (constants.O_NOFOLLOW ?? 0)

/** Returns the directories that hold the data of the workspace's repository, without links. */
export function repositoryData(workspace: string): string[] {
  const found: string[] = []
  let current = realOrNull(nodePath.join(workspace, '.git'))
  // A `.git` file names the directory; that of a further work tree names the one it shares.
  for (let step = 0; current !== null && step < 3; step += 1) {
    found.push(current)
    const file = readLine(current) ?? readLine(nodePath.join(current, 'commondir'))
    const base = readLine(current) === null ? current : nodePath.dirname(current)
    const target: string | null = file === null ? null : file.replace(/^gitdir:\s*/, '')
    current = target ? realOrNull(nodePath.resolve(base, target)) : null
  }
  return found
}

/** Returns the first line of a small file, `null` if there is none. */
function readLine(file: string): string | null {
  try {
    const descriptor = openSync(file, readOnlyNoFollow)
    try {
      const found = fstatSync(descriptor)
      if (!found.isFile() || found.size > 65_536) return null
      return readFileSync(descriptor, 'utf8').split(/\r?\n/, 1)[0] ?? null
    } finally {
      closeSync(descriptor)
    }
  } catch {
    return null
  }
}

/** Resolves all links of a path; `null` if there is nothing at it. */
export function realOrNull(path: string): string | null {
  try {
    return realpathSync.native(path)
  } catch {
    return null
  }
}

/** Returns the system's code of an error, `null` if it has none. */
export function codeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}

/** Returns whether a path is a directory or lies in it. Both are absolute. */
export const isWithin = (
  directory: string,
  path: string,
  semantics: Pick<PlatformPath, 'relative' | 'sep' | 'isAbsolute'> = nodePath,
): boolean => !leadsOut(semantics.relative(directory, path), semantics)

/** Returns whether a relative path leads out of its start. */
export const leadsOut = (
  path: string,
  { sep, isAbsolute }: Pick<PlatformPath, 'sep' | 'isAbsolute'> = nodePath,
): boolean => path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)

/** Returns whether a part of a path is a name of a repository's data. */
export const hasGitName = (path: string, separator: RegExp = separators): boolean =>
  path.split(separator).some(isGitName)

const separators = nodePath.sep === '\\' ? /[\\/]/ : /\//

/**
 * Returns whether some file system takes a name for `.git`. Windows does so without regard to case, with dots, spaces
 * or a stream after it, and for its short name. macOS also ignores invisible characters.
 */
export function isGitName(name: string): boolean {
  const seen = name.replace(/[\u200C-\u200F\u202A-\u202E\u206A-\u206F\uFEFF]/g, '')
  return /^(?:\.git|git~\d)[ .]*(?::.*)?$/is.test(seen)
}
