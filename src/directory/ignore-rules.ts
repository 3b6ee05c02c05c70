import ignore, { type Ignore } from 'ignore'

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
  readonly rules: Ignore
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

  /** With the rules of a file in the directory `base`, which count before those of directories above. */
  with(kind: RuleKind, base: string, content: string): IgnoreRules {
    const text = content.replace(/^\uFEFF/, '')
    const rules = ignore({ ignorecase: false }).add(text)
    return new IgnoreRules([{ kind, base, rules }, ...this.#files])
  }

  /**
   * Which kind of rule leaves a path out, `null` where none does. The directories above it must have been
   * asked for, and entered, before.
   */
  ignoredBy(path: string, isDirectory: boolean): RuleKind | null {
    for (const kind of strength) {
      for (const file of this.#files) {
        if (file.kind !== kind) continue
        const verdict = test(file, path, isDirectory)
        if (verdict !== null) return verdict ? kind : null
      }
    }
    return null
  }

  /**
   * The rules as they hold inside of a directory that is taken along as a whole. Where one file ignores it
   * and a stronger one takes it back, its contents are judged one by one: without this, the weaker file would
   * go on ignoring all of them for their parent's sake. Not for a directory that is ignored and entered for
   * the tracked files in it: everything else in there is to stay behind.
   */
  inside(directory: string): IgnoreRules {
    return new IgnoreRules(
      this.#files.map((file) => {
        const within = relativeTo(file.base, directory)
        if (within === null || !file.rules.test(`${within}/`).ignored) return file
        const reopened = `!/${within.replace(/[\\*?[\]!# ]/g, '\\$&')}/`
        return { ...file, rules: ignore({ ignorecase: false }).add(file.rules).add(reopened) }
      }),
    )
  }
}

function test({ base, rules }: RuleFile, path: string, isDirectory: boolean): boolean | null {
  const within = relativeTo(base, path)
  if (within === null) return null
  const { ignored, unignored } = rules.test(isDirectory ? `${within}/` : within)
  return ignored ? true : unignored ? false : null
}

function relativeTo(base: string, path: string): string | null {
  if (base === '') return path === '' ? null : path
  return path.startsWith(`${base}/`) ? path.slice(base.length + 1) : null
}
