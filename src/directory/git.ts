import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'

/** What git knows of a directory. Paths are absolute. */
export interface GitFacts {
  /** The top of the repository. */
  readonly top: string
  /** Files with further ignore rules, there or not. */
  readonly exclude: string
  readonly global: string
  /** Files of the directory that are in git's index although a rule ignores them; relative to it. */
  readonly trackedAnyway: readonly string[]
}

const run = promisify(execFile)

/** `null` outside of a repository. Without a `git` on the machine, what can be read without it is told. */
export async function gitFacts(
  directory: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<GitFacts | null> {
  const top = findTop(directory)
  if (top === null) return null
  const git = async (...words: string[]): Promise<string> => {
    // A checkout may belong to another user than the job's container, which git would not look into.
    const options = ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false']
    const settings = { cwd: directory, env: { ...environment }, maxBuffer: 256 * 1024 * 1024 }
    try {
      return (await run('git', [...options, ...words], settings)).stdout
    } catch {
      return ''
    }
  }
  const exclude = (await git('rev-parse', '--git-path', 'info/exclude')).trim()
  const global = (await git('config', '--path', '--get', 'core.excludesFile')).trim()
  const tracked = await git('ls-files', '-z', '--cached', '--ignored', '--exclude-standard')
  const configHome = environment.XDG_CONFIG_HOME || join(environment.HOME || homedir(), '.config')
  return {
    top,
    exclude: exclude ? resolve(directory, exclude) : join(top, '.git', 'info', 'exclude'),
    global: global ? resolve(top, global) : join(configHome, 'git', 'ignore'),
    trackedAnyway: tracked.split('\0').filter((path) => path !== ''),
  }
}

function findTop(directory: string): string | null {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at
    if (dirname(at) === at) return null
  }
}
