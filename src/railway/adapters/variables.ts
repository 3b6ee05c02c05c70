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
  stagedSince,
  writeServiceVariables,
  writeSharedVariables,
} from '../operations/variables.ts'
import { type ApiProblem, problemOf } from '../transport/api-error.ts'
import type { ItemResponse } from '../transport/batcher.ts'
import { readAllPages } from '../transport/paginate.ts'
import { acceptOrThrow } from '../transport/to-mutation-result.ts'
import { type ApiContext, itemMissing } from './api-context.ts'
import { objectOf } from './deletion-lookup.ts'
import type { WaitLimits } from './patch-status.ts'
import { VariableRemovals } from './variable-removals.ts'

/**
 * The adapter of the ports {@link VariableReader} of `plan/` and {@link VariableWriter} of `execute/` to Railway's API.
 */
export class RailwayVariables implements VariableReader, VariableWriter {
  readonly #api: ApiContext
  readonly #removals: VariableRemovals

  constructor(api: ApiContext, time: WaitLimits) {
    this.#api = api
    this.#removals = new VariableRemovals(api, time)
  }

  /**
   * Reads the variables of targets. The values are read in batches of up to two hundred targets. The lists
   * of all variables are read by environment, because only they contain sealed variables.
   */
  async read(places: readonly VariableTarget[]): Promise<Result<readonly VariableState[]>> {
    try {
      const maps = await this.#readValues(places)
      const environments = [...new Map(places.map((place) => [place.owner.environmentId, place]))]
      const lists = new Map<string, ItemResponse<readonly ListedVariable[]>>()
      const responses = await this.#readLists(environments.map(([id]) => id))
      environments.forEach(([id], index) => {
        const response = responses[index]
        if (response) lists.set(id, response)
      })
      const failures: Failure[] = []
      const states = places.map((place, index): VariableState => {
        const map = maps[index]
        const list = lists.get(place.owner.environmentId)
        const missing = !map?.ok ? map : !list?.ok ? list : null
        if (missing !== null) {
          const problem = missing?.problem ?? itemMissing
          failures.push(this.#readFailure(problem, 'read-variables', locationOf(place.target)))
        }
        return map?.ok && list?.ok ? toState(place, map.data, list.data) : new Map()
      })
      return failures.length > 0 ? err(failures) : ok(states)
    } catch (error) {
      return err([this.#readFailure(problemOf(error), 'read-all-variables', null)])
    }
  }

  async stagedPaths(
    environments: readonly Target[],
  ): Promise<Result<ReadonlyMap<string, readonly string[]>>> {
    try {
      const responses = await this.#api.batcher.call(
        stagedChanges,
        environments.map(({ environment }) => ({ id: environment.id })),
      )
      const failures: Failure[] = []
      const staged = environments.flatMap((target, index) => {
        const response = responses[index]
        if (response?.ok) {
          const { status, patch } = response.data
          return [[target.environment.id, status === 'STAGED' ? patch : []] as const]
        }
        const problem = response?.problem ?? itemMissing
        failures.push(this.#readFailure(problem, 'read-staged-changes', locationOf(target)))
        return []
      })
      return failures.length > 0 ? err(failures) : ok(new Map(staged))
    } catch (error) {
      return err([this.#readFailure(problemOf(error), 'read-all-staged-changes', null)])
    }
  }

  async stagedSince(environmentIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const items = environmentIds.map((id) => ({ id }))
    const responses = await this.#api.orNull(() => this.#api.batcher.call(stagedSince, items))
    const times = environmentIds.flatMap((id, index): [string, string][] => {
      const response = responses?.[index]
      return response?.ok ? [[id, response.data.createdAt]] : []
    })
    return new Map(times)
  }

  /**
   * Writes the values of a target with one request, and then removes variables. In this order, a variable that is
   * renamed always exists under at least one name. If the request for the values has no clear result, the values are
   * read to find out whether they were written.
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
      return this.#resultOfProblem(change, problemOf(error))
    }
  }

  /**
   * Returns the result of a write that ended with a problem. If the problem does not say whether the values were
   * written, they are read and compared.
   */
  async #resultOfProblem(
    change: VariablesWrite,
    problem: ApiProblem,
  ): Promise<VariableWriteResult> {
    const writing = { activity: 'write-variables', object: locationOf(change.target) } as const
    const object = objectOf(change.target)
    const result = await this.#api.toMutationResult(problem, object, writing, effects)
    if (result.kind === 'not-sent') return result
    if (result.kind === 'rejected' && result.certain) return result
    switch (await this.#readBack(change)) {
      case 'new':
        return done({ doubt: 'Railway did not confirm the write, but has the new values' })
      case 'old': {
        const failure = this.#api.failure(problem, writing, effects.ifRejected)
        return { kind: 'rejected', reason: 'other', certain: true, failure }
      }
      case 'unclear':
        return { kind: 'lost', failure: result.failure }
    }
  }

  /**
   * Compares the stored values with the written ones. `new`: all are equal. `old`: none is. `unclear`: some are, or
   * they cannot be read. Sealed values are ignored, because they cannot be read.
   */
  async #readBack(change: VariablesWrite): Promise<'new' | 'old' | 'unclear'> {
    const sealed = new Set(change.sealed)
    const readable = [...change.values].filter(([name]) => !sealed.has(name))
    try {
      const [response] = await this.#readValues([change])
      if (!response?.ok || readable.length === 0) return 'unclear'
      const { data } = response
      const isNew = readable.map(([name, value]) => data.get(name)?.equals(value) ?? false)
      if (isNew.every(Boolean)) return 'new'
      return isNew.some(Boolean) ? 'unclear' : 'old'
    } catch (error) {
      problemOf(error)
      return 'unclear'
    }
  }

  /**
   * Reads the values of these targets, in their order. The variables of services are one batch, and shared variables
   * another one.
   */
  async #readValues(places: readonly VariableTarget[]): Promise<ItemResponse<ValueMap>[]> {
    const services = places.flatMap(({ owner }) => (owner.kind === 'service' ? [owner] : []))
    const shared = places.flatMap(({ owner }) => (owner.kind === 'shared' ? [owner] : []))
    const own = await this.#api.batcher.call(
      serviceVariables,
      services.map(({ projectId, environmentId, serviceId }) => ({
        projectId,
        environmentId,
        serviceId,
      })),
    )
    const common = await this.#api.batcher.call(
      sharedVariables,
      shared.map(({ projectId, environmentId }) => ({ projectId, environmentId })),
    )
    return places.flatMap(({ owner }) => (owner.kind === 'service' ? own : common).shift() ?? [])
  }

  /** Reads the lists of all variables of these environments, in their order. The lists have no values. */
  async #readLists(ids: readonly string[]): Promise<ItemResponse<readonly ListedVariable[]>[]> {
    const responses = await this.#api.batcher.call(
      environmentVariables,
      ids.map((id) => ({ id })),
    )
    return Promise.all(
      responses.map(async (response, index): Promise<ItemResponse<readonly ListedVariable[]>> => {
        if (!response.ok) return response
        return { ok: true, data: await this.#readList(ids[index] ?? '', response.data.variables) }
      }),
    )
  }

  #readList(id: string, first: Page<ListedVariable>): Promise<readonly ListedVariable[]> {
    const list = { operation: moreEnvironmentVariables.name, field: 'environment.variables' }
    const more = async (after: string | null) => {
      const { data } = await this.#api.client.call(moreEnvironmentVariables, { id, after })
      return data.environment.variables
    }
    return readAllPages(list, more, first)
  }

  #readFailure(problem: ApiProblem, activity: Activity, object: Location | null): Failure {
    return this.#api.failure(problem, { activity, object }, 'nothing-changed')
  }
}

type ValueMap = ReadonlyMap<string, Secret | null>

/**
 * Combines the readable values of a target's variables with the list of all variables of its environment, which
 * includes sealed ones.
 */
function toState(
  { owner }: VariableTarget,
  map: ValueMap,
  listed: readonly ListedVariable[],
): VariableState {
  const serviceId = owner.kind === 'service' ? owner.serviceId : null
  const own = listed.filter((variable) => (variable.serviceId ?? null) === serviceId)
  const ownByName = new Map(own.map((variable) => [variable.name, variable]))
  const state = new Map<string, StoredVariable>()
  for (const [name, value] of map) {
    const sealed = ownByName.get(name)?.isSealed === true
    const references = value === null ? [] : referencesIn(value.reveal())
    const provided = isReservedName(name) && !ownByName.has(name)
    state.set(name, { value: sealed ? null : value, references, provided })
  }
  for (const { name, isSealed, references } of own) {
    if (!isSealed && state.has(name)) continue
    state.set(name, { value: null, references: references.map(referenceName), provided: false })
  }
  return state
}

/** Returns the name of a reference, which Railway lists as `NAME` or as `${{NAME}}`. */
const referenceName = (reference: string) => referencesIn(reference)[0] ?? reference

const written = done({ doubt: null })

const effects = { ifRejected: 'not-written', ifLost: 'write-unknown' } as const
