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

/** The directories of the job. */
export interface JobDirectories {
  /** The path of `GITHUB_WORKSPACE`, or `.` without it. */
  readonly workspace: string
  /** The path of `RUNNER_TEMP`; `null` without it. */
  readonly temporary: string | null
}

/** Returns the directories of the job from the runner's environment variables. */
export const jobDirectories = ({
  GITHUB_WORKSPACE,
  RUNNER_TEMP,
}: Readonly<Record<string, string | undefined>>): JobDirectories => ({
  workspace: GITHUB_WORKSPACE || '.',
  temporary: RUNNER_TEMP || null,
})

/** The result of resolving a path of an input with all its links. */
export type ResolvedPath =
  | { readonly kind: 'inside'; readonly path: string; readonly workspace: string }
  | { readonly kind: 'missing' }
  /** The path is outside of the permitted directories, by its name or through a link. */
  | { readonly kind: 'outside' }
  /** The path belongs to the data of a repository, such as `.git` or the directory that it links to. */
  | { readonly kind: 'repository-data' }

/**
 * Resolves a path of an input. It is relative to the workspace and has to be inside. An absolute path may also be
 * inside the job's temporary directory. The data of a repository is never permitted, because it may hold the
 * credentials of the checkout.
 */
export function resolvePath(given: string, { workspace, temporary }: JobDirectories): ResolvedPath {
  const named = nodePath.resolve(workspace, given)
  const lexical = nodePath.relative(nodePath.resolve(workspace), named)
  if (!leadsOut(lexical) && hasGitName(lexical)) return { kind: 'repository-data' }
  const top = realOrNull(workspace)
  if (top === null) return { kind: 'missing' }
  const path = realOrNull(named)
  const roots = [top]
  const real = temporary && nodePath.isAbsolute(given) ? realOrNull(temporary) : null
  // The temporary directory as a whole is not permitted, because it also holds files of the runner.
  if (real !== null && path !== real) roots.push(real)
  if (path === null) {
    // A result for a path outside must not depend on whether the path exists.
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

/** The result of reading a file of an input. */
export type WorkspaceFile =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' | 'outside' | 'repository-data' }
  | { readonly kind: 'not-a-file' | 'too-large' | 'not-utf8' | 'unreadable' }

/** The maximum size of a file with values, in bytes. */
const maxFileSize = 4 * 1024 * 1024

/** Reads a regular UTF-8 file of an input. It never waits for a pipe or a device. */
export function readWorkspaceFile(given: string, directories: JobDirectories): WorkspaceFile {
  const resolved = resolvePath(given, directories)
  if (resolved.kind !== 'inside') return resolved
  let descriptor: number
  try {
    descriptor = openSync(resolved.path, readOnlyNoFollow)
  } catch (error) {
    return { kind: systemCodeOf(error) === 'ENOENT' ? 'missing' : 'unreadable' }
  }
  try {
    const found = fstatSync(descriptor, { bigint: true })
    if (!found.isFile()) return { kind: 'not-a-file' }
    // The path may have been replaced while it was opened.
    const again = resolvePath(given, directories)
    if (again.kind !== 'inside' || again.path !== resolved.path) return { kind: 'unreadable' }
    if (!isSameFile(found, lstatSync(resolved.path, { bigint: true })))
      return { kind: 'unreadable' }
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

/** Returns whether two `stat` results are of the same file. */
export const isSameFile = (one: Identity, other: Identity): boolean =>
  one.dev === other.dev && one.ino === other.ino

/** The flags for reading without waiting for the writer of a pipe. */
export const readOnly = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)

/** The flags of {@link readOnly} that also reject a symbolic link. */
export const readOnlyNoFollow = readOnly | (constants.O_NOFOLLOW ?? 0)

/** Returns the real paths of the files and directories that hold the data of the workspace's repository. */
export function repositoryData(workspace: string): string[] {
  const found: string[] = []
  let current = realOrNull(nodePath.join(workspace, '.git'))
  // In an additional work tree, `.git` is a file with the path of its directory, which has the path of the common one.
  for (let step = 0; current !== null && step < 3; step += 1) {
    found.push(current)
    const file = readLine(current) ?? readLine(nodePath.join(current, 'commondir'))
    const base = readLine(current) === null ? current : nodePath.dirname(current)
    const target: string | null = file === null ? null : file.replace(/^gitdir:\s*/, '')
    current = target ? realOrNull(nodePath.resolve(base, target)) : null
  }
  return found
}

/** Returns the first line of a small regular file; `null` if there is no such file. */
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

/** Resolves all links of a path. Returns `null` if it does not exist. */
export function realOrNull(path: string): string | null {
  try {
    return realpathSync.native(path)
  } catch {
    return null
  }
}

/** Returns the code of a system error, such as `ENOENT`; `null` for any other error. */
export function systemCodeOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null
  return typeof error.code === 'string' ? error.code : null
}

/** Returns whether a path is the directory or inside it. Both are absolute. */
export const isWithin = (
  directory: string,
  path: string,
  semantics: Pick<PlatformPath, 'relative' | 'sep' | 'isAbsolute'> = nodePath,
): boolean => !leadsOut(semantics.relative(directory, path), semantics)

/** Returns whether a relative path leads out of the directory that it starts in. */
export const leadsOut = (
  path: string,
  { sep, isAbsolute }: Pick<PlatformPath, 'sep' | 'isAbsolute'> = nodePath,
): boolean => path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)

/** Returns whether a part of a path is `.git`, or a name that a file system treats as `.git`. */
export const hasGitName = (path: string, separator: RegExp = separators): boolean =>
  path.split(separator).some(isGitName)

const separators = nodePath.sep === '\\' ? /[\\/]/ : /\//

/**
 * Returns whether a file system treats a name as `.git`. Windows ignores case, dots and spaces at the end, and streams,
 * and knows a short name. macOS also ignores invisible characters.
 */
export function isGitName(name: string): boolean {
  const seen = name.replace(/[\u200C-\u200F\u202A-\u202E\u206A-\u206F\uFEFF]/g, '')
  return /^(?:\.git|git~\d)[ .]*(?::.*)?$/is.test(seen)
}
