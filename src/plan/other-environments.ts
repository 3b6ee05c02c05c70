import { type Failure, failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Environment } from '../inventory/inventory.ts'
import type { SelectedEnvironment, Selection } from '../inventory/selection.ts'
import { labelOf, matchNamed } from '../named.ts'
import type { TokenScope } from '../scope/token-scope.ts'
import { mostSimilar } from '../suggest.ts'

/** An input whose value is another environment of the same project. */
type EnvironmentInput = 'variables-from' | 'from-environment'

/**
 * Finds the environment that `input` names in the project of each selected environment. The result is by the id of the
 * selected environment. Each one that is missing is a failure.
 */
export function otherEnvironments(
  input: EnvironmentInput,
  from: string,
  selection: Selection,
  scope: TokenScope,
): Result<ReadonlyMap<string, Environment>> {
  const failures: Failure[] = []
  const found = new Map<string, Environment>()
  const having = selection.environments
    .map(({ project }) => project)
    .filter(({ environments }) => matchNamed(from, environments).length > 0)
  const elsewhere = [...new Set(having.map(labelOf))]
  const hasOtherProjects = new Set(selection.environments.map(({ project }) => project)).size > 1
  const context = { scope, elsewhere, hasOtherProjects }
  for (const { project, environment } of selection.environments) {
    const other = otherEnvironment(input, from, { project, environment }, context)
    if ('code' in other) failures.push(other)
    else found.set(environment.id, other)
  }
  return failures.length > 0 ? err(failures) : ok(found)
}

function otherEnvironment(
  input: EnvironmentInput,
  from: string,
  { project, environment }: Omit<SelectedEnvironment, 'instances'>,
  {
    scope,
    elsewhere,
    hasOtherProjects,
  }: { scope: TokenScope; elsewhere: readonly string[]; hasOtherProjects: boolean },
): Environment | Failure {
  const names = project.environments.map(({ name }) => name)
  const [source, other] = matchNamed(from, project.environments)
  if (other) {
    const ids = matchNamed(from, project.environments).map(({ id }) => id)
    const problem = { kind: 'ambiguous-name', ids, project: labelOf(project) } as const
    return failure('input-invalid', { input, given: from, problem })
  }
  if (source?.id === environment.id) {
    const problem = { kind: 'same-environment' } as const
    return failure('input-invalid', { input, given: from, problem })
  }
  if (scope.kind === 'project') {
    const place = { project: labelOf(project), environment: environment.name }
    return failure('token-project-scoped', {
      ...place,
      beyond: { kind: 'other-environment', name: from, input },
    })
  }
  if (!source) {
    const facts = { requested: from, project: labelOf(project), available: names, elsewhere, input }
    return failure('environment-not-found', { ...facts, nearest: mostSimilar(from, names) })
  }
  if (!source.accessible) {
    const facts = { project: labelOf(project), environment: source.name, tokenType: scope.kind }
    return failure('environment-restricted', { ...facts, hasOtherProjects, input })
  }
  return source
}
