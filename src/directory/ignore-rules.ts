import { type Gitignore, toBytes } from '../gitignore.ts'

/** The names of ignore files, the highest precedence first. */
export const ignoreFiles = ['.railwayignore', '.ignore', '.gitignore'] as const

/** A kind of ignore rules: the name of an ignore file, or one of git's own lists. */
export type RuleKind = (typeof ignoreFiles)[number] | 'exclude' | 'global'

/** The kinds of rules, the highest precedence first. Git's own lists are last, as for git. */
const precedence: readonly RuleKind[] = [...ignoreFiles, 'exclude', 'global']

/** The kinds of git's own rules, which do not apply to files in its index. Other rules apply to all files. */
export const gitRules: ReadonlySet<RuleKind> = new Set(['.gitignore', 'exclude', 'global'])

/** The rules of one ignore file. `base` is its directory, relative to the top directory of all rules. */
interface RuleFile {
  readonly kind: RuleKind
  readonly base: string
  readonly rules: Gitignore
}

/**
 * The ignore rules of one directory: those of its own ignore files and of all directories above it. They are immutable.
 * Paths are relative to the top directory of all rules, with forward slashes.
 */
export class IgnoreRules {
  static readonly none = new IgnoreRules([])
  readonly #files: readonly RuleFile[]

  private constructor(files: readonly RuleFile[]) {
    this.#files = files
  }

  /** Returns rules with those of a file in the directory `base` added. They override those of directories above. */
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
    for (const kind of precedence) {
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
