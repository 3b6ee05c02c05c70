import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `24` is what a runner takes for `runs.using: node24`; `current` is the Node that runs this code. */
export type NodeVersion = '24' | 'current'

/** The path of the Node binary that actions are run with here. */
export function findNode(version: NodeVersion = '24'): string {
  if (version === 'current' || process.versions.node.startsWith('24.')) return process.execPath
  const bundled = bundledNode()
  if (existsSync(bundled)) return bundled
  throw new Error(
    `The action runs on Node 24, this is Node ${process.versions.node}, and there is no ${bundled}. ` +
      'Use Node 24, or install the optional dependencies (npm ci --include=optional).',
  )
}

/** Where the npm package `node-<platform>-<arch>`, an optional dependency, keeps its binary. */
function bundledNode(): string {
  const windows = process.platform === 'win32'
  const packageName = `node-${windows ? 'win' : process.platform}-${process.arch}`
  const root = join(dirname(fileURLToPath(import.meta.url)), '..')
  return join(root, 'node_modules', packageName, 'bin', windows ? 'node.exe' : 'node')
}
