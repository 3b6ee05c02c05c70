import { type Gitignore, toBytes } from '../gitignore.ts'

/** The ignore files of a directory, by falling precedence. */
export const ignoreFiles = ['.railwayignore', '.ignore', '.gitignore'] as const

/** The kinds of rules, by falling precedence. Git's own lists are last, as for git. */
export type RuleKind = (typeof ignoreFiles)[number] | 'exclude' | 'global'

const strength: readonly RuleKind[] = [...ignoreFiles, 'exclude', 'global']

/** Git's own rules, which do not apply to files in its index. The others are about the upload, and apply to all. */
export const gitRules: ReadonlySet<RuleKind> = new Set(['.gitignore', 'exclude', 'global'])

/** The rules of one ignore file. `base` is its directory, relative to where the rules start. */
interface RuleFile {
  readonly kind: RuleKind
  readonly base: string
  readonly rules: Gitignore
}

/**
 * The ignore rules of one directory: those of its own files and of all directories above it. It is immutable, with a
 * new one for each directory further down. Paths are relative to where the rules start, with forward slashes.
 */
export class IgnoreRules {
  static readonly none = new IgnoreRules([])
  readonly #files: readonly RuleFile[]

  private constructor(files: readonly RuleFile[]) {
    this.#files = files
  }

  /** Adds the rules of a file in the directory `base`. They override those of directories above. */
  with(kind: RuleKind, base: string, rules: Gitignore): IgnoreRules {
    return new IgnoreRules([{ kind, base: toBytes(base), rules }, ...this.#files])
  }

  /**
   * Returns the kind of rule that ignores a path; `null` if none does. Only the path itself is checked. The directories
   * above it must have been checked before.
   */
  ignoredBy(path: string, isDirectory: boolean): RuleKind | null {
    return this.ignoredByBytes(toBytes(path), isDirectory)
  }

  /** Returns the same as `ignoredBy`, for a path with one character for each byte, which need not be UTF-8. */
  ignoredByBytes(path: string, isDirectory: boolean): RuleKind | null {
    for (const kind of strength) {
      for (const file of this.#files) {
        if (file.kind !== kind) continue
        const within = relativeTo(file.base, path)
        const verdict = within === null ? null : file.rules.testBytes(within, isDirectory)
        if (verdict !== null) return verdict ? kind : null
      }
    }
    return null
  }
}

function relativeTo(base: string, path: string): string | null {
  if (base === '') return path === '' ? null : path
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : null
}
