import { realpath, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { relative, resolve } from 'node:path'
import type { Archives, Packed, PackProgress } from '../execute/ports.ts'
import type { Directories, Scan, Tree } from '../plan/upload.ts'
import { packTree } from './archive.ts'
import { walk } from './walk.ts'

/** The runner's disk, by the ports that `plan/` and `execute/` declare. */
export class LocalDirectories implements Directories, Archives {
  readonly #environment: Readonly<Record<string, string | undefined>>
  readonly #signal: AbortSignal | undefined

  /** Git is stopped by the signal. */
  constructor(environment: Readonly<Record<string, string | undefined>>, signal?: AbortSignal) {
    this.#environment = environment
    this.#signal = signal
  }

  async scan(path: string): Promise<Scan> {
    const checkout = resolve(this.#environment.GITHUB_WORKSPACE || '.')
    const given = resolve(checkout, path)
    let workspace: string
    let root: string
    try {
      workspace = await realpath(checkout)
      root = await realpath(given)
      if (!(await stat(root)).isDirectory()) return { kind: 'missing' }
    } catch {
      return { kind: 'missing' }
    }
    try {
      const surroundings = { workspace, environment: this.#environment, signal: this.#signal }
      return await walk(root, surroundings)
    } catch (error) {
      return { kind: 'unreadable', why: describeError(error, root) }
    }
  }

  async pack(
    tree: Tree,
    below: string,
    edges: { signal: AbortSignal; onProgress: (progress: PackProgress) => void },
  ): Promise<Packed> {
    try {
      const temporary = this.#environment.RUNNER_TEMP || tmpdir()
      return { kind: 'packed', archive: await packTree(tree, below, temporary, edges) }
    } catch (error) {
      if (edges.signal.aborted) return { kind: 'cancelled' }
      return { kind: 'failed', why: describeError(error, tree.root) }
    }
  }
}

/** What the disk says, with the path as people know it. */
function describeError(error: unknown, root: string): string {
  const said = typeof error === 'object' && error !== null ? error : {}
  const code = 'code' in said ? String(said.code) : 'an error'
  const path = 'path' in said ? String(said.path) : ''
  return `The runner could not read it: ${code}${path ? ` at ${relative(root, path) || '.'}` : ''}.`
}
