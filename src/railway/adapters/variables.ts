import type { Activity, Failure, Location } from '../../errors/codes.ts'
import { err, ok, type Result } from '../../errors/result.ts'
import { done } from '../../execute/mutation-result.ts'
import type { VariablesWrite, VariableWriteResult, VariableWriter } from '../../execute/ports.ts'
import { locationOf, type Target } from '../../inventory/inventory.ts'
import type { VariableReader } from '../../plan/ports.ts'
import type { StoredVariable, VariableState, VariableTarget } from '../../plan/variables/state.ts'
import type { Secret } from '../../secret.ts'
import { isReservedName } from '../../variables/names.ts'
import { referencesIn } from '../../variables/references.ts'
import type { Page } from '../operations/operation.ts'
import {
  environmentVariables,
  type ListedVariable,
  moreEnvironmentVariables,
  serviceVariables,
  sharedVariables,
  stagedChanges,
  writeServiceVariables,
  writeSharedVariables,
} from '../operations/variables.ts'
import { type ApiProblem, problemOf } from '../transport/api-error.ts'
import type { ItemAnswer } from '../transport/batcher.ts'
import { readAllPages } from '../transport/paginate.ts'
import { acceptOrThrow } from '../transport/to-mutation-result.ts'
import type { ApiContext } from './api-context.ts'
import { objectOf } from './existence.ts'
import type { Time } from './patch-status.ts'
import { VariableRemovals } from './variable-removals.ts'

/** An adapter to Railway for variables, for the ports of `plan/` and `execute/`. */
export class RailwayVariables implements VariableReader, VariableWriter {
  readonly #api: ApiContext
  readonly #removals: VariableRemovals

  constructor(api: ApiContext, time: Time) {
    this.#api = api
    this.#removals = new VariableRemovals(api, time)
  }

  /**
   * Reads the variables of targets: one request for up to two hundred targets, and one for each page of names of the
   * environments.
   */
  async read(places: readonly VariableTarget[]): Promise<Result<readonly VariableState[]>> {
    try {
      const maps = await this.#maps(places)
      const environments = [...new Map(places.map((place) => [place.owner.environmentId, place]))]
      const lists = new Map<string, ItemAnswer<readonly ListedVariable[]>>()
      const answers = await this.#lists(environments.map(([id]) => id))
      environments.forEach(([id], index) => {
        const answer = answers[index]
        if (answer) lists.set(id, answer)
      })
      const failures: Failure[] = []
      const states = places.map((place, index): VariableState => {
        const map = maps[index]
        const list = lists.get(place.owner.environmentId)
        const missing = !map?.ok ? map : !list?.ok ? list : null
        if (missing !== null) {
          const problem = missing?.problem ?? noAnswer
          failures.push(this.#unread(problem, 'read-variables', locationOf(place.target)))
        }
        return map?.ok && list?.ok ? toState(place, map.data, list.data) : new Map()
      })
      return failures.length > 0 ? err(failures) : ok(states)
    } catch (error) {
      return err([this.#unread(problemOf(error), 'read-all-variables', null)])
    }
  }

  async stagedPaths(
    environments: readonly Target[],
  ): Promise<Result<ReadonlyMap<string, readonly string[]>>> {
    try {
      const answers = await this.#api.batcher.ask(
        stagedChanges,
        environments.map(({ environment }) => ({ id: environment.id })),
      )
      const failures: Failure[] = []
      const staged = environments.flatMap((target, index) => {
        const answer = answers[index]
        if (answer?.ok) {
          const { status, patch } = answer.data
          return [[target.environment.id, status === 'STAGED' ? patch : []] as const]
        }
        const problem = answer?.problem ?? noAnswer
        failures.push(this.#unread(problem, 'read-staged-changes', locationOf(target)))
        return []
      })
      return failures.length > 0 ? err(failures) : ok(new Map(staged))
    } catch (error) {
      return err([this.#unread(problemOf(error), 'read-all-staged-changes', null)])
    }
  }

  /**
   * Writes the values, then the removals, so that a renamed variable never lacks both names. The values of a target are
   * one request. If the answer is unclear, the values are read back.
   */
  async write(change: VariablesWrite): Promise<VariableWriteResult> {
    const values = change.values.size > 0 ? await this.#writeValues(change) : written
    if (values.kind !== 'done' || change.remove.length === 0) return values
    const removed = await this.#removals.remove(change)
    switch (removed.kind) {
      case 'done':
        return values
      case 'rejected':
        return change.values.size > 0 ? { kind: 'partial', failure: removed.failure } : removed
      case 'not-sent':
        return { kind: 'interrupted' }
      default:
        return removed
    }
  }

  async #writeValues(change: VariablesWrite): Promise<VariableWriteResult> {
    const { owner, values } = change
    const { projectId, environmentId } = owner
    const revealed = Object.fromEntries([...values].map(([name, value]) => [name, value.reveal()]))
    const ids = { projectId, environmentId }
    try {
      const { data } =
        owner.kind === 'service'
          ? await this.#api.client.call(writeServiceVariables, {
              ...ids,
              serviceId: owner.serviceId,
              values: revealed,
            })
          : await this.#api.client.call(writeSharedVariables, { ...ids, values: revealed })
      acceptOrThrow(writeServiceVariables, data.variableCollectionUpsert)
      return written
    } catch (error) {
      return this.#settle(change, problemOf(error))
    }
  }

  /** Reads the values back, unless the problem itself means that nothing was written. */
  async #settle(change: VariablesWrite, problem: ApiProblem): Promise<VariableWriteResult> {
    const writing = { activity: 'write-variables', object: locationOf(change.target) } as const
    const object = objectOf(change.target)
    const unmade = await this.#api.toMutationResult(problem, object, writing, effects)
    if (unmade.kind === 'not-sent') return unmade
    if (unmade.kind === 'rejected' && unmade.certain) return unmade
    switch (await this.#look(change)) {
      case 'new':
        return done({ doubt: 'the answer was lost; they were read back' })
      case 'old': {
        const failure = this.#api.failure(problem, writing, effects.ifRejected)
        return { kind: 'rejected', reason: 'other', certain: true, failure }
      }
      case 'unclear':
        return { kind: 'lost', failure: unmade.failure }
    }
  }

  /** Returns whether the values are there. Sealed ones are not considered. */
  async #look(change: VariablesWrite): Promise<'new' | 'old' | 'unclear'> {
    const sealed = new Set(change.sealed)
    const readable = [...change.values].filter(([name]) => !sealed.has(name))
    try {
      const [answer] = await this.#maps([change])
      if (!answer?.ok || readable.length === 0) return 'unclear'
      const { data } = answer
      const isNew = readable.map(([name, value]) => data.get(name)?.equals(value) ?? false)
      if (isNew.every(Boolean)) return 'new'
      return isNew.some(Boolean) ? 'unclear' : 'old'
    } catch (error) {
      problemOf(error)
      return 'unclear'
    }
  }

  /** Reads the values of these targets, in their order: one batch for services, one for shared variables. */
  async #maps(places: readonly VariableTarget[]): Promise<ItemAnswer<ValueMap>[]> {
    const services = places.flatMap(({ owner }) => (owner.kind === 'service' ? [owner] : []))
    const shared = places.flatMap(({ owner }) => (owner.kind === 'shared' ? [owner] : []))
    const own = await this.#api.batcher.ask(
      serviceVariables,
      services.map(({ projectId, environmentId, serviceId }) => ({
        projectId,
        environmentId,
        serviceId,
      })),
    )
    const common = await this.#api.batcher.ask(
      sharedVariables,
      shared.map(({ projectId, environmentId }) => ({ projectId, environmentId })),
    )
    return places.flatMap(({ owner }) => (owner.kind === 'service' ? own : common).shift() ?? [])
  }

  /** Reads the names of all variables of these environments, to the last page. */
  async #lists(ids: readonly string[]): Promise<ItemAnswer<readonly ListedVariable[]>[]> {
    const answers = await this.#api.batcher.ask(
      environmentVariables,
      ids.map((id) => ({ id })),
    )
    return Promise.all(
      answers.map(async (answer, index): Promise<ItemAnswer<readonly ListedVariable[]>> => {
        if (!answer.ok) return answer
        return { ok: true, data: await this.#allVariables(ids[index] ?? '', answer.data.variables) }
      }),
    )
  }

  #allVariables(id: string, first: Page<ListedVariable>): Promise<readonly ListedVariable[]> {
    const list = { operation: moreEnvironmentVariables.name, field: 'environment.variables' }
    const more = async (after: string | null) => {
      const { data } = await this.#api.client.call(moreEnvironmentVariables, { id, after })
      return data.environment.variables
    }
    return readAllPages(list, more, first)
  }

  #unread(problem: ApiProblem, activity: Activity, object: Location | null): Failure {
    return this.#api.failure(problem, { activity, object }, 'nothing-changed')
  }
}

type ValueMap = ReadonlyMap<string, Secret | null>

/** Combines the two answers: the names of all variables, and the values of those that can be read. */
function toState(
  { owner }: VariableTarget,
  map: ValueMap,
  listed: readonly ListedVariable[],
): VariableState {
  const serviceId = owner.kind === 'service' ? owner.serviceId : null
  const own = listed.filter((variable) => (variable.serviceId ?? null) === serviceId)
  const known = new Map(own.map((variable) => [variable.name, variable]))
  const state = new Map<string, StoredVariable>()
  for (const [name, value] of map) {
    const sealed = known.get(name)?.isSealed === true
    const references = value === null ? [] : referencesIn(value.reveal())
    const provided = isReservedName(name) && !known.has(name)
    state.set(name, { value: sealed ? null : value, references, provided })
  }
  for (const { name, isSealed, references } of own) {
    if (!isSealed && state.has(name)) continue
    state.set(name, { value: null, references: references.map(bare), provided: false })
  }
  return state
}

/** Returns the name of a reference. References are listed as names, but `${{…}}` means the same name. */
const bare = (reference: string) => referencesIn(reference)[0] ?? reference

const written = done({ doubt: null })

const effects = { ifRejected: 'not-written', ifLost: 'write-unknown' } as const

const noAnswer: ApiProblem = {
  kind: 'unavailable',
  detail: 'an answer without the item',
  sent: true,
}
