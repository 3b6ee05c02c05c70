import { Gitignore, GitignoreError, toBytes } from '../gitignore.ts'
import type { SourceSettings } from './ports.ts'

/** The maximum number of watch patterns times changed files for one service. Matching more would take too long. */
const maxMatches = 500_000

/** A changed path, and the directories above it, as bytes for matching with patterns. */
interface ChangedPath {
  readonly path: string
  readonly places: readonly { readonly bytes: string; readonly isDirectory: boolean }[]
}

/** A cache of lists of split paths. Many services are compared with the same list of changed files. */
const splitLists = new WeakMap<readonly string[], readonly ChangedPath[]>()

/**
 * Returns whether a changed file belongs to a service; `null` if there are too many patterns and files, or if a pattern
 * is invalid. A path that ends with a slash is a submodule: any file in it may have changed.
 */
export function hasWatchedChange(
  { rootDirectory, watchPatterns }: SourceSettings,
  files: readonly string[],
): boolean | null {
  const patterns = patternsOf(watchPatterns)
  if (patterns.length * files.length > maxMatches) return null
  try {
    return patterns.length > 0
      ? split(files).some(matcherOf(patterns))
      : files.some(within(rootDirectory))
  } catch (error) {
    if (error instanceof GitignoreError) return null
    throw error
  }
}

const patternsOf = (watchPatterns: readonly string[]): string[] =>
  watchPatterns
    .flatMap((entry) => entry.split('\n'))
    .filter((pattern) => pattern.trim() !== '' && !pattern.startsWith('#'))

/**
 * Returns the files on which a service depends: the files that its watch patterns match, the files in its root
 * directory, or all files of the repository.
 */
export function filesOf({
  rootDirectory,
  watchPatterns,
}: SourceSettings): 'watched' | 'root-directory' | 'all' {
  if (patternsOf(watchPatterns).length > 0) return 'watched'
  return isWholeRepository(rootDirectory) ? 'all' : 'root-directory'
}

/** A path with `..` may mean any directory. */
const isWholeRepository = (root: string) => root === '' || root.split('/').includes('..')

/**
 * Returns a test for changed paths that concern a root directory: paths in it, and paths that have taken the place of a
 * directory above it.
 */
function within(root: string): (path: string) => boolean {
  if (isWholeRepository(root)) return () => true
  return (path) => {
    const plain = withoutSlash(path)
    return plain === root || plain.startsWith(`${root}/`) || root.startsWith(`${plain}/`)
  }
}

/**
 * Returns a test for changed paths that watch patterns match. The last pattern that matches a path, or a directory
 * above it, decides. Upper and lower case differ.
 */
function matcherOf(patterns: readonly string[]): (changed: ChangedPath) => boolean {
  const rules = patterns
    .map((pattern) => ({
      pattern,
      rule: new Gitignore(pattern, { ignoreCase: false }),
      prefix: prefixOf(pattern),
    }))
    .reverse()
  return ({ path, places }) => {
    for (const { pattern, rule, prefix } of rules) {
      if (places.some(({ bytes, isDirectory }) => rule.testBytes(bytes, isDirectory) !== null)) {
        return !pattern.startsWith('!')
      }
      if (path.endsWith('/') && !pattern.startsWith('!') && mayMatchBelow(prefix, path)) return true
    }
    return false
  }
}

function split(files: readonly string[]): readonly ChangedPath[] {
  const known = splitLists.get(files) ?? files.map(splitPath)
  splitLists.set(files, known)
  return known
}

function splitPath(path: string): ChangedPath {
  const bytes = toBytes(withoutSlash(path))
  const places = [{ bytes, isDirectory: path.endsWith('/') }]
  for (let end = bytes.lastIndexOf('/'); end > 0; end = bytes.lastIndexOf('/', end - 1)) {
    places.push({ bytes: bytes.slice(0, end), isDirectory: true })
  }
  return { path, places }
}

/** The literal text at the beginning of every match of a pattern. */
interface Prefix {
  readonly text: string
  /** `true` if a match may be longer than this text. */
  readonly isOpen: boolean
}

/** Returns the beginning of a pattern up to its first wildcard. A pattern without a slash matches at any depth. */
function prefixOf(pattern: string): Prefix {
  if (!pattern.replace(/\/$/, '').includes('/')) return { text: '', isOpen: true }
  const wildcard = pattern.search(/[*?[\\]/)
  const text = pattern.slice(0, wildcard < 0 ? undefined : wildcard).replace(/^\//, '')
  return { text, isOpen: wildcard >= 0 }
}

const mayMatchBelow = ({ text, isOpen }: Prefix, directory: string) =>
  text.startsWith(directory) || (isOpen && directory.startsWith(text))

const withoutSlash = (path: string) => (path.endsWith('/') ? path.slice(0, -1) : path)
