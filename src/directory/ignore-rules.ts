import { type Gitignore, toBytes } from '../gitignore.ts'

/** The ignore files of a directory, the stronger first: one that says something overrides the others. */
export const ignoreFiles = ['.railwayignore', '.ignore', '.gitignore'] as const

/** The kinds of rules, the stronger first. Git's own lists are the weakest, as for git. */
export type RuleKind = (typeof ignoreFiles)[number] | 'exclude' | 'global'

const strength: readonly RuleKind[] = [...ignoreFiles, 'exclude', 'global']

/** Git's own rules: they do not hold for what is in its index. The others are about the upload, and hold for all. */
export const gitRules: ReadonlySet<RuleKind> = new Set(['.gitignore', 'exclude', 'global'])

/** The rules of one ignore file. `base` is the directory it counts from, relative to where the rules start. */
interface RuleFile {
  readonly kind: RuleKind
  readonly base: string
  readonly rules: Gitignore
}

/**
 * The ignore rules that hold in one directory: its own files' and those of all directories above it. A
 * value, made anew for each directory further down. Paths are relative to where the rules start, with
 * forward slashes.
 */
export class IgnoreRules {
  static readonly none = new IgnoreRules([])
  readonly #files: readonly RuleFile[]

  private constructor(files: readonly RuleFile[]) {
    this.#files = files
  }

  /** Adds the rules of a file in the directory `base`, which count before those of directories above. */
  with(kind: RuleKind, base: string, rules: Gitignore): IgnoreRules {
    return new IgnoreRules([{ kind, base: toBytes(base), rules }, ...this.#files])
  }

  /**
   * Returns which kind of rule leaves a path out, `null` if none does. Only the path itself is judged: the
   * directories above it must have been judged, and entered, before.
   */
  ignoredBy(path: string, isDirectory: boolean): RuleKind | null {
    return this.ignoredByBytes(toBytes(path), isDirectory)
  }

  /** As `ignoredBy`, for a path with one character for each byte, which need not be UTF-8. */
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
