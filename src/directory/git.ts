import { isUtf8 } from 'node:buffer'
import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, isAbsolute, join, parse, relative, resolve, sep } from 'node:path'
import type { CommitComparison, CommitDates, CommitHistory, CommitRelation } from '../plan/ports.ts'
import { leadsOut } from './place.ts'

/** The rules and files that git has for a directory. Paths are absolute. */
export interface GitFacts {
  /** The top of the checkout. */
  readonly top: string
  /** The files with further ignore rules, existing or not. */
  readonly exclude: string
  readonly global: string
  /** `true` if git matches names without regard to case (`core.ignorecase`). */
  readonly ignoreCase: boolean
  /** Files of the directory that are in git's index although a rule ignores them; relative to it. `null` if git did not answer. */
  readonly trackedAnyway: readonly string[] | null
  /** Files of the directory that are programs by git's index; only asked for on Windows. */
  readonly executables: readonly string[]
  /** Files of the directory that are symbolic links by git's index; only asked for on Windows. */
  readonly links: readonly string[]
}

/** The surroundings that git is run in. */
export interface GitSurroundings {
  /** The job's workspace, absolute and without symbolic links: its `.git` is the only one that is used. */
  readonly workspace: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
  /** `process.platform`, unless a test says otherwise. */
  readonly platform?: NodeJS.Platform
}

/** The result of one call of git. `code` is `null` if it did not exit by itself, or if there is no git. */
type GitResult =
  | { readonly ok: true; readonly stdout: Buffer }
  | { readonly ok: false; readonly code: number | null }

/** The time limit of one call of git, in milliseconds. */
const timeLimit = 30_000

/** The maximum size of git's answer, in bytes. */
const maxAnswer = 64 * 1024 * 1024

/**
 * The workspace's checkout, read with git.
 *
 * A directory can hold a repository of its own, as ordinary files of a pull request or in an artifact. Its
 * configuration names programs for git to run, so no such repository is ever used. Git gets the workspace's `.git` by
 * name, a working directory outside of the tree, no way to fetch, and of the environment only `PATH` and `HOME`.
 * Nothing secret is in its reach.
 */
export class GitCheckout implements CommitHistory, CommitDates {
  readonly #surroundings: GitSurroundings
  readonly #workspace: string
  readonly #gitDirectory: string
  readonly #program: string | null

  constructor(surroundings: GitSurroundings) {
    this.#surroundings = surroundings
    this.#workspace = resolve(surroundings.workspace)
    this.#gitDirectory = join(this.#workspace, '.git')
    this.#program = findGit(surroundings.environment, this.#workspace)
  }

  /**
   * Returns git's facts about a directory in the workspace; `null` if the workspace is no checkout. Without `git` on
   * the machine, only facts that can be read without it are returned.
   */
  async facts(directory: string): Promise<GitFacts | null> {
    const within = relative(this.#workspace, directory)
    if (leadsOut(within) || !existsSync(this.#gitDirectory)) return null
    const { environment, platform = process.platform } = this.#surroundings
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
      trackedAnyway: tracked.ok
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
    // In a shallow clone the commits in between may only be missing.
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

  /** Returns whether a commit is an ancestor of another; `null` if git does not have the commit or does not answer. */
  async #isAncestor(commit: string, other: string): Promise<boolean | null> {
    const answer = await this.#git('merge-base', '--is-ancestor', commit, other)
    if (answer.ok) return true
    return answer.code === 1 ? false : null
  }

  #path(...parts: string[]): string {
    return join(this.#gitDirectory, ...parts)
  }

  #git(...words: string[]): Promise<GitResult> {
    const { environment, signal } = this.#surroundings
    const program = this.#program
    const workspace = this.#workspace
    if (program === null || !existsSync(this.#gitDirectory)) {
      return Promise.resolve({ ok: false, code: null })
    }
    const place = [
      `--git-dir=${this.#gitDirectory}`,
      `--work-tree=${workspace}`,
      '--literal-pathspecs',
    ]
    const options = {
      cwd: parse(workspace).root,
      env: childEnvironment(environment),
      timeout: timeLimit,
      killSignal: 'SIGKILL',
      maxBuffer: maxAnswer,
      encoding: 'buffer',
      windowsHide: true,
      signal,
    } as const
    return new Promise((done) => {
      const end = (error: Error | null, stdout: Buffer): void => {
        const code = error !== null && 'code' in error ? error.code : null
        if (error === null) done({ ok: true, stdout })
        else done({ ok: false, code: typeof code === 'number' ? code : null })
      }
      try {
        execFile(program, [...place, ...settings, ...words], options, end)
      } catch {
        done({ ok: false, code: null })
      }
    })
  }
}

/** Settings that override a repository's own, so that git runs no programs named there and fetches nothing. */
const settings: readonly string[] = [
  // A checkout may belong to another user than the job's container, which git would not look into.
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
    // Set and empty: no protocol may be used.
    GIT_ALLOW_PROTOCOL: '',
    // History as it was written, not as the repository has it replaced.
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  }
}

/**
 * Returns whether a text is a full commit id. Only these are passed to git, because any other word could be an option
 * or another name.
 */
const isCommitId = (text: string) => /^[0-9a-f]{40}$/.test(text)

/** Reads the committer's time of a commit object, in milliseconds. */
export function parseCommitDate(object: string): number | null {
  const header = object.split('\n\n', 1)[0] ?? ''
  const seconds = /^committer .* (\d{1,11}) [+-]\d{4}$/m.exec(header)?.[1]
  return seconds === undefined ? null : Number(seconds) * 1000
}

const textOf = (result: GitResult): string =>
  result.ok ? result.stdout.toString('utf8').trim() : ''

const fields = (answer: Buffer): string[] =>
  answer
    .toString('utf8')
    .split('\0')
    .filter((field) => field !== '')

/** The mode of a submodule in a tree. */
const submodule = '160000'

/**
 * Reads the answer of `git diff-tree --raw -z`: modes and path in turn. A submodule's path ends in a slash. Returns
 * `null` for anything else.
 */
function changedPaths(answer: readonly string[]): string[] | null {
  const paths: string[] = []
  for (let at = 0; at < answer.length; at += 2) {
    const modes = /^:(\d{6}) (\d{6}) /.exec(answer[at] ?? '')
    const path = answer[at + 1]
    if (modes === null || path === undefined) return null
    paths.push(modes.includes(submodule) ? `${path}/` : path)
  }
  return paths
}

/** Returns the paths that git's index has with a mode (git-scm.com/docs/git-ls-files, `--stage`). */
function stagedAs(mode: '100755' | '120000', staged: GitResult, below: string): string[] {
  if (!staged.ok) return []
  return fields(staged.stdout).flatMap((entry) => {
    const [, found, path] = /^(\d+) [0-9a-f]+ \d\t(.*)$/s.exec(entry) ?? []
    return found === mode && path !== undefined ? (relativeTo(below, path) ?? []) : []
  })
}

const relativeTo = (below: string, path: string): string | null =>
  path.startsWith(below) ? path.slice(below.length) : null

/** Reads `core.ignorecase` as far as that goes without git. */
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
 * Finds git by the absolute entries of `PATH` that lie outside of the workspace. Windows itself would search the
 * working directory first.
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
