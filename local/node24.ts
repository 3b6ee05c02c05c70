import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `runner` is the Node of `runs.using` in `action.yml`; `current` is the Node that runs this code. */
export type NodeVersion = 'runner' | 'current'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

/** The major version that actions run on here, from the file that also tells it to CI and to version managers. */
export const runnerNode = readFileSync(join(root, '.node-version'), 'utf8').trim()

let warned = false

/**
 * The path of the Node binary that actions are run with here: Node 24, as on a runner. Where no package
 * brings it for this platform the current Node has to do, and that is said.
 */
export function findNode(version: NodeVersion = 'runner'): string {
  if (version === 'current' || process.versions.node.startsWith(`${runnerNode}.`)) {
    return process.execPath
  }
  const bundled = bundledNode()
  if (existsSync(bundled)) return bundled
  if (!warned) {
    console.warn(
      `Runners use Node ${runnerNode}; there is none for ${process.platform}-${process.arch}, so this is Node ${process.versions.node}.`,
    )
  }
  warned = true
  return process.execPath
}

/** Where the npm package `node-<platform>-<arch>`, an optional dependency, keeps its binary. */
function bundledNode(): string {
  const windows = process.platform === 'win32'
  const packageName = `node-${windows ? 'win' : process.platform}-${process.arch}`
  return join(root, 'node_modules', packageName, 'bin', windows ? 'node.exe' : 'node')
}
