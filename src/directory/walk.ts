import type { Stats } from 'node:fs'
import { lstat, readdir, readFile, readlink, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import type { Scan, TreeEntry } from '../plan/upload.ts'
import { type GitSurroundings, gitFacts } from './git.ts'
import { gitRules, IgnoreRules, ignoreFiles } from './ignore-rules.ts'

/** Never uploaded, wherever they are: a repository's own data, and what is installed anew anyway. */
const never: ReadonlySet<string> = new Set(['.git', 'node_modules'])

/** Finds what of a directory is to be uploaded. `root` is absolute and without symbolic links. */
export async function walk(root: string, surroundings: GitSurroundings): Promise<Scan> {
  const git = await gitFacts(root, surroundings)
  const top = git?.top ?? root
  const walker = new Walker(root, top, git?.trackedAnyway ?? [])
  let rules = IgnoreRules.none
  if (git) {
    rules = await withFile(rules, 'global', '', git.global)
    rules = await withFile(rules, 'exclude', '', git.exclude)
  }
  const above = toSlashes(relative(top, root))
  const parts = above === '' ? [] : above.split('/')
  for (let depth = 0; depth < parts.length; depth += 1) {
    rules = await rulesOf(rules, top, parts.slice(0, depth).join('/'))
    rules = rules.inside(parts.slice(0, depth + 1).join('/'))
  }
  await walker.enter({ directory: root, path: '', outer: rules, above: [root], whole: true })
  return walker.result()
}

/** A directory that is gone through. */
interface Entered {
  readonly directory: string
  readonly path: string
  /** The rules from above it. */
  readonly outer: IgnoreRules
  /** The real paths of the directories that led here: one of them again would be a loop. */
  readonly above: readonly string[]
  /** `false` where git ignores it, and only the files in it that git has all the same are wanted. */
  readonly whole: boolean
}

/** How far a path is taken along: with all that is in it, or for what git has in it. */
type Share = 'all' | 'tracked' | 'nothing'

/** Collects entries; paths in rules count from the top of the repository, paths of entries from the root. */
class Walker {
  readonly #root: string
  readonly #above: string
  readonly #tracked: ReadonlySet<string>
  readonly #onTheWay: ReadonlySet<string>
  readonly #entries: TreeEntry[] = []
  readonly #leaving: string[] = []
  readonly #leftOut: string[] = []
  readonly #top: string

  constructor(root: string, top: string, tracked: readonly string[]) {
    this.#root = root
    this.#top = top
    this.#above = toSlashes(relative(top, root))
    this.#tracked = new Set(tracked)
    this.#onTheWay = new Set(tracked.flatMap(parentsOf))
  }

  result(): Scan {
    if (this.#leaving.length > 0) return { kind: 'leaves', links: this.#leaving }
    const files = this.#entries.filter(({ isDirectory }) => !isDirectory)
    return {
      kind: 'tree',
      tree: {
        root: this.#root,
        entries: this.#entries,
        files: files.length,
        bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
        leftOut: this.#leftOut,
      },
    }
  }

  async enter(entered: Entered): Promise<void> {
    const { directory, path, outer } = entered
    const rules = await rulesOf(outer, this.#top, this.#ruled(path))
    const names = (await readdir(directory)).sort()
    for (const name of names) {
      if (never.has(name)) continue
      const below = path === '' ? name : `${path}/${name}`
      await this.#take(join(directory, name), below, rules, entered)
    }
  }

  async #take(
    file: string,
    path: string,
    rules: IgnoreRules,
    { above, whole }: Entered,
  ): Promise<void> {
    const own = await lstat(file)
    const followed = own.isSymbolicLink() ? await statOrNull(file) : own
    const isDirectory = followed?.isDirectory() ?? false
    const share = this.#shareOf(path, isDirectory, rules, whole)
    if (share === 'nothing') return
    if (followed === null) {
      this.#leftOut.push(`${path} (a broken symbolic link)`)
      return
    }
    const real = own.isSymbolicLink() ? await this.#follow(file, path) : file
    if (real === null) return
    if (isDirectory) {
      const reached = own.isSymbolicLink() ? real : await realpath(file)
      if (above.includes(reached)) {
        this.#leftOut.push(`${path} (a symbolic link to a directory that it is in)`)
        return
      }
      this.#entries.push({ path, isDirectory, bytes: 0 })
      await this.enter({
        directory: file,
        path,
        outer: share === 'all' ? this.#open(rules, path) : rules,
        above: [...above, reached],
        whole: share === 'all',
      })
    } else if (followed.isFile()) {
      this.#entries.push({ path, isDirectory, bytes: followed.size })
    } else {
      this.#leftOut.push(`${path} (not a regular file)`)
    }
  }

  /**
   * What git has in its index overrules git's own rules, and no others. A directory that is ignored and is
   * itself in the index is a link or a submodule: what is in it stands for that one entry.
   */
  #shareOf(path: string, isDirectory: boolean, rules: IgnoreRules, whole: boolean): Share {
    const by = rules.ignoredBy(this.#ruled(path), isDirectory)
    if (by === null && whole) return 'all'
    if (by !== null && !gitRules.has(by)) return 'nothing'
    if (this.#tracked.has(path)) return 'all'
    return isDirectory && this.#onTheWay.has(path) ? 'tracked' : 'nothing'
  }

  /** The rules in a directory that is taken along, although one above it may be ignored. */
  #open(rules: IgnoreRules, path: string): IgnoreRules {
    return [...parentsOf(path), path].reduce(
      (opened, one) => opened.inside(this.#ruled(one)),
      rules,
    )
  }

  /** Where a link leads; `null` where it must not be followed: out of the directory, or into what is never taken. */
  async #follow(link: string, path: string): Promise<string | null> {
    const real = await realpath(link)
    const within = toSlashes(relative(this.#root, real))
    if (within === '..' || within.startsWith('../') || relative(this.#root, real) === real) {
      this.#leaving.push(`${path} -> ${await readlink(link)}`)
      return null
    }
    return within.split('/').some((part) => never.has(part)) ? null : real
  }

  #ruled(path: string): string {
    return [this.#above, path].filter((part) => part !== '').join('/')
  }
}

/** With the ignore files of one directory. */
async function rulesOf(outer: IgnoreRules, top: string, base: string): Promise<IgnoreRules> {
  let rules = outer
  for (const name of ignoreFiles) rules = await withFile(rules, name, base, join(top, base, name))
  return rules
}

async function withFile(
  rules: IgnoreRules,
  kind: Parameters<IgnoreRules['with']>[0],
  base: string,
  file: string,
): Promise<IgnoreRules> {
  try {
    return rules.with(kind, base, await readFile(file, 'utf8'))
  } catch {
    return rules
  }
}

async function statOrNull(file: string): Promise<Stats | null> {
  try {
    return await stat(file)
  } catch {
    return null
  }
}

/** Every directory on the way to a path, from the top. */
function parentsOf(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}

const toSlashes = (path: string) => path.split(sep).join('/')
