import type { ForeignEnvironment } from '../../errors/codes.ts'
import type { Environment, Project } from '../../inventory/inventory.ts'
import { isBuiltFrom } from '../../inventory/selection.ts'
import type { EnvironmentRecord } from '../ports.ts'

/** The ownership of an environment: a preview of this repository, or not, or unknown, with the reason. */
export type Ownership =
  | { readonly kind: 'ours' }
  | { readonly kind: 'not-ours' | 'unknown'; readonly reason: ForeignEnvironment }

/**
 * Decides whether an environment with a matching name is a preview of this repository. Railway stores no owner of an
 * environment, so it is inferred, and an environment in doubt is left alone:
 * - It must be ephemeral. People's own environments are not, unless they were made that way.
 * - Railway itself must not have made it for a pull request (its `meta` says so).
 * - A service in it, or in the environment that it was cloned from, must be built from this repository. An incomplete
 *   clone may lack that service.
 *
 * Railway does not guarantee that it remembers the source. If it does not, the project's persistent environments decide
 * about a clone that is still empty.
 *
 * Two repositories that deploy into one project and number their pull requests alike have to use different names in
 * `preview-name`.
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
