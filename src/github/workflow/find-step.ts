import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'
import type { StepFinding } from '../../inputs/workflow-step.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The maximum size of a workflow file in bytes. */
const maxBytes = 1_000_000

/** The maximum number of directories in the workspace that are searched for a checkout. */
const maxFolders = 200

/**
 * Finds the running step in the workflow file of the checkout. `environment`: the variables of the runner. Without a
 * checkout of the commit of the run, the result is `unknown`. The function never throws.
 */
export async function findStep(
  environment: Environment,
  input: (name: string) => string,
): Promise<StepFinding> {
  const unknown: StepFinding = { kind: 'unknown' }
  const { GITHUB_WORKSPACE: workspace, GITHUB_JOB: job, GITHUB_ACTION: name } = environment
  const workflow = ownWorkflow(environment)
  // A step with this variable belongs to a composite action, and is not in a workflow file.
  if (!workspace || !job || !name || !workflow || environment.GITHUB_ACTION_PATH) return unknown
  const root = findCheckout(workspace, workflow, environment)
  if (root === null) return unknown
  const running = {
    workflow,
    job,
    name,
    repository: environment.GITHUB_ACTION_REPOSITORY || null,
    ref: environment.GITHUB_ACTION_REF || null,
    input,
  }
  const { locateStep } = await import(/* webpackChunkName: "workflow" */ './locate-step.ts')
  return locateStep(running, (path) => readWithin(workspace, join(root, path)))
}

/**
 * Returns the path of the run's workflow file; `null` if the file is in another repository. Gitea and Forgejo keep
 * workflow files in directories of their own.
 */
function ownWorkflow({ GITHUB_WORKFLOW_REF, GITHUB_REPOSITORY }: Environment): string | null {
  const ref = /^([^/]+\/[^/]+)\/(\.(?:github|gitea|forgejo)\/workflows\/[^/@]+)@/.exec(
    GITHUB_WORKFLOW_REF ?? '',
  )
  if (!ref?.[2] || ref[1]?.toLowerCase() !== GITHUB_REPOSITORY?.toLowerCase()) return null
  return ref[2]
}

/**
 * Returns the directory of the checkout: the workspace itself, or a directory in it if the checkout was made with
 * `path:`. The result is `null` if there is none, or if there are several.
 */
function findCheckout(workspace: string, file: string, environment: Environment): string | null {
  if (isFile(join(workspace, file))) return isThisCommit(workspace, environment) ? workspace : null
  const roots = foldersOf(workspace)
    .flatMap((folder) => [folder, ...foldersOf(folder)])
    .slice(0, maxFolders)
    .filter((folder) => isFile(join(folder, file)) && isThisCommit(folder, environment))
  return roots.length === 1 ? (roots[0] ?? null) : null
}

/**
 * Returns whether a directory may be a checkout of the run's commit, or of the commit of its workflow file. In a checkout
 * of another commit, the step may be on another line. A directory without git data, such as a download of the sources, is
 * accepted, because the step in it is compared with the running step later.
 */
function isThisCommit(root: string, environment: Environment): boolean {
  const repository = repositoryIn(readText(join(root, '.git', 'config')) ?? '')
  if (repository && repository.toLowerCase() !== environment.GITHUB_REPOSITORY?.toLowerCase()) {
    return false
  }
  const head = readHead(root)
  return head === null || [environment.GITHUB_SHA, environment.GITHUB_WORKFLOW_SHA].includes(head)
}

/** Returns `owner/name` of the first remote's address in a git configuration. */
function repositoryIn(config: string): string | null {
  for (const line of config.split('\n')) {
    const [key = '', ...rest] = line.split('=')
    if (key.trim() !== 'url') continue
    const parts = rest
      .join('=')
      .trim()
      .replace(/\/$/, '')
      .replace(/\.git$/, '')
      .split(/[/:]/)
    return parts.length < 2 ? null : parts.slice(-2).join('/')
  }
  return null
}

function readHead(root: string): string | null {
  const head = readText(join(root, '.git', 'HEAD'))?.trim() ?? ''
  const ref = /^ref: (refs\/\S+)$/.exec(head)?.[1]
  if (!ref || ref.includes('..')) return /^[0-9a-f]{40}$/.test(head) ? head : null
  const loose = readText(join(root, '.git', ref))?.trim()
  if (loose) return loose
  const packed = readText(join(root, '.git', 'packed-refs')) ?? ''
  return (
    packed
      .split('\n')
      .find((line) => line.endsWith(` ${ref}`))
      ?.slice(0, 40) ?? null
  )
}

function foldersOf(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name))
      .map((entry) => join(folder, entry.name))
      .sort()
      .slice(0, maxFolders)
  } catch {
    return []
  }
}

function isFile(path: string): boolean {
  try {
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats?.isFile() === true && stats.size <= maxBytes
  } catch {
    return false
  }
}

/** Reads a file in the workspace; `null` if symbolic links point outside of the workspace, or if it cannot be read. */
function readWithin(workspace: string, path: string): string | null {
  try {
    const within = relative(realpathSync(workspace), realpathSync(path))
    const leaves = within === '..' || within.startsWith(`..${sep}`) || isAbsolute(within)
    return leaves ? null : readText(path)
  } catch {
    return null
  }
}

function readText(path: string): string | null {
  try {
    return isFile(path) ? readFileSync(path, 'utf8') : null
  } catch {
    return null
  }
}
