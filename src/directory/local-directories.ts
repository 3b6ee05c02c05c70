import { stat } from 'node:fs/promises'
import { relative } from 'node:path'
import type { Archives, Packed, PackProgress } from '../execute/ports.ts'
import type { Directories, Scan, Tree } from '../plan/ports.ts'
import { temporaryDirectory } from '../temporary-directory.ts'
import { GitCheckout } from './git.ts'
import { IgnoreFileError } from './ignore-file.ts'
import { LimitError } from './limits.ts'
import { codeOf, jobDirectories, realOrNull, resolvePlace } from './place.ts'
import type { WalkDeps } from './walk.ts'

/** An adapter to the runner's disk, for the ports of `plan/` and `execute/`. */
export class LocalDirectories implements Directories, Archives {
  readonly #environment: Readonly<Record<string, string | undefined>>
  readonly #signal: AbortSignal | undefined
  readonly #options: LocalOptions

  /** Makes an adapter. The signal ends a scan and the git that it runs. */
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
    const place = resolvePlace(path, jobDirectories(this.#environment))
    if (place.kind !== 'inside') return place
    const { path: root, workspace } = place
    try {
      if (!(await stat(root)).isDirectory()) return { kind: 'missing' }
      const surroundings = { workspace, environment: this.#environment, signal }
      const { walk } = await import(/* webpackChunkName: "seldom" */ './walk.ts')
      return await walk(root, { ...this.#options, ...surroundings })
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
      const { packTree } = await import(/* webpackChunkName: "seldom" */ './archive.ts')
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

/** Replacements of the machine's own parts, for tests. */
type LocalOptions = Pick<WalkDeps, 'limits' | 'now' | 'platform'>

/** Describes an error of the disk, with the path as people know it. */
function describeError(error: unknown, root: string): string {
  if (error instanceof LimitError) return error.message
  const path =
    typeof error === 'object' && error !== null && 'path' in error ? String(error.path) : ''
  const shown = path ? relative(root, path) || '.' : ''
  if (error instanceof IgnoreFileError) return `The ignore file ${shown} ${error.message}.`
  const code = codeOf(error) ?? 'an error'
  if (code === 'ENOSPC') return 'The runner has no space left for the archive.'
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return 'A file of the action is missing on the runner: all files of its `dist/` are needed.'
  }
  return `The runner could not read it: ${code}${shown ? ` at ${shown}` : ''}.`
}
