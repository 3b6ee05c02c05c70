import type { Activity, Failure, InterruptedActivity } from '../../errors/codes.ts'
import { done, type MutationResult } from '../../execute/mutation-result.ts'
import type { ReadResult } from '../../execute/ports.ts'
import type {
  EnvironmentPlace,
  PreviewInstance,
  PreviewState,
  Previews,
  ServiceChangeValues,
  ServicePlace,
} from '../../execute/preview/ports.ts'
import { locationOf } from '../../inventory/inventory.ts'
import type { Named } from '../../named.ts'
import type { EnvironmentRecord } from '../../plan/ports.ts'
import type { TokenType } from '../../token-type.ts'
import {
  environmentInstances,
  environmentTriggers,
  type InstanceAnswer,
  type TriggerAnswer,
} from '../operations/inventory.ts'
import type { Operation, Page } from '../operations/operation.ts'
import {
  commitStaged,
  createDomain,
  createEnvironment,
  deleteEnvironment,
  environmentConfig,
  previewState,
  projectRecords,
  type RecordAnswer,
  stageChanges,
  stopAutoDeploy,
  storedVariables,
} from '../operations/previews.ts'
import { ApiError, type ApiProblem, problemOf } from '../transport/api-error.ts'
import type { Answer } from '../transport/client.ts'
import { readAllPages } from '../transport/paginate.ts'
import { redactMessage } from '../transport/redact.ts'
import { acceptOrThrow } from '../transport/to-mutation-result.ts'
import type { ApiContext } from './api-context.ts'
import { type ChangedObject, toLocation } from './existence.ts'
import { toDeployment, toDomains, toSource } from './inventory-reader.ts'

/** The number of services on one page of a preview; Railway's own client requests as many. */
const maxServices = 500

/** The retry budget of a read that is repeated anyway, in milliseconds. */
const lookRetryBudget = 20_000

/** An adapter to Railway for previews, for the port of `execute/preview/`. */
export class RailwayPreviews implements Previews {
  readonly #api: ApiContext

  constructor(api: ApiContext) {
    this.#api = api
  }

  get tokenType(): TokenType {
    return this.#api.tokenType
  }

  /**
   * Creates an environment. `applyChangesInBackground`: without it the call blocks until the clone is complete. That
   * takes longer than a connection lasts, so the answer would be lost. `skipInitialDeploys`: nothing may start before
   * branch and variables are the preview's own. `stageInitialChanges` stays off: it would leave the clone to be
   * committed by another request. If a run ended in between, the environment would stay empty.
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
          retryBudget: lookRetryBudget,
        })
        return data.environments
      }),
    )
    if (found === null) return null
    return found
      .filter((one) => !one.deletedAt && one.name.toLowerCase() === name.toLowerCase())
      .map(toRecord)
  }

  async state(place: EnvironmentPlace): Promise<ReadResult<PreviewState> | null> {
    const { id } = place.environment
    try {
      const variables = { id, first: maxServices }
      const { data } = await this.#api.client.call(previewState, variables, {
        retryBudget: lookRetryBudget,
      })
      const { environment, environmentStagedChanges } = data
      if (environment.deletedAt) throw new ApiError(environmentDeleted)
      const instances = await this.#allInstances(id, environment.serviceInstances)
      const triggers = await this.#allTriggers(id, environment.deploymentTriggers)
      return { ok: true, value: toState(instances, triggers, environmentStagedChanges) }
    } catch (error) {
      const problem = problemOf(error)
      if (problem.kind === 'unavailable') return null
      const reading = aboutPreview('read-preview', place)
      return { ok: false, failure: this.#api.failure(problem, reading, 'preview-unknown') }
    }
  }

  deleted(place: EnvironmentPlace): Promise<Failure | null> {
    return this.#api.failureIfDeleted(inEnvironment(place), aboutPreview('read-preview', place))
  }

  #allInstances(id: string, first: Page<InstanceAnswer>): Promise<readonly InstanceAnswer[]> {
    const list = { operation: environmentInstances.name, field: 'environment.serviceInstances' }
    const more = async (after: string | null) => {
      const answer = await this.#api.client.call(environmentInstances, {
        id,
        after,
        inner: maxServices,
      })
      return completeOrThrow(answer).environment.serviceInstances
    }
    return readAllPages(list, more, first)
  }

  #allTriggers(id: string, first: Page<TriggerAnswer>): Promise<readonly TriggerAnswer[]> {
    const list = { operation: environmentTriggers.name, field: 'environment.deploymentTriggers' }
    const more = async (after: string | null) => {
      const answer = await this.#api.client.call(environmentTriggers, {
        id,
        after,
        inner: maxServices,
      })
      return completeOrThrow(answer).environment.deploymentTriggers
    }
    return readAllPages(list, more, first)
  }

  async stopAutoDeploy(places: readonly ServicePlace[]): Promise<readonly MutationResult<null>[]> {
    const batch = this.#api.batcher.ask(stopAutoDeploy, places.map(idsOf))
    return Promise.all(
      places.map((place, index) => {
        const stopping = { activity: 'disable-auto-deploy', object: toLocation(place) } as const
        return this.#api.change(place, stopping, effects, async () => {
          const answer = (await batch)[index]
          if (!answer?.ok) throw new ApiError(answer?.problem ?? noAnswer)
          acceptOrThrow(stopAutoDeploy, !answer.data.enabled)
          return null
        })
      }),
    )
  }

  stage(
    place: EnvironmentPlace,
    changes: readonly ServiceChangeValues[],
  ): Promise<MutationResult<null>> {
    const services = Object.fromEntries(
      changes.map(({ service, branch, image, variables }) => [
        service.id,
        {
          ...((branch || image) && {
            source: { ...(branch && { branch }), ...(image && { image }) },
          }),
          ...(variables && { variables: toPatch(variables) }),
        },
      ]),
    )
    return this.#stage(place, services)
  }

  /**
   * Copies a service from the base by its configuration, as Railway's own CLI duplicates environments. The
   * configuration has no sealed values. Settings of one environment only (domains, volumes) are left out.
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
      return config ? [[id, toCopy(config)] as const] : []
    })
    return this.#stage(place, Object.fromEntries(missing))
  }

  #stage(
    place: EnvironmentPlace,
    services: Record<string, unknown>,
  ): Promise<MutationResult<null>> {
    const variables = { environmentId: place.environment.id, input: { services } }
    const changing = aboutPreview('change-preview', place)
    return this.#change(stageChanges, variables, inEnvironment(place), changing, nothing)
  }

  async commit(place: EnvironmentPlace, commitMessage: string): Promise<MutationResult<null>> {
    const variables = { environmentId: place.environment.id, commitMessage }
    const changing = aboutPreview('change-preview', place)
    const told = await this.#change(
      commitStaged,
      variables,
      inEnvironment(place),
      changing,
      nothing,
    )
    // Nothing is staged any more: the answer that said it was committed got lost.
    return told.kind === 'rejected' && told.reason === 'nothing-staged' ? done(null) : told
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
    const answers = await this.#api.orNull(() => this.#api.batcher.ask(storedVariables, items))
    return requested.filter(({ variables }, index) => {
      const answer = answers?.[index]
      if (!answer?.ok) return true
      return [...(variables ?? [])].some(([name, value]) => answer.data[name] !== value.reveal())
    })
  }

  delete(place: EnvironmentPlace): Promise<MutationResult<null>> {
    const { id, name } = place.environment
    return this.#agree(
      deleteEnvironment,
      { id },
      inEnvironment(place),
      { activity: 'delete-environment', object: name },
      (data) => data.environmentDelete,
    )
  }

  /** Makes a change that Railway answers with `true` or `false`. */
  #agree<Variables extends object, Data>(
    operation: Operation<Variables, Data>,
    variables: NoInfer<Variables>,
    object: ChangedObject,
    interrupted: InterruptedActivity,
    isMade: (data: Data) => boolean,
  ): Promise<MutationResult<null>> {
    return this.#change(operation, variables, object, interrupted, (data) => {
      acceptOrThrow(operation, isMade(data))
      return null
    })
  }

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

const aboutPreview = <Of extends Activity>(activity: Of, place: EnvironmentPlace) => ({
  activity,
  object: toLocation(inEnvironment(place)),
})

const environmentDeleted: ApiProblem = {
  kind: 'refused',
  operation: previewState.name,
  reason: 'not-found',
  message: 'it is deleted',
  path: [],
  traceId: null,
  workspace: null,
}

const nothing = () => null

const noAnswer: ApiProblem = {
  kind: 'unavailable',
  detail: 'an answer without the item',
  sent: true,
}

/** Converts an environment's record. */
export const toRecord = (answer: RecordAnswer): EnvironmentRecord => ({
  id: answer.id,
  name: answer.name,
  ephemeral: answer.isEphemeral,
  createdAt: answer.createdAt,
  sourceId: answer.sourceEnvironment?.id ?? null,
  pullRequest: answer.meta?.prNumber ?? null,
})

/** Returns the data of an answer, or throws if a part of it is missing. */
function completeOrThrow<Data>({ data, gaps }: Answer<Data>): Data {
  if (gaps.length === 0) return data
  throw new ApiError({ kind: 'unavailable', detail: 'an answer with parts missing', sent: true })
}

/** The patch of an environment, by the paths that it changes. */
interface StagedAnswer {
  readonly status: string
  readonly lastAppliedError?: string | null | undefined
  readonly patch: readonly string[]
}

function toState(
  instances: readonly InstanceAnswer[],
  triggers: readonly TriggerAnswer[],
  { status, lastAppliedError, patch }: StagedAnswer,
): PreviewState {
  return {
    instances: instances.map(
      (answer): PreviewInstance => ({
        service: { id: answer.serviceId, name: answer.serviceName },
        deleted: !!answer.deletedAt,
        source: toSource(answer.source),
        latest: answer.latestDeployment ? toDeployment(answer.latestDeployment) : null,
        active: answer.activeDeployments.map(toDeployment),
        triggers: triggers
          .filter(({ serviceId }) => serviceId === answer.serviceId)
          .map(({ repository, branch }) => ({ repository, branch })),
        ...toDomains(answer.domains),
        cron: !!answer.cronSchedule,
        configFile: answer.railwayConfigFile?.trim() || null,
        hasHealthCheck: !!answer.healthcheckPath?.trim(),
      }),
    ),
    applying: status === 'APPLYING',
    // Nothing staged may show as an empty patch that is staged.
    staged: status === 'STAGED' && patch.length > 0,
    error: lastAppliedError ? redactMessage(lastAppliedError) : null,
  }
}

/** Converts values of variables into a patch. They leave for a preview in no other place. */
const toPatch = (variables: NonNullable<ServiceChangeValues['variables']>) =>
  Object.fromEntries([...variables].map(([name, value]) => [name, { value: value.reveal() }]))

/** Returns the part of a service's configuration that is valid in another environment, too. */
function toCopy(config: Record<string, unknown>): Record<string, unknown> {
  const copied = ['source', 'build', 'deploy', 'configFile'].filter((key) => key in config)
  const { variables } = config
  const readable =
    typeof variables === 'object' && variables !== null
      ? Object.entries(variables).filter(([, entry]) => hasValue(entry))
      : []
  return {
    ...Object.fromEntries(copied.map((key) => [key, config[key]])),
    variables: Object.fromEntries(readable),
    isCreated: true,
  }
}

const hasValue = (entry: unknown) =>
  typeof entry === 'object' && entry !== null && 'value' in entry && typeof entry.value === 'string'
