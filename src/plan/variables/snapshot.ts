import { groupBy } from '../../collections.ts'
import { type Failure, failure } from '../../errors/codes.ts'
import { err, ok, type Result } from '../../errors/result.ts'
import type { Warning } from '../../errors/warning.ts'
import type { VariableRequest } from '../../inputs/variable-inputs.ts'
import type { Environment, ServiceInstance, Target } from '../../inventory/inventory.ts'
import {
  describeService,
  type SelectedEnvironment,
  type Selection,
  targetsOf,
} from '../../inventory/selection.ts'
import { matchNamed } from '../../named.ts'
import type { TokenScope } from '../../scope/token-scope.ts'
import { nearest } from '../../suggest.ts'
import { isRailwayProvided, isReservedName, railwaySettings } from '../../variables/names.ts'
import type { VariableReader } from './ports.ts'
import { placeOfVariables, type VariablePlace, type VariableState } from './state.ts'

/** One place that is written to, and all that deciding about it takes. */
export interface TargetVariables extends VariablePlace {
  readonly state: VariableState
  /** What is taken from another environment; `null` where nothing is. */
  readonly base: VariableState | null
}

/** What was found out about variables before anything is planned. */
export interface VariablesSnapshot {
  readonly places: readonly TargetVariables[]
  /** For shared variables: the services of each environment, by its id. */
  readonly services: ReadonlyMap<string, readonly TargetVariables[]>
}

/** What is copied from another environment: not what Railway provides there, and no name of its own. */
export const isCopied = (name: string) =>
  !isRailwayProvided(name) && (!isReservedName(name) || railwaySettings.has(name))

/** The places that a wish is about: each selected service, or the shared set of each environment. */
export function placesOf({ shared }: VariableRequest, selection: Selection): VariablePlace[] {
  if (!shared) return targetsOf(selection).map(placeOfVariables)
  return selection.environments.map(({ project, environment }) =>
    placeOfVariables({ project, environment, instance: null }),
  )
}

/** Reads everything that the plan depends on, in as few requests as there are kinds of questions. */
export async function readVariables(
  wish: VariableRequest,
  selection: Selection,
  { reader, scope }: { reader: VariableReader; scope: TokenScope },
): Promise<Result<VariablesSnapshot>> {
  const places = placesOf(wish, selection)
  const bases = wish.from === null ? ok([]) : basePlaces(wish.from, places, selection, scope)
  if (!bases.ok) return bases
  const users = wish.shared ? selection.environments.flatMap(allServices) : []
  const answer = await reader.read([...places, ...bases.value, ...users])
  if (!answer.ok) return answer
  const states = answer.value
  const surveyed = (list: readonly VariablePlace[], from: number, basesFrom: number | null) =>
    list.map((place, index) => ({
      ...place,
      state: states[from + index] ?? new Map(),
      base: basesFrom === null ? null : (states[basesFrom + index] ?? new Map()),
    }))
  const services = surveyed(users, places.length + bases.value.length, null)
  return ok({
    places: surveyed(places, 0, wish.from === null ? null : places.length),
    services: groupBy(services, (place) => place.scope.environmentId),
  })
}

function allServices({ project, environment }: SelectedEnvironment): VariablePlace[] {
  const { instances } = project.environments.find(({ id }) => id === environment.id) ?? environment
  return instances.map((instance) => placeOfVariables({ project, environment, instance }))
}

/** The same services (or shared sets) in the other environment, or every reason why one is not there. */
function basePlaces(
  from: string,
  places: readonly VariablePlace[],
  selection: Selection,
  scope: TokenScope,
): Result<VariablePlace[]> {
  const failures: Failure[] = []
  const sources = new Map<string, Environment>()
  for (const { project, environment } of selection.environments) {
    const source = sourceOf(from, { project, environment }, scope)
    if ('code' in source) failures.push(source)
    else sources.set(environment.id, source)
  }
  const bases = places.flatMap(({ target }) => {
    const source = sources.get(target.environment.id)
    if (!source) return []
    const { instance } = target
    const same = source.instances.find(({ service }) => service.id === instance?.service.id)
    if (instance && !same) failures.push(notThere(instance, source, target))
    const base = { project: target.project, environment: source, instance: same ?? null }
    return instance && !same ? [] : [placeOfVariables(base)]
  })
  return failures.length > 0 ? err(failures) : ok(bases)
}

function sourceOf(
  from: string,
  { project, environment }: Omit<SelectedEnvironment, 'instances'>,
  scope: TokenScope,
): Environment | Failure {
  const names = project.environments.map(({ name }) => name)
  const [source, other] = matchNamed(from, project.environments)
  if (other) {
    const ids = matchNamed(from, project.environments).map(({ id }) => id)
    const problem = { kind: 'ambiguous-name', ids, project: project.name } as const
    return failure('input-invalid', { input: 'variables-from', given: from, problem })
  }
  if (source?.id === environment.id) {
    const problem = { kind: 'same-environment' } as const
    return failure('input-invalid', { input: 'variables-from', given: from, problem })
  }
  if (scope.kind === 'project') {
    const asked = `environment "${from}" (\`variables-from\`)`
    const place = { project: project.name, environment: environment.name }
    return failure('token-project-scoped', { ...place, asked, extra: '' })
  }
  if (!source) {
    const facts = { asked: from, project: project.name, available: names, elsewhere: [] }
    return failure('environment-not-found', { ...facts, nearest: nearest(from, names) })
  }
  if (!source.accessible) {
    const facts = { project: project.name, environment: source.name, tokenType: scope.kind }
    return failure('environment-restricted', facts)
  }
  return source
}

function notThere({ service }: ServiceInstance, source: Environment, target: Target): Failure {
  return failure('service-not-found', {
    asked: service.name,
    where: `environment "${source.name}" of project "${target.project.name}" (\`variables-from\`)`,
    available: source.instances.map(describeService).slice(0, 20),
    nearest: null,
    repository: '',
  })
}

/** Sealed variables that are not copied, because nobody can read them. */
export function sealedNotCopied(wish: VariableRequest, { places }: VariablesSnapshot): Warning[] {
  const lines = places.flatMap(({ target, base, state }) => {
    const names = [...(base ?? [])]
      .filter(([name, { value }]) => value === null && isMissed(name, wish, state))
      .map(([name]) => name)
    const owner = target.instance?.service.name ?? 'shared variables'
    return names.length > 0 ? [`${target.project.name}/${owner}: ${names.join(', ')}`] : []
  })
  if (lines.length === 0) return []
  return [
    {
      title: 'sealed variables not copied',
      message: `Sealed variables of "${wish.from}" cannot be read, so these were not copied: ${lines.join('; ')}. Give them in \`variables\` if they are needed.`,
    },
  ]
}

const isMissed = (name: string, { values, remove }: VariableRequest, state: VariableState) =>
  isCopied(name) && !values.has(name) && !remove.includes(name) && !state.has(name)
