import type { Environment, Project } from '../../inventory/inventory.ts'
import { isBuiltFrom } from '../../inventory/selection.ts'
import type { EnvironmentRecord } from '../ports.ts'

/** Whether an environment is a preview of this repository, or why not, or why nobody can tell. */
export type Ownership =
  | { readonly kind: 'ours' }
  | { readonly kind: 'not-ours' | 'undecided'; readonly because: string }

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
  const not = (because: string): Ownership => ({ kind: 'not-ours', because })
  const unclear = (because: string): Ownership => ({ kind: 'undecided', because })
  if (environment.id === project.baseEnvironmentId)
    return not("it is the project's base environment")
  if (!environment.ephemeral) return not('it is a persistent environment, not a preview')
  if (!environment.accessible) return unclear('it is restricted, and this token may not act in it')
  if (!record) return unclear('Railway did not say what it is')
  if (!record.ephemeral) return not('it is a persistent environment, not a preview')
  if (record.pullRequest !== null) {
    return not(`Railway made it by itself for pull request #${record.pullRequest}`)
  }
  const built = [environment, ...sourcesOf(project, environment, record)].some(({ instances }) =>
    instances.some((instance) => isBuiltFrom(instance, repository)),
  )
  return built ? { kind: 'ours' } : not(`nothing in it is built from ${repository}`)
}

function sourcesOf(
  { environments }: Project,
  { instances }: Environment,
  { sourceId }: EnvironmentRecord,
): readonly Environment[] {
  if (sourceId !== null) return environments.filter(({ id }) => id === sourceId)
  return instances.length === 0 ? environments.filter(({ ephemeral }) => !ephemeral) : []
}
