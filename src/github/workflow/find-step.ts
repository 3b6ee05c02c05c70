import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { isAbsolute, join, relative, sep } from 'node:path'
import type { StepFinding } from '../../inputs/workflow-step.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** The maximum size of a workflow file in bytes. */
const maxBytes = 1_000_000

/** The maximum number of folders in the workspace that are searched for a checkout. */
const maxFolders = 200

/**
 * Finds the running step in the workflow file of the checkout, from the runner's environment. It never throws. Without
 * a checkout of the run's own commit nothing is found.
 */
export async function findStep(
  environment: Environment,
  input: (name: string) => string,
): Promise<StepFinding> {
  const unknown: StepFinding = { kind: 'unknown' }
  const { GITHUB_WORKSPACE: workspace, GITHUB_JOB: job, GITHUB_ACTION: name } = environment
  const workflow = ownWorkflow(environment)
  // Only steps of a composite action have that path, and those stand in no workflow file.
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
 * Returns the path of the run's workflow file if it is a file of this repository. Gitea and Forgejo have folders of
 * their own.
 */
function ownWorkflow({ GITHUB_WORKFLOW_REF, GITHUB_REPOSITORY }: Environment): string | null {
  const ref = /^([^/]+\/[^/]+)\/(\.(?:github|gitea|forgejo)\/workflows\/[^/@]+)@/.exec(
    GITHUB_WORKFLOW_REF ?? '',
  )
  if (!ref?.[2] || ref[1]?.toLowerCase() !== GITHUB_REPOSITORY?.toLowerCase()) return null
  return ref[2]
}

/** Returns the folder of the checkout: the workspace itself, or the one folder in it that `path:` named. */
function findCheckout(workspace: string, file: string, environment: Environment): string | null {
  if (isFile(join(workspace, file))) return isThisCommit(workspace, environment) ? workspace : null
  const roots = foldersOf(workspace)
    .flatMap((folder) => [folder, ...foldersOf(folder)])
    .slice(0, maxFolders)
    .filter((folder) => isFile(join(folder, file)) && isThisCommit(folder, environment))
  return roots.length === 1 ? (roots[0] ?? null) : null
}

/**
 * Returns `false` for a checkout of another repository or commit, whose lines may differ. A folder without git data,
 * such as a download of the sources, is accepted: the step in it has to match anyway.
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

/** Reads a file that lies in the workspace once its links are resolved. */
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
