import type { ForeignEnvironment } from '../../errors/codes.ts'
import type { Environment, Project } from '../../inventory/inventory.ts'
import { isBuiltFrom } from '../../inventory/selection.ts'
import type { EnvironmentRecord } from '../ports.ts'

/** The decision whether an environment is a preview of this repository, with the reason if it is not. */
export type Ownership =
  | { readonly kind: 'ours' }
  | { readonly kind: 'not-ours' | 'unknown'; readonly reason: ForeignEnvironment }

/**
 * Decides whether an environment with a matching name is a preview of this repository. Railway does not store who
 * created an environment, so all of these conditions have to be met:
 * - The environment is ephemeral. An environment that a person creates is usually persistent.
 * - Railway itself has not created it for a pull request.
 * - A service in the environment, or in the environment that it was cloned from, is built from this repository. The
 *   second part matters for an incomplete clone, in which that service may be missing.
 *
 * Railway may not report the environment that a clone comes from. If the clone is still empty, the persistent
 * environments of the project are then searched for such a service.
 *
 * Two repositories that deploy into the same project need different names in `preview-name`, if their pull requests can
 * have the same number.
 */
export function checkOwnership(
  environment: Environment,
  record: EnvironmentRecord | null,
  { project, repository }: { project: Project; repository: string },
): Ownership {
  const not = (reason: ForeignEnvironment): Ownership => ({ kind: 'not-ours', reason })
  const unclear = (reason: ForeignEnvironment): Ownership => ({ kind: 'unknown', reason })
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
