import { failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Warning } from '../errors/warning.ts'
import type { RunContext } from '../inputs/run-context.ts'
import { locationOf, type ServiceTarget, targetName } from '../inventory/inventory.ts'
import { type Selection, targetsOf } from '../inventory/selection.ts'
import { count, humanSize } from '../text.ts'
import type { Plan } from './plan.ts'

/** A file or directory to be uploaded; the path is relative to the tree, with forward slashes. */
export interface TreeEntry {
  readonly path: string
  readonly isDirectory: boolean
  readonly bytes: number
  /** The path in the tree that links lead to; absent if there are none on the way. */
  readonly linkedTo?: string
  /** Present if git has it as a program on a system whose files do not tell. */
  readonly executable?: true
}

/** Files that ignore rules left out. */
export interface IgnoredFiles {
  /** With `complete: false` there are more. */
  readonly count: number
  readonly complete: boolean
  /** The paths of the first ten. */
  readonly first: readonly string[]
}

/** What of a directory is to be uploaded. */
export interface Tree {
  /** Absolute. */
  readonly root: string
  readonly entries: readonly TreeEntry[]
  readonly files: number
  /** Of the files, before they are compressed. */
  readonly bytes: number
  /** What could not be taken along, and why. */
  readonly leftOut: readonly string[]
  readonly ignored: IgnoredFiles
  /** Ignore files that are symbolic links: git does not follow them. */
  readonly linkedIgnoreFiles: readonly string[]
}

/** A directory as it was found. */
export type Scan =
  | { readonly kind: 'tree'; readonly tree: Tree }
  /** There is no such directory. */
  | { readonly kind: 'missing' }
  /** It lies outside of the workspace, by its name or through a link. */
  | { readonly kind: 'outside' }
  /** It belongs to the data of a repository, under whatever name. */
  | { readonly kind: 'repository-data' }
  /** Symbolic links in it lead out of it, each as `link -> target`. */
  | { readonly kind: 'leaves'; readonly links: readonly string[] }
  | { readonly kind: 'unreadable'; readonly why: string }
  /** The run was stopped. */
  | { readonly kind: 'cancelled' }

/** What planning an upload asks of the machine. */
export interface Directories {
  /** Lists what is not ignored below a path, which is relative to the workspace. The signal ends it early. */
  scan(path: string, signal?: AbortSignal): Promise<Scan>
}

/** What planning an upload asks of Railway. */
export interface RootDirectories {
  /** The directory within its source that a service is built from, without slashes at the ends. */
  rootDirectory(target: ServiceTarget): Promise<string>
}

/** What the plan for a directory follows from, besides the selection. */
export interface UploadRequest {
  readonly directory: string
  readonly context: Pick<RunContext, 'repository' | 'commit'>
}

/** Uploads a directory to the one service that was selected. */
export async function planUpload(
  selection: Selection,
  { directory, context }: UploadRequest,
  edges: { directories: Directories; roots: RootDirectories },
): Promise<Result<Plan>> {
  const targets = targetsOf(selection)
  const [target] = targets
  if (!target || targets.length > 1) return err([notOne(directory, targets)])
  const scan = await edges.directories.scan(directory)
  if (scan.kind !== 'tree') return err([unusable(scan, directory, target)])
  const { tree } = scan
  if (tree.files === 0) return err([unusable({ kind: 'missing' }, directory, target)])
  const rootDirectory = await edges.roots.rootDirectory(target)
  const below = placeBelow(tree, rootDirectory)
  const size = `${count(tree.files, 'file')}, ${humanSize(tree.bytes)}`
  const detail = `${directory} (${size})${below ? ` as ${below}` : ''}${describeIgnored(tree.ignored)}`
  const message = `${context.repository}@${(context.commit ?? '').slice(0, 7)}`
  const revision = { kind: 'upload', directory, tree, below, message } as const
  return ok({
    steps: [{ action: 'upload', target, revision, detail }],
    warnings: [
      ...movedBelow(target, directory, below),
      ...incomplete(tree, directory),
      ...linkedRules(tree, directory),
    ],
  })
}

/**
 * Where in the archive the tree goes. A service with a root directory is built from that part of what it is
 * given: a tree that has it goes up as it is, and any other is taken for that part itself.
 */
export function placeBelow({ entries }: Pick<Tree, 'entries'>, rootDirectory: string): string {
  if (rootDirectory === '') return ''
  const inside = `${rootDirectory}/`
  const has = entries.some(
    ({ path, isDirectory }) => path.startsWith(inside) || (isDirectory && path === rootDirectory),
  )
  return has ? '' : rootDirectory
}

const notOne = (directory: string, targets: readonly ServiceTarget[]) =>
  failure('input-invalid', {
    input: 'directory',
    given: directory,
    takes: `exactly one selected service, and ${targets.length} are selected: ${targets.map(targetName).join(', ')}; narrow \`projects\` and \`services\``,
  })

function unusable(scan: Exclude<Scan, { kind: 'tree' }>, directory: string, target: ServiceTarget) {
  switch (scan.kind) {
    case 'missing':
      return failure('input-invalid', {
        input: 'directory',
        given: directory,
        takes:
          'a directory in the workspace with at least one file that is not ignored; check out or build it in an earlier step',
      })
    case 'outside':
      return failure('input-invalid', {
        input: 'directory',
        given: directory,
        takes:
          'a directory that lies in the workspace after links are resolved; an absolute path may also lie in RUNNER_TEMP',
      })
    case 'repository-data':
      return failure('input-invalid', {
        input: 'directory',
        given: directory,
        takes:
          'a directory of files to deploy, not the data of a repository, which may hold the credentials of the checkout',
      })
    case 'cancelled':
      return failure('cancelled', { started: 0, unfinished: 0 })
    case 'leaves': {
      const why = `Symbolic links lead out of it: ${scan.links.slice(0, 10).join(', ')}${scan.links.length > 10 ? ` and ${scan.links.length - 10} more` : ''}.`
      return failure('upload-refused', { ...locationOf(target), directory, bytes: null, why })
    }
    case 'unreadable':
      return failure('upload-refused', {
        ...locationOf(target),
        directory,
        bytes: null,
        why: scan.why,
      })
  }
}

function movedBelow(target: ServiceTarget, directory: string, below: string): Warning[] {
  if (below === '') return []
  return [
    {
      title: 'uploaded below the root directory',
      message: `${targetName(target)} is built from its root directory "${below}", which "${directory}" does not have. So "${directory}" is uploaded as "${below}". To upload the whole repository instead, set \`directory\` to its top.`,
    },
  ]
}

function incomplete({ leftOut }: Tree, directory: string): Warning[] {
  if (leftOut.length === 0) return []
  const more = leftOut.length > 10 ? ` and ${leftOut.length - 10} more` : ''
  return [
    {
      title: 'files left out of the upload',
      message: `Not everything in "${directory}" can be uploaded: ${leftOut.slice(0, 10).join(', ')}${more}.`,
    },
  ]
}

/** Returns the part of the plan's line that names what ignore rules left out. */
export function describeIgnored({ count: files, complete, first }: IgnoredFiles): string {
  if (files === 0) return ''
  const more = files > first.length ? ', …' : ''
  return `; ${complete ? '' : 'at least '}${count(files, 'file')} left out by ignore rules: ${first.join(', ')}${more}`
}

function linkedRules({ linkedIgnoreFiles: links }: Tree, directory: string): Warning[] {
  if (links.length === 0) return []
  const more = links.length > 10 ? ` and ${links.length - 10} more` : ''
  return [
    {
      title: 'ignore file not followed',
      message: `Git does not follow an ignore file that is a symbolic link, and neither does the upload of "${directory}": ${links.slice(0, 10).join(', ')}${more}. Replace the link by a file.`,
    },
  ]
}
