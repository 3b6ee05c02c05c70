import type { Activity, Failure, InterruptedActivity } from '../../errors/codes.ts'
import { done, type MutationResult } from '../../execute/mutation-result.ts'
import type { ReadResult } from '../../execute/ports.ts'
import type {
  EnvironmentPlace,
  PreviewState,
  Previews,
  ServiceChangeValues,
  ServicePlace,
} from '../../execute/preview/ports.ts'
import { locationOf } from '../../inventory/inventory.ts'
import type { Named } from '../../named.ts'
import type { EnvironmentRecord } from '../../plan/ports.ts'
import { comparable } from '../../text.ts'
import type { TokenType } from '../../token-type.ts'
import type { Operation } from '../operations/operation.ts'
import {
  commitStaged,
  createDomain,
  createEnvironment,
  deleteEnvironment,
  environmentConfig,
  projectRecords,
  stageChanges,
  stopAutoDeploy,
  storedVariables,
} from '../operations/previews.ts'
import { ApiError, problemOf } from '../transport/api-error.ts'
import { readAllPages } from '../transport/paginate.ts'
import { acceptOrThrow } from '../transport/to-mutation-result.ts'
import { type ApiContext, itemMissing } from './api-context.ts'
import { type ChangedObject, toLocation } from './deletion-lookup.ts'
import { toRecord } from './preview-reader.ts'
import { readPreviewState } from './preview-state.ts'
import { type ServiceConfigs, toCopiedConfig, toServiceConfigs } from './service-config.ts'

/**
 * The retry budget of a read of the environments' names, in milliseconds. It is short, because the caller repeats the
 * read.
 */
const namesRetryBudget = 20_000

/** The adapter of the port {@link Previews} of `execute/preview/` to Railway's API. */
export class RailwayPreviews implements Previews {
  readonly #api: ApiContext

  constructor(api: ApiContext) {
    this.#api = api
  }

  get tokenType(): TokenType {
    return this.#api.tokenType
  }

  /**
   * Creates an environment as a clone of `base`.
   * - `applyChangesInBackground` lets Railway respond before the clone is complete. Completing a clone may take longer
   *   than an HTTP connection lasts, and then the response would be lost.
   * - `skipInitialDeploys` prevents deployments before the preview has its own branch and variables.
   * - `stageInitialChanges` is off, because staged services would need a second request to be committed. If the run
   *   ended before that request, the environment would stay empty.
   */
  create({ project, name, base }: { project: Named; name: string; base: Named }) {
    const input = {
      projectId: project.id,
      name,
      sourceEnvironmentId: base.id,
      ephemeral: true,
      skipInitialDeploys: true,
      stageInitialChanges: false,
      applyChangesInBackground: true,
    }
    const object = locationOf({ project, environment: { name }, instance: null })
    return this.#change(
      createEnvironment,
      { input },
      inEnvironment({ project, environment: base }),
      { activity: 'create-environment', object },
      (data) => data.environmentCreate,
    )
  }

  async named(project: Named, name: string): Promise<readonly EnvironmentRecord[] | null> {
    const list = { operation: projectRecords.name, field: 'environments' }
    const found = await this.#api.orNull(() =>
      readAllPages(list, async (after) => {
        const variables = { projectId: project.id, after }
        const { data } = await this.#api.client.call(projectRecords, variables, {
          retryBudget: namesRetryBudget,
        })
        return data.environments
      }),
    )
    if (found === null) return null
    return found
      .filter((one) => !one.deletedAt && comparable(one.name) === comparable(name))
      .map(toRecord)
  }

  async state(place: EnvironmentPlace): Promise<ReadResult<PreviewState> | null> {
    try {
      return { ok: true, value: await readPreviewState(this.#api.client, place.environment.id) }
    } catch (error) {
      const problem = problemOf(error)
      if (problem.kind === 'unavailable') return null
      const reading = activityOn('read-preview', place)
      return { ok: false, failure: this.#api.failure(problem, reading, 'preview-unknown') }
    }
  }

  deleted(place: EnvironmentPlace): Promise<Failure | null> {
    return this.#api.failureIfDeleted(inEnvironment(place), activityOn('read-preview', place))
  }

  async stopAutoDeploy(places: readonly ServicePlace[]): Promise<readonly MutationResult<null>[]> {
    const batch = this.#api.batcher.call(stopAutoDeploy, places.map(idsOf))
    return Promise.all(
      places.map((place, index) => {
        const stopping = { activity: 'disable-auto-deploy', object: toLocation(place) } as const
        return this.#api.change(place, stopping, effects, async () => {
          const response = (await batch)[index]
          if (!response?.ok) throw new ApiError(response?.problem ?? itemMissing)
          acceptOrThrow(stopAutoDeploy, !response.data.enabled)
          return null
        })
      }),
    )
  }

  stage(
    place: EnvironmentPlace,
    changes: readonly ServiceChangeValues[],
  ): Promise<MutationResult<null>> {
    return this.#stage(place, toServiceConfigs(changes))
  }

  /**
   * Reads the configurations of services in the base, and stages copies of them in the preview. Railway's own CLI
   * duplicates environments in the same way.
   */
  async stageMissing(
    place: EnvironmentPlace,
    base: Named,
    services: readonly Named[],
  ): Promise<MutationResult<null>> {
    const read = await this.#change(
      environmentConfig,
      { id: base.id },
      inEnvironment({ project: place.project, environment: base }),
      { activity: 'read-base', object: base.name },
      (data) => data.environment.config,
    )
    if (read.kind !== 'done') return read
    const missing = services.flatMap(({ id }) => {
      const config = read.value[id]
      return config ? [[id, toCopiedConfig(config)] as const] : []
    })
    return this.#stage(place, Object.fromEntries(missing))
  }

  #stage(place: EnvironmentPlace, services: ServiceConfigs): Promise<MutationResult<null>> {
    const variables = { environmentId: place.environment.id, input: { services } }
    const changing = activityOn('change-preview', place)
    return this.#change(stageChanges, variables, inEnvironment(place), changing, nothing)
  }

  async commit(place: EnvironmentPlace, commitMessage: string): Promise<MutationResult<null>> {
    const variables = { environmentId: place.environment.id, commitMessage }
    const changing = activityOn('change-preview', place)
    const object = inEnvironment(place)
    const result = await this.#change(commitStaged, variables, object, changing, nothing)
    // Nothing is staged any more, because an earlier commit took effect and its response was lost.
    const isCommitted = result.kind === 'rejected' && result.reason === 'nothing-staged'
    return isCommitted ? done(null) : result
  }

  addDomain(place: ServicePlace, targetPort: number | null) {
    const { environmentId, serviceId } = idsOf(place)
    const input = { environmentId, serviceId, ...(targetPort !== null && { targetPort }) }
    return this.#change(
      createDomain,
      { input },
      place,
      { activity: 'create-domain', object: toLocation(place) },
      (data) => data.serviceDomainCreate.domain,
    )
  }

  async differing(
    place: EnvironmentPlace,
    changes: readonly ServiceChangeValues[],
  ): Promise<readonly ServiceChangeValues[]> {
    const requested = changes.filter(({ variables }) => variables !== undefined)
    if (requested.length === 0) return []
    const items = requested.map(({ service }) => idsOf({ ...place, service }))
    const responses = await this.#api.orNull(() => this.#api.batcher.call(storedVariables, items))
    return requested.filter(({ variables }, index) => {
      const response = responses?.[index]
      if (!response?.ok) return true
      return [...(variables ?? [])].some(([name, value]) => response.data[name] !== value.reveal())
    })
  }

  delete(place: EnvironmentPlace): Promise<MutationResult<null>> {
    const { id, name } = place.environment
    const deleting = { activity: 'delete-environment', object: name } as const
    return this.#change(deleteEnvironment, { id }, inEnvironment(place), deleting, (data) => {
      acceptOrThrow(deleteEnvironment, data.environmentDelete)
      return null
    })
  }

  /** Sends a mutation. Returns the value that `read` takes from its response. */
  #change<Variables extends object, Data, Value>(
    operation: Operation<Variables, Data>,
    variables: NoInfer<Variables>,
    object: ChangedObject,
    interrupted: InterruptedActivity,
    read: (data: Data) => Value,
  ): Promise<MutationResult<Value>> {
    return this.#api.change(object, interrupted, effects, async () => {
      const { data } = await this.#api.client.call(operation, variables)
      return read(data)
    })
  }
}

/** The state of a preview after a change that was rejected, and after one without a response. */
const effects = { ifRejected: 'not-changed', ifLost: 'preview-unknown' } as const

const inEnvironment = ({ project, environment }: EnvironmentPlace): ChangedObject => ({
  project,
  environment,
  service: null,
})

const idsOf = ({ project, environment, service }: ServicePlace) => ({
  projectId: project.id,
  environmentId: environment.id,
  serviceId: service.id,
})

const activityOn = <Of extends Activity>(activity: Of, place: EnvironmentPlace) => ({
  activity,
  object: toLocation(inEnvironment(place)),
})

const nothing = () => null
