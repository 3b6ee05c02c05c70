import { isUtf8 } from 'node:buffer'
import type { Stats } from 'node:fs'
import { lstat, opendir, readFile, readlink, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { monotonicNow } from '../clock.ts'
import { toBytes } from '../gitignore.ts'
import type { Scan, TreeEntry } from '../plan/ports.ts'
import { GitCheckout, type GitOptions } from './git.ts'
import { readIgnoreFile } from './ignore-file.ts'
import { gitRules, IgnoreRules, ignoreFiles, type RuleKind } from './ignore-rules.ts'
import { defaultLimits, LimitError, type Limits } from './limits.ts'
import { isGitName, isWithin, repositoryData, systemCodeOf } from './paths.ts'

/** The options of a walk. */
export interface WalkDeps extends GitOptions {
  readonly limits?: Partial<Limits>
  /** Returns the time of a monotonic clock, in milliseconds. */
  readonly now?: () => number
}

/** Returns whether a name is never uploaded: the data of a repository, or dependencies that the build installs. */
const isNeverUploaded = (name: string) => name === 'node_modules' || isGitName(name)

/**
 * Lists the files of a directory for an upload. `root` is absolute and without symbolic links. It throws the errors of
 * the disk, `LimitError`, `IgnoreFileError`, and the reason of the signal.
 */
export async function walk(root: string, deps: WalkDeps): Promise<Scan> {
  const bounds = new Bounds(deps)
  const git = await new GitCheckout(deps).facts(root)
  bounds.check()
  const top = git?.top ?? root
  const walker = new Walker({
    root,
    top,
    bounds,
    tracked: git?.trackedIgnored ?? [],
    executables: git?.executables ?? [],
    links: git?.links ?? [],
    ignoreCase: git?.ignoreCase ?? foldsCase(deps.platform ?? process.platform),
    data: repositoryData(deps.workspace),
  })
  if (git && git.trackedIgnored === null) {
    walker.leaveOut('files that are committed although a rule ignores them (git failed)')
  }
  let rules = IgnoreRules.none
  if (git) {
    rules = await walker.withFile(rules, 'global', '', git.global)
    rules = await walker.withFile(rules, 'exclude', '', git.exclude)
  }
  const above = toSlashes(relative(top, root))
  const parts = above === '' ? [] : above.split('/')
  for (let depth = 0; depth < parts.length; depth += 1) {
    rules = await walker.rulesOf(rules, parts.slice(0, depth).join('/'))
  }
  await walker.enter({
    directory: root,
    path: '',
    outer: rules,
    above: [root],
    linkedTo: null,
    whole: true,
  })
  return walker.result()
}

/**
 * The limits of a walk, with the amount of each that is used. Its methods throw if a limit is exceeded or the run is
 * stopped.
 */
class Bounds {
  readonly limits: Limits
  readonly #signal: AbortSignal | undefined
  readonly #now: () => number
  readonly #end: number
  #visited = 0

  constructor({ limits, signal, now = monotonicNow }: WalkDeps) {
    this.limits = { ...defaultLimits, ...limits }
    this.#signal = signal
    this.#now = now
    this.#end = now() + this.limits.milliseconds
  }

  /** Checks the time limit and the signal. */
  check(): void {
    this.#signal?.throwIfAborted()
    if (this.#now() <= this.#end) return
    const seconds = Math.round(this.limits.milliseconds / 1000)
    throw new LimitError(`Listing its files took longer than ${seconds} seconds.`)
  }

  /** Counts one name that was read. */
  visit(): void {
    this.check()
    this.#visited += 1
    if (this.#visited > this.limits.visited) {
      throw new LimitError(`It has more than ${this.limits.visited} files and directories.`)
    }
  }
}

/** A directory of the walk. */
interface WalkedDirectory {
  readonly directory: string
  readonly path: string
  /** The ignore rules of the directories above it. */
  readonly outer: IgnoreRules
  /** The real paths of the directories above it. A link to one of them would be a loop. */
  readonly above: readonly string[]
  /** The real path relative to the root, if a link led here; `null` otherwise. */
  readonly linkedTo: string | null
  /** `false` if git ignores the directory. Only its files in git's index are uploaded then. */
  readonly whole: boolean
}

/** The part of a path that is uploaded: all of it, only the files in git's index, or nothing. */
type Share = 'all' | 'tracked' | 'nothing'

/** The facts about the root and its checkout that do not change during a walk. */
interface WalkerFacts {
  readonly root: string
  readonly top: string
  readonly bounds: Bounds
  readonly tracked: readonly string[]
  readonly executables: readonly string[]
  readonly links: readonly string[]
  readonly ignoreCase: boolean
  /** The real paths of the data of the workspace's repository. */
  readonly data: readonly string[]
}

/** A collector of entries. Paths in rules are relative to the top of the checkout, paths of entries to the root. */
class Walker {
  readonly #facts: WalkerFacts
  readonly #above: string
  readonly #tracked: ReadonlySet<string>
  readonly #onTheWay: ReadonlySet<string>
  readonly #executables: ReadonlySet<string>
  readonly #links: ReadonlySet<string>
  readonly #entries: TreeEntry[] = []
  readonly #leaving: string[] = []
  readonly #leftOut: string[] = []
  readonly #linkedIgnoreFiles: string[] = []
  readonly #firstIgnored: string[] = []
  #ignored = 0
  #counted = 0
  #linked = 0
  #bytes = 0

  constructor(facts: WalkerFacts) {
    this.#facts = facts
    this.#above = toSlashes(relative(facts.top, facts.root))
    this.#tracked = this.#indexed(facts.tracked)
    this.#onTheWay = this.#indexed(facts.tracked.flatMap(parentsOf))
    this.#executables = this.#indexed(facts.executables)
    this.#links = this.#indexed(facts.links)
  }

  #indexed(paths: readonly string[]): ReadonlySet<string> {
    return new Set(paths.map((path) => this.#key(path)))
  }

  /** Returns the key of a path. If git ignores case, the index may have the path in another case than the disk. */
  #key(path: string): string {
    return this.#facts.ignoreCase ? path.toLowerCase() : path
  }

  /** Adds a description to the list of entries that are not uploaded. */
  leaveOut(description: string): void {
    this.#leftOut.push(description)
  }

  /** Returns the entries that were collected, or the links that point outside of the root. */
  result(): Scan {
    if (this.#leaving.length > 0) return { kind: 'leaves', links: this.#leaving }
    return {
      kind: 'tree',
      tree: {
        root: this.#facts.root,
        entries: this.#entries,
        files: this.#entries.filter(({ isDirectory }) => !isDirectory).length,
        bytes: this.#bytes,
        leftOut: this.#leftOut,
        ignored: {
          count: this.#ignored,
          complete: this.#counted <= this.#facts.bounds.limits.counted,
          first: this.#firstIgnored,
        },
        linkedIgnoreFiles: this.#linkedIgnoreFiles,
      },
    }
  }

  /** Reads the ignore files of a directory, and returns the rules of `outer` followed by the rules in these files. */
  async rulesOf(outer: IgnoreRules, base: string): Promise<IgnoreRules> {
    let rules = outer
    for (const name of ignoreFiles) {
      rules = await this.withFile(rules, name, base, join(this.#facts.top, base, name))
    }
    return rules
  }

  /**
   * Reads an ignore file, and returns the given rules followed by the rules in this file. Returns the same rules if
   * there is no such file.
   */
  async withFile(
    rules: IgnoreRules,
    kind: RuleKind,
    base: string,
    file: string,
  ): Promise<IgnoreRules> {
    const found = await readIgnoreFile(file, kind, this.#facts.ignoreCase)
    if (found.kind === 'link') this.#linkedIgnoreFiles.push(base === '' ? kind : `${base}/${kind}`)
    return found.kind === 'rules' ? rules.with(kind, base, found.rules) : rules
  }

  /** Collects the entries of a directory and of all directories in it. */
  async enter(entered: WalkedDirectory): Promise<void> {
    const { directory, path, outer, above } = entered
    const { limits } = this.#facts.bounds
    if (above.length > limits.depth) {
      throw new LimitError(`It has directories more than ${limits.depth} levels deep.`)
    }
    const rules = await this.rulesOf(outer, this.#ruled(path))
    const names: string[] = []
    // Names are bytes. Decoded as UTF-8, a name that is not UTF-8 would become another name.
    for await (const { name } of await opendir(directory, {
      encoding: 'latin1',
      bufferSize: 512,
    })) {
      this.#facts.bounds.visit()
      const bytes = Buffer.from(name, 'latin1')
      if (isUtf8(bytes)) names.push(bytes.toString('utf8'))
      else await this.#leaveUnnamed(bytes, directory, path, rules, entered.whole)
    }
    for (const name of names.sort()) {
      this.#facts.bounds.check()
      if (isNeverUploaded(name)) continue
      const below = path === '' ? name : `${path}/${name}`
      await this.#take(join(directory, name), below, rules, entered)
    }
  }

  async #take(
    file: string,
    path: string,
    rules: IgnoreRules,
    entered: WalkedDirectory,
  ): Promise<void> {
    const { above, whole, linkedTo } = entered
    const own = await lstat(file)
    const isLink = own.isSymbolicLink()
    const followed = isLink ? await statOrNull(file) : own
    const isDirectory = followed?.isDirectory() ?? false
    const share = this.#shareOf(path, isDirectory, rules, whole)
    if (share === 'nothing') {
      await this.#countIgnored(file, path, own)
      return
    }
    if (followed === null) {
      this.leaveOut(`${path} (a broken symbolic link)`)
      return
    }
    const target = isLink ? await this.#follow(file, path) : null
    if (isLink && target === null) return
    const name = path.slice(path.lastIndexOf('/') + 1)
    const real = target ?? (linkedTo === null ? null : join(linkedTo, name))
    const link = real === null ? {} : { linkedTo: toSlashes(real) }
    if (isDirectory) {
      const reached = await realpath(file)
      if (this.#facts.data.some((data) => isWithin(data, reached))) return
      if (above.includes(reached)) {
        this.leaveOut(`${path} (a symbolic link to a directory that it is in)`)
        return
      }
      this.#add({ path, isDirectory, bytes: 0, ...link })
      await this.enter({
        directory: file,
        path,
        outer: rules,
        above: [...above, reached],
        linkedTo: real,
        whole: share === 'all',
      })
    } else if (followed.isFile()) {
      if (!isLink && this.#links.has(this.#key(path)) && (await isLinkText(file, followed))) {
        this.leaveOut(
          `${path} (a symbolic link that git wrote as a file, because core.symlinks is off)`,
        )
        return
      }
      const names = [path, ...(real === null ? [] : [toSlashes(real)])]
      const isProgram = names.some((one) => this.#executables.has(this.#key(one)))
      const program = isProgram ? { executable: true as const } : {}
      this.#add({ path, isDirectory, bytes: followed.size, ...link, ...program })
    } else {
      this.leaveOut(`${path} (not a regular file)`)
    }
  }

  #add(entry: TreeEntry): void {
    const { limits } = this.#facts.bounds
    this.#entries.push(entry)
    this.#bytes += entry.bytes
    if (entry.linkedTo !== undefined) this.#linked += 1
    if (this.#linked > limits.linked) {
      throw new LimitError(
        `Its symbolic links lead to more than ${limits.linked} files and directories, "${entry.path.slice(0, 100)}" among them.`,
      )
    }
    if (this.#entries.length > limits.entries) {
      throw new LimitError(`More than ${limits.entries} files and directories are not ignored.`)
    }
    if (this.#bytes > limits.bytes) {
      throw new LimitError(`Its files have more than ${Math.round(limits.bytes / 1e6)} MB.`)
    }
  }

  /**
   * Returns the part of a path that is uploaded. Git's index overrides git's own rules, and no others. An ignored
   * directory that is itself in the index is a link or a submodule, so all of it is uploaded.
   */
  #shareOf(path: string, isDirectory: boolean, rules: IgnoreRules, whole: boolean): Share {
    const by = rules.ignoredBy(this.#ruled(path), isDirectory)
    if (by === null && whole) return 'all'
    if (by !== null && !gitRules.has(by)) return 'nothing'
    const key = this.#key(path)
    if (this.#tracked.has(key)) return 'all'
    return isDirectory && this.#onTheWay.has(key) ? 'tracked' : 'nothing'
  }

  /** Leaves out a name that is not UTF-8, because an archive for Railway cannot have it. */
  async #leaveUnnamed(
    name: Buffer,
    directory: string,
    path: string,
    rules: IgnoreRules,
    whole: boolean,
  ): Promise<void> {
    const shown = [path, showBytes(name)].filter((part) => part !== '').join('/')
    const own = await lstat(Buffer.concat([Buffer.from(`${directory}${sep}`), name]))
    const above = this.#ruled(path)
    const bytes = `${above === '' ? '' : `${toBytes(above)}/`}${name.toString('latin1')}`
    if (!whole || rules.ignoredByBytes(bytes, own.isDirectory()) !== null) this.#noteIgnored(shown)
    else this.leaveOut(`${shown} (a name that is not UTF-8)`)
  }

  /** Counts an ignored file, or all files of an ignored directory, within the limits. */
  async #countIgnored(file: string, path: string, own: Stats): Promise<void> {
    if (!own.isDirectory()) {
      this.#noteIgnored(path)
      return
    }
    const { bounds } = this.#facts
    const open = [{ directory: file, path }]
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      try {
        const listing = await opendir(next.directory, { bufferSize: 512 })
        for await (const entry of listing) {
          bounds.check()
          if (this.#counted > bounds.limits.counted) return
          if (isNeverUploaded(entry.name)) continue
          const below = `${next.path}/${entry.name}`
          if (entry.isDirectory()) {
            this.#counted += 1
            open.push({ directory: join(next.directory, entry.name), path: below })
          } else this.#noteIgnored(below)
        }
      } catch (error) {
        // An ignored directory does not have to be readable.
        if (systemCodeOf(error) === null || error instanceof LimitError) throw error
      }
    }
  }

  #noteIgnored(path: string): void {
    this.#counted += 1
    if (this.#counted > this.#facts.bounds.limits.counted) return
    this.#ignored += 1
    if (this.#firstIgnored.length < 10) this.#firstIgnored.push(path)
  }

  /**
   * Returns the target of a link, relative to the root; `null` if it is outside of the root, or never uploaded.
   */
  async #follow(link: string, path: string): Promise<string | null> {
    const { root, data } = this.#facts
    const real = await realpath(link)
    if (!isWithin(root, real)) {
      this.#leaving.push(`${path} -> ${await readlink(link)}`)
      return null
    }
    const within = relative(root, real)
    if (within.split(sep).some(isNeverUploaded)) return null
    return data.some((one) => isWithin(one, real)) ? null : within
  }

  #ruled(path: string): string {
    return [this.#above, path].filter((part) => part !== '').join('/')
  }
}

/** Returns whether file names of a platform usually ignore case. */
const foldsCase = (platform: NodeJS.Platform) => platform === 'win32' || platform === 'darwin'

/** The maximum length of a link's target, in characters: that of a path on Windows. */
const maxLinkTarget = 32_767

/** Returns whether a file can be the one that git writes for a link. It holds the target, without a line break. */
async function isLinkText(file: string, { size }: Stats): Promise<boolean> {
  return size <= maxLinkTarget && !/[\0\r\n]/.test(await readFile(file, 'latin1'))
}

async function statOrNull(file: string): Promise<Stats | null> {
  try {
    return await stat(file)
  } catch {
    return null
  }
}

/** Describes a name with escapes for all bytes that are not printable ASCII: `caf\xe9`. */
const showBytes = (name: Buffer): string =>
  name
    .toString('latin1')
    .replace(/[^ -~]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`)

/** Lists the directories above a path, the outermost first. */
function parentsOf(path: string): string[] {
  const parts = path.split('/')
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'))
}

const toSlashes = (path: string) => path.split(sep).join('/')
