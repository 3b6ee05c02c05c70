import type { ForeignEnvironment } from '../../errors/codes.ts'
import type { Environment, Project } from '../../inventory/inventory.ts'
import { isBuiltFrom } from '../../inventory/selection.ts'
import type { EnvironmentRecord } from '../ports.ts'

/** Whether an environment is a preview of this repository, or why not, or why nobody can tell. */
export type Ownership =
  | { readonly kind: 'ours' }
  | { readonly kind: 'not-ours' | 'undecided'; readonly reason: ForeignEnvironment }

/**
 * Decides whether an environment whose name fits is a preview of this repository. Railway lets nobody
 * write down whose an environment is, so it is concluded, and in doubt it is left alone:
 *
 * - it must be ephemeral, which people's own environments are not unless they were made that way;
 * - Railway itself must not have made it for a pull request (its `meta` says so);
 * - something in it or in what it was cloned from must be built from this repository: a half-made clone may
 *   lack the very service that tells. Railway does not promise to remember the source; where it does not,
 *   the project's persistent environments speak for a clone that is still empty.
 *
 * Two repositories that deploy into one project and number their pull requests alike have to keep their
 * previews apart by `preview-name`.
 */
export function checkOwnership(
  environment: Environment,
  record: EnvironmentRecord | null,
  { project, repository }: { project: Project; repository: string },
): Ownership {
  const not = (reason: ForeignEnvironment): Ownership => ({ kind: 'not-ours', reason })
  const unclear = (reason: ForeignEnvironment): Ownership => ({ kind: 'undecided', reason })
  if (environment.id === project.baseEnvironmentId) return not({ kind: 'base-environment' })
  if (!environment.ephemeral) return not({ kind: 'persistent' })
  if (!environment.accessible) return unclear({ kind: 'restricted' })
  if (!record) return unclear({ kind: 'unknown' })
  if (!record.ephemeral) return not({ kind: 'persistent' })
  if (record.pullRequest !== null) {
    return not({ kind: 'railway-preview', pullRequest: record.pullRequest })
  }
  const built = [environment, ...sourcesOf(project, environment, record)].some(({ instances }) =>
    instances.some((instance) => isBuiltFrom(instance, repository)),
  )
  return built ? { kind: 'ours' } : not({ kind: 'other-repository', repository })
}

function sourcesOf(
  { environments }: Project,
  { instances }: Environment,
  { sourceId }: EnvironmentRecord,
): readonly Environment[] {
  if (sourceId !== null) return environments.filter(({ id }) => id === sourceId)
  return instances.length === 0 ? environments.filter(({ ephemeral }) => !ephemeral) : []
}
