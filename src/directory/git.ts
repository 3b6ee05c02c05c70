import { isUtf8 } from 'node:buffer'
import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, isAbsolute, join, parse, relative, resolve, sep } from 'node:path'
import type { CommitComparison, CommitDates, CommitHistory, CommitRelation } from '../plan/ports.ts'
import { leadsOut } from './paths.ts'

/** The facts that git has about a directory. Lists of files are relative to the directory, other paths are absolute. */
export interface GitFacts {
  /** The top of the checkout. */
  readonly top: string
  /** The path of the repository's own list of ignore rules (`info/exclude`). It may not exist. */
  readonly exclude: string
  /** The path of the user's list of ignore rules (`core.excludesFile`). It may not exist. */
  readonly global: string
  /** Whether git matches names without regard to case (`core.ignorecase`). */
  readonly ignoreCase: boolean
  /** The files that are in git's index although a rule ignores them; `null` if git failed. */
  readonly trackedIgnored: readonly string[] | null
  /** The files that are executable in git's index. The list is empty except on Windows. */
  readonly executables: readonly string[]
  /** The files that are symbolic links in git's index. The list is empty except on Windows. */
  readonly links: readonly string[]
}

/** The options for running git. */
export interface GitOptions {
  /** The job's workspace, absolute and without symbolic links. No other `.git` than its own is used. */
  readonly workspace: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
  /** The platform; `process.platform` by default. */
  readonly platform?: NodeJS.Platform
  /** The time limit of a git process, in milliseconds; 30 seconds by default. */
  readonly timeLimit?: number
}

/** The result of running git. `code` is `null` if it was killed, or if git is not installed. */
type GitResult =
  | { readonly ok: true; readonly stdout: Buffer }
  | { readonly ok: false; readonly code: number | null }

/** The default time limit of a git process, in milliseconds. */
const defaultTimeLimit = 30_000

/** The maximum size of git's output, in bytes. */
const maxOutput = 64 * 1024 * 1024

/**
 * The checkout in the workspace, read with git.
 *
 * A directory can hold a repository of its own, as ordinary files of a pull request or in an artifact. The
 * configuration of such a repository names programs that git runs, so it is never used. Git gets the path of the
 * workspace's `.git`, a working directory outside of the tree, and no protocol to fetch with. It gets only `PATH` and
 * `HOME` of the environment, so it has no access to a secret.
 */
export class GitCheckout implements CommitHistory, CommitDates {
  readonly #options: GitOptions
  readonly #workspace: string
  readonly #gitDirectory: string
  readonly #program: string | null
  /** Whether git has exceeded the time limit. It is not run again, because a run may compare hundreds of commits. */
  #isTooSlow = false

  constructor(options: GitOptions) {
    this.#options = options
    this.#workspace = resolve(options.workspace)
    this.#gitDirectory = join(this.#workspace, '.git')
    this.#program = findGit(options.environment, this.#workspace)
  }

  /**
   * Returns git's facts about a directory in the workspace; `null` if the workspace is no checkout. Without `git` on
   * the machine, only facts that can be read without it are returned.
   */
  async facts(directory: string): Promise<GitFacts | null> {
    const within = relative(this.#workspace, directory)
    if (leadsOut(within) || !existsSync(this.#gitDirectory)) return null
    const { environment, platform = process.platform } = this.#options
    const below = within === '' ? '' : `${within.split(sep).join('/')}/`
    const list = ['ls-files', '-z', '--full-name', '--cached']
    const paths = below === '' ? [] : ['--', below]
    const none: GitResult = { ok: true, stdout: Buffer.alloc(0) }
    const [excludeFile, globalFile, foldsCase, tracked, staged] = await Promise.all([
      this.#git('rev-parse', '--git-path', 'info/exclude'),
      this.#git('config', '--path', '--get', 'core.excludesFile'),
      this.#git('config', '--type=bool', '--get', 'core.ignorecase'),
      this.#git(...list, '--ignored', '--exclude-standard', ...paths),
      platform === 'win32' ? this.#git(...list, '--stage', ...paths) : none,
    ])
    const exclude = textOf(excludeFile)
    const global = textOf(globalFile)
    const configHome = environment.XDG_CONFIG_HOME || join(environment.HOME || homedir(), '.config')
    const isUnset = !foldsCase.ok && foldsCase.code === 1
    return {
      top: this.#workspace,
      exclude: exclude ? resolve(this.#workspace, exclude) : this.#path('info', 'exclude'),
      global: global ? resolve(this.#workspace, global) : join(configHome, 'git', 'ignore'),
      ignoreCase:
        foldsCase.ok && foldsCase.stdout.length > 0
          ? textOf(foldsCase) === 'true'
          : !isUnset && readsIgnoreCase(this.#path('config')),
      trackedIgnored: tracked.ok
        ? fields(tracked.stdout).flatMap((path) => relativeTo(below, path) ?? [])
        : this.#program === null
          ? []
          : null,
      executables: stagedAs('100755', staged, below),
      links: stagedAs('120000', staged, below),
    }
  }

  async compare(
    base: string,
    commit: string,
    { files: withFiles }: { files: boolean },
  ): Promise<CommitComparison> {
    if (!isCommitId(base) || !isCommitId(commit)) return { relation: 'unknown', files: null }
    if (commit === base) return { relation: 'same', files: withFiles ? [] : null }
    const [relation, files] = await Promise.all([
      this.#relation(base, commit),
      withFiles ? this.#changedFiles(base, commit) : null,
    ])
    return { relation, files }
  }

  async #relation(base: string, commit: string): Promise<CommitRelation> {
    const forwards = await this.#isAncestor(base, commit)
    if (forwards === null) return 'unknown'
    if (forwards) return 'newer'
    const backwards = await this.#isAncestor(commit, base)
    if (backwards === null) return 'unknown'
    if (backwards) return 'older'
    // In a shallow clone the commits between both may be missing.
    const shallow = await this.#git('rev-parse', '--is-shallow-repository')
    return textOf(shallow) === 'false' ? 'diverged' : 'unknown'
  }

  async #changedFiles(from: string, to: string): Promise<readonly string[] | null> {
    const options = ['-r', '-z', '--raw', '--no-renames', '--no-ext-diff', '--no-textconv']
    const commits = [`${from}^{commit}`, `${to}^{commit}`]
    const compared = await this.#git(
      ...['diff-tree', ...options, '--ignore-submodules=none', '--end-of-options', ...commits],
    )
    if (!compared.ok || !isUtf8(compared.stdout)) return null
    return changedPaths(fields(compared.stdout))
  }

  async commitDate(commit: string): Promise<number | null> {
    if (!isCommitId(commit)) return null
    const object = await this.#git('cat-file', 'commit', commit)
    return object.ok ? parseCommitDate(object.stdout.toString('utf8')) : null
  }

  /** Returns whether a commit is an ancestor of another; `null` if git does not have the commit or fails. */
  async #isAncestor(commit: string, other: string): Promise<boolean | null> {
    const output = await this.#git('merge-base', '--is-ancestor', commit, other)
    if (output.ok) return true
    return output.code === 1 ? false : null
  }

  #path(...parts: string[]): string {
    return join(this.#gitDirectory, ...parts)
  }

  #git(...words: string[]): Promise<GitResult> {
    const { environment, signal, timeLimit = defaultTimeLimit } = this.#options
    const program = this.#program
    const workspace = this.#workspace
    if (program === null || this.#isTooSlow || !existsSync(this.#gitDirectory)) {
      return Promise.resolve({ ok: false, code: null })
    }
    const globalOptions = [
      `--git-dir=${this.#gitDirectory}`,
      `--work-tree=${workspace}`,
      '--literal-pathspecs',
    ]
    const options = {
      cwd: parse(workspace).root,
      env: childEnvironment(environment),
      timeout: timeLimit,
      killSignal: 'SIGKILL',
      maxBuffer: maxOutput,
      encoding: 'buffer',
      windowsHide: true,
      signal,
    } as const
    return new Promise((done) => {
      const end = (error: Error | null, stdout: Buffer): void => {
        const code = error !== null && 'code' in error ? error.code : null
        if (error !== null && 'killed' in error && error.killed === true) this.#isTooSlow = true
        if (error === null) done({ ok: true, stdout })
        else done({ ok: false, code: typeof code === 'number' ? code : null })
      }
      try {
        execFile(program, [...globalOptions, ...settings, ...words], options, end)
      } catch {
        done({ ok: false, code: null })
      }
    })
  }
}

/** The settings that override those of a repository. With them, git runs no other program and fetches nothing. */
const settings: readonly string[] = [
  // Git rejects a checkout of another user, which is usual for a job in a container.
  'safe.directory=*',
  'safe.bareRepository=explicit',
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'protocol.allow=never',
].flatMap((setting) => ['-c', setting])

function childEnvironment({
  PATH,
  HOME,
}: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return {
    ...(PATH === undefined ? {} : { PATH }),
    ...(HOME === undefined ? {} : { HOME }),
    // An empty list permits no protocol.
    GIT_ALLOW_PROTOCOL: '',
    // A repository can replace commits by others, which would change the history.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  }
}

/** Returns whether a text is a full commit id. Git would read any other text as an option or a name. */
const isCommitId = (text: string) => /^[0-9a-f]{40}$/.test(text)

/** Parses the committer's time of a commit object, in milliseconds since the epoch. Returns `null` without one. */
export function parseCommitDate(object: string): number | null {
  const header = object.split('\n\n', 1)[0] ?? ''
  const seconds = /^committer .* (\d{1,11}) [+-]\d{4}$/m.exec(header)?.[1]
  return seconds === undefined ? null : Number(seconds) * 1000
}

const textOf = (result: GitResult): string =>
  result.ok ? result.stdout.toString('utf8').trim() : ''

const fields = (output: Buffer): string[] =>
  output
    .toString('utf8')
    .split('\0')
    .filter((field) => field !== '')

/** The file mode of a submodule in a git tree. */
const submodule = '160000'

/**
 * Parses the output of `git diff-tree --raw -z`, which has modes and path in turn. The path of a submodule ends in a
 * slash. Returns `null` for any other output.
 */
function changedPaths(output: readonly string[]): string[] | null {
  const paths: string[] = []
  for (let at = 0; at < output.length; at += 2) {
    const modes = /^:(\d{6}) (\d{6}) /.exec(output[at] ?? '')
    const path = output[at + 1]
    if (modes === null || path === undefined) return null
    paths.push(modes.includes(submodule) ? `${path}/` : path)
  }
  return paths
}

/** Returns the paths in the git index that have this file mode (git-scm.com/docs/git-ls-files, `--stage`). */
function stagedAs(mode: '100755' | '120000', staged: GitResult, below: string): string[] {
  if (!staged.ok) return []
  return fields(staged.stdout).flatMap((entry) => {
    const [, found, path] = /^(\d+) [0-9a-f]+ \d\t(.*)$/s.exec(entry) ?? []
    return found === mode && path !== undefined ? (relativeTo(below, path) ?? []) : []
  })
}

const relativeTo = (below: string, path: string): string | null =>
  path.startsWith(below) ? path.slice(below.length) : null

/** Reads `core.ignorecase` from a config file without git. Includes are not followed. */
function readsIgnoreCase(config: string): boolean {
  let text: string
  try {
    const found = statSync(config)
    if (!found.isFile() || found.size > 1_000_000) return false
    text = readFileSync(config, 'utf8')
  } catch {
    return false
  }
  let section = ''
  let value = false
  for (const line of text.split('\n')) {
    section = /^\s*\[([^\]]*)\]/.exec(line)?.[1]?.trim().toLowerCase() ?? section
    const found = /^\s*(?:\[[^\]]*\]\s*)?ignorecase\s*(?:=\s*"?(\w*)"?)?\s*(?:[#;].*)?$/i.exec(line)
    if (found && section === 'core') value = /^(?:true|yes|on|1)?$/i.test(found[1] ?? '')
  }
  return value
}

/**
 * Finds git by the absolute entries of `PATH` that are outside of the workspace. Windows would search the working
 * directory first. Returns `null` if there is no git.
 */
function findGit(
  { PATH = '', Path = '' }: Readonly<Record<string, string | undefined>>,
  workspace: string,
): string | null {
  const name = process.platform === 'win32' ? 'git.exe' : 'git'
  for (const folder of (PATH || Path).split(delimiter)) {
    if (!isAbsolute(folder) || !leadsOut(relative(workspace, folder))) continue
    const program = join(folder, name)
    try {
      if (!statSync(program).isFile()) continue
      accessSync(program, constants.X_OK)
      return program
    } catch {}
  }
  return null
}
