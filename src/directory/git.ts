import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, isAbsolute, join, parse, relative, resolve, sep } from 'node:path'
import { promisify } from 'node:util'

/** What git knows of a directory. Paths are absolute. */
export interface GitFacts {
  /** The top of the checkout. */
  readonly top: string
  /** Files with further ignore rules, there or not. */
  readonly exclude: string
  readonly global: string
  /** Files of the directory that are in git's index although a rule ignores them; relative to it. */
  readonly trackedAnyway: readonly string[]
}

/** The surroundings that git is run in. */
export interface GitSurroundings {
  /** The job's workspace, absolute and without symbolic links: its `.git` is the only one that is used. */
  readonly workspace: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly signal?: AbortSignal | undefined
}

const run = promisify(execFile)

/** Milliseconds that one call of git may take. */
const timeLimit = 30_000

/**
 * Returns what the workspace's checkout knows of a directory in it, `null` where the workspace is no checkout.
 * Without a `git` on the machine, only what can be read without it is there.
 *
 * A directory can hold a repository of its own, as ordinary files of a pull request or in an artifact, and its
 * configuration names programs for git to run. No such repository is ever used: git gets the workspace's
 * `.git` by name, a working directory outside of the tree, no way to fetch, and of the environment only `PATH`
 * and `HOME`, so that nothing secret is in reach of it.
 */
export async function gitFacts(
  directory: string,
  { workspace, environment, signal }: GitSurroundings,
): Promise<GitFacts | null> {
  const gitDirectory = join(workspace, '.git')
  const within = relative(workspace, directory)
  if (isOutside(within) || !existsSync(gitDirectory)) return null
  const program = findGit(environment, workspace)
  const git = async (...words: string[]): Promise<string> => {
    if (program === null) return ''
    const place = [`--git-dir=${gitDirectory}`, `--work-tree=${workspace}`, '--literal-pathspecs']
    try {
      const { stdout } = await run(program, [...place, ...settings, ...words], {
        cwd: parse(workspace).root,
        env: childEnvironment(environment),
        timeout: timeLimit,
        killSignal: 'SIGKILL',
        maxBuffer: 64 * 1024 * 1024,
        signal,
      })
      return stdout
    } catch {
      return ''
    }
  }
  const exclude = (await git('rev-parse', '--git-path', 'info/exclude')).trim()
  const global = (await git('config', '--path', '--get', 'core.excludesFile')).trim()
  const below = within === '' ? '' : `${within.split(sep).join('/')}/`
  const list = ['ls-files', '-z', '--full-name', '--cached', '--ignored', '--exclude-standard']
  const tracked = await git(...list, ...(below === '' ? [] : ['--', below]))
  const configHome = environment.XDG_CONFIG_HOME || join(environment.HOME || homedir(), '.config')
  return {
    top: workspace,
    exclude: exclude ? resolve(workspace, exclude) : join(gitDirectory, 'info', 'exclude'),
    global: global ? resolve(workspace, global) : join(configHome, 'git', 'ignore'),
    trackedAnyway: tracked
      .split('\0')
      .filter((path) => path !== '' && path.startsWith(below))
      .map((path) => path.slice(below.length)),
  }
}

/** Settings that outrank a repository's own: programs it may name are not run, and nothing is fetched. */
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
    GIT_NO_LAZY_FETCH: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  }
}

/**
 * Finds git by the absolute entries of `PATH` that lie outside of the workspace. Left to the system, Windows
 * looks into the working directory first.
 */
function findGit(
  { PATH = '', Path = '' }: Readonly<Record<string, string | undefined>>,
  workspace: string,
): string | null {
  const name = process.platform === 'win32' ? 'git.exe' : 'git'
  for (const folder of (PATH || Path).split(delimiter)) {
    if (!isAbsolute(folder) || !isOutside(relative(workspace, folder))) continue
    const program = join(folder, name)
    try {
      if (!statSync(program).isFile()) continue
      accessSync(program, constants.X_OK)
      return program
    } catch {}
  }
  return null
}

/** A relative path that leads out of where it starts. */
const isOutside = (path: string) => path === '..' || path.startsWith(`..${sep}`) || isAbsolute(path)
