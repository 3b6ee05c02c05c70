import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `runner` is the Node of `runs.using` in `action.yml`; `current` is the Node that runs this code. */
export type NodeVersion = 'runner' | 'current'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** The major version of the Node that runs the action, from `.node-version`. CI and version managers read the same file. */
export const runnerNode = readFileSync(join(root, '.node-version'), 'utf8').trim()

let warned = false

/**
 * Returns the path of a Node binary. For `runner` it is the binary of the optional dependency
 * `node-<platform>-<arch>`. If that package is not installed, it prints a warning once and returns the current Node.
 */
export function findNode(version: NodeVersion = 'runner'): string {
  if (version === 'current' || process.versions.node.startsWith(`${runnerNode}.`)) {
    return process.execPath
  }
  const bundled = bundledNode()
  if (existsSync(bundled)) return bundled
  if (!warned) {
    console.warn(
      `Node ${runnerNode}, which runners use, is not installed for ${process.platform}-${process.arch}. The action runs on Node ${process.versions.node} instead.`,
    )
  }
  warned = true
  return process.execPath
}

/** Returns the path of the binary in the npm package `node-<platform>-<arch>`, an optional dependency. */
function bundledNode(): string {
  const windows = process.platform === 'win32'
  const packageName = `node-${windows ? 'win' : process.platform}-${process.arch}`
  return join(root, 'node_modules', packageName, 'bin', windows ? 'node.exe' : 'node')
}
