import { failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Warning } from '../errors/warning.ts'
import type { RunContext } from '../inputs/run-context.ts'
import { locationOf, type ServiceTarget, targetName } from '../inventory/inventory.ts'
import { type Selection, targetsOf } from '../inventory/selection.ts'
import { count, humanSize } from '../text.ts'
import type { PlanFacts } from './facts.ts'
import type { Plan } from './plan.ts'
import type { IgnoredFiles, Scan, Tree } from './ports.ts'
import { toStep } from './step-id.ts'

/** The part of the inputs that says what is uploaded. */
export interface UploadRequest {
  readonly directory: string
  readonly context: Pick<RunContext, 'repository' | 'commit'>
}

/** Uploads a directory to the one service that was selected. */
export function planUpload(
  selection: Selection,
  { directory, context }: UploadRequest,
  { scan, rootDirectory }: Pick<PlanFacts, 'scan' | 'rootDirectory'>,
): Result<Plan> {
  const targets = targetsOf(selection)
  const [target] = targets
  if (!target || targets.length > 1) return err([notOne(directory, targets)])
  const found: Scan = scan ?? { kind: 'missing' }
  if (found.kind !== 'tree') return err([unusable(found, directory, target)])
  const { tree } = found
  if (tree.files === 0) return err([unusable({ kind: 'missing' }, directory, target)])
  const below = placeBelow(tree, rootDirectory)
  const size = `${count(tree.files, 'file')}, ${humanSize(tree.bytes)}`
  const detail = `${directory} (${size})${below ? ` as ${below}` : ''}${describeIgnored(tree.ignored)}`
  const message = `${context.repository}@${(context.commit ?? '').slice(0, 7)}`
  const revision = { kind: 'upload', directory, tree, below, message } as const
  return ok({
    steps: [toStep({ action: 'upload', target, revision, detail })],
    warnings: [
      ...movedBelow(target, directory, below),
      ...incomplete(tree, directory),
      ...linkedRules(tree, directory),
    ],
  })
}

/**
 * Returns the directory in the archive under which the tree is packed. A service with a root directory is built from
 * that part of its source. A tree that contains this directory is packed as it is. Any other tree counts as that part
 * itself.
 */
export function placeBelow({ entries }: Pick<Tree, 'entries'>, rootDirectory: string): string {
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
    problem: { kind: 'one-service', services: targets.map(targetName) },
  })

function unusable(scan: Exclude<Scan, { kind: 'tree' }>, directory: string, target: ServiceTarget) {
  switch (scan.kind) {
    case 'missing':
      return failure('input-invalid', {
        input: 'directory',
        given: directory,
        problem: { kind: 'no-files' },
      })
    case 'outside':
      return failure('input-invalid', {
        input: 'directory',
        given: directory,
        problem: { kind: 'outside-workspace' },
      })
    case 'repository-data':
      return failure('input-invalid', {
        input: 'directory',
        given: directory,
        problem: { kind: 'repository-data' },
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
