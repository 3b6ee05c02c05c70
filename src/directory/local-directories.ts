import { stat } from 'node:fs/promises'
import { relative } from 'node:path'
import type { Archives, Packed, PackProgress } from '../execute/ports.ts'
import type { Directories, Scan, Tree } from '../plan/ports.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { GitCheckout } from './git.ts'
import { IgnoreFileError } from './ignore-file.ts'
import { LimitError } from './limits.ts'
import { jobDirectories, realOrNull, resolvePath, systemCodeOf } from './paths.ts'
import type { WalkDeps } from './walk.ts'

/** An adapter of the runner's disk to the ports of `plan/` and `execute/`. */
export class LocalDirectories implements Directories, Archives {
  readonly #environment: Readonly<Record<string, string | undefined>>
  readonly #signal: AbortSignal | undefined
  readonly #options: LocalOptions

  /** Makes an adapter. The signal stops scans and the git processes that they started. */
  constructor(
    environment: Readonly<Record<string, string | undefined>>,
    signal?: AbortSignal,
    options: LocalOptions = {},
  ) {
    this.#environment = environment
    this.#signal = signal
    this.#options = options
  }

  async scan(path: string, limit?: AbortSignal): Promise<Scan> {
    const signals = [this.#signal, limit].filter((one) => one !== undefined)
    const signal = AbortSignal.any(signals)
    if (signal.aborted) return { kind: 'cancelled' }
    const resolved = resolvePath(path, jobDirectories(this.#environment))
    if (resolved.kind !== 'inside') return resolved
    const { path: root, workspace } = resolved
    try {
      if (!(await stat(root)).isDirectory()) return { kind: 'missing' }
      const options = { workspace, environment: this.#environment, signal }
      const { walk } = await import(/* webpackChunkName: "rarely-used" */ './walk.ts')
      return await walk(root, { ...this.#options, ...options })
    } catch (error) {
      if (signal.aborted) return { kind: 'cancelled' }
      return { kind: 'unreadable', why: describeError(error, root) }
    }
  }

  async pack(
    tree: Tree,
    below: string,
    deps: { signal: AbortSignal; onProgress: (progress: PackProgress) => void },
  ): Promise<Packed> {
    try {
      const temporary = temporaryDirectory(this.#environment)
      const { platform = process.platform } = this.#options
      const { packTree } = await import(/* webpackChunkName: "rarely-used" */ './archive.ts')
      return {
        kind: 'packed',
        archive: await packTree(tree, below, { temporary, platform, ...deps }),
      }
    } catch (error) {
      if (deps.signal.aborted) return { kind: 'cancelled' }
      return { kind: 'failed', why: describeError(error, tree.root) }
    }
  }
}

/** Returns the checkout in the job's workspace. */
export function checkoutOf(
  environment: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): GitCheckout {
  const { workspace } = jobDirectories(environment)
  return new GitCheckout({ workspace: realOrNull(workspace) ?? workspace, environment, signal })
}

/** The options that only tests set. */
type LocalOptions = Pick<WalkDeps, 'limits' | 'now' | 'platform'>

/** Describes an error of the disk as a sentence, with the path relative to the directory. */
function describeError(error: unknown, root: string): string {
  if (error instanceof LimitError) return error.message
  const path =
    typeof error === 'object' && error !== null && 'path' in error ? String(error.path) : ''
  const shown = path ? relative(root, path) || '.' : ''
  if (error instanceof IgnoreFileError) return `The ignore file ${shown} ${error.message}.`
  const code = systemCodeOf(error) ?? 'an error'
  if (code === 'ENOSPC') return 'The runner has no space left for the archive.'
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return 'A file of the action is missing on the runner: all files of its `dist/` are needed.'
  }
  return `The runner could not read it: ${code}${shown ? ` at ${shown}` : ''}.`
}
