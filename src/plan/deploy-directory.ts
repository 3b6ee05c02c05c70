import { failure } from '../errors/codes.ts'
import { listLocations } from '../errors/list-locations.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Warning } from '../errors/warning.ts'
import type { RunContext } from '../inputs/run-context.ts'
import { locationOf, type ServiceTarget, targetName } from '../inventory/inventory.ts'
import { type Selection, type ShardTarget, targetsOf } from '../inventory/selection.ts'
import { labelOf } from '../named.ts'
import { count, humanSize } from '../text.ts'
import type { PlanFacts } from './facts.ts'
import type { Plan } from './plan.ts'
import type { IgnoredFiles, Scan, Tree } from './ports.ts'
import { toStep } from './step-id.ts'

/** The part of the inputs that describes the upload. */
export interface UploadRequest {
  readonly directory: string
  readonly context: Pick<RunContext, 'repository' | 'commit'>
}

/** Plans the upload of a directory to the one selected service. */
export function planUpload(
  selection: Selection,
  { directory, context }: UploadRequest,
  { scan, rootDirectory }: Pick<PlanFacts, 'scan' | 'rootDirectory'>,
): Result<Plan> {
  const targets = targetsOf(selection)
  const [target] = targets
  const elsewhere = selection.otherShards ?? []
  if (!target || targets.length + elsewhere.length > 1) {
    return err([notOne(directory, targets, elsewhere)])
  }
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
 * Returns the directory in the archive that the tree is packed into; empty for the top of the archive. Railway builds a
 * service with a root directory from that directory of the archive. If the tree contains the root directory, it is
 * packed at the top. Otherwise the tree is packed into the root directory.
 */
export function placeBelow({ entries }: Pick<Tree, 'entries'>, rootDirectory: string): string {
  const inside = `${rootDirectory}/`
  const has = entries.some(
    ({ path, isDirectory }) => path.startsWith(inside) || (isDirectory && path === rootDirectory),
  )
  return has ? '' : rootDirectory
}

const notOne = (
  directory: string,
  targets: readonly ServiceTarget[],
  otherShards: readonly ShardTarget[],
) =>
  failure('input-invalid', {
    input: 'directory',
    given: directory,
    problem: {
      kind: 'one-service',
      services: [
        ...targets.map(targetName),
        ...otherShards.map(({ project, service }) => `${labelOf(project)}/${labelOf(service)}`),
      ],
    },
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
      const why = `Symbolic links point outside of the directory: ${scan.links.slice(0, 10).join(', ')}${scan.links.length > 10 ? ` and ${scan.links.length - 10} more` : ''}.`
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
      message: `The directory "${directory}" is uploaded as "${below}" to ${listLocations([locationOf(target)])}. The reason is that Railway builds this service from its root directory "${below}", and "${directory}" contains no such directory. To upload the whole repository instead, set \`directory\` to the top of the repository.`,
    },
  ]
}

function incomplete({ leftOut }: Tree, directory: string): Warning[] {
  if (leftOut.length === 0) return []
  const more = leftOut.length > 10 ? ` and ${leftOut.length - 10} more` : ''
  return [
    {
      title: 'files left out of the upload',
      message: `Some files in "${directory}" cannot be uploaded and are left out: ${leftOut.slice(0, 10).join(', ')}${more}. If the build needs them, replace them with ordinary files. Otherwise list them in .railwayignore.`,
    },
  ]
}

/** Describes the files that ignore rules left out, for the detail of the step; empty if there are none. */
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
      title: 'ignore file not applied',
      message: `The upload of "${directory}" does not apply these ignore files, because they are symbolic links: ${links.slice(0, 10).join(', ')}${more}. Git does not follow such links either. Replace each link with a file.`,
    },
  ]
}
