import type { ReadResult } from '../../execute/ports.ts'
import type {
  PreviewInstance,
  PreviewState,
  Previews,
  ServiceChangeValues,
  ServicePlace,
  Told,
} from '../../execute/preview/ports.ts'
import type { Named } from '../../named.ts'
import type { EnvironmentRecord } from '../../plan/ports.ts'
import type { TokenType } from '../../token-type.ts'
import type { Operation } from '../operations/operation.ts'
import {
  commitStaged,
  createDomain,
  createEnvironment,
  deleteEnvironment,
  domainPorts,
  environmentConfig,
  previewState,
  projectRecords,
  type RecordAnswer,
  stageChanges,
  storedVariables,
  switchAutoDeploy,
} from '../operations/previews.ts'
import {
  type ApiProblem,
  mayHaveTakenEffect,
  problemOf,
  toFailure,
} from '../transport/api-error.ts'
import type { Batcher } from '../transport/batcher.ts'
import type { RailwayClient } from '../transport/client.ts'
import { redactMessage } from '../transport/redact.ts'
import { toDeployment, toDomains, toSource } from './inventory-reader.ts'

/** More services than any preview has; Railway's own client asks for as many. */
const mostServices = 500

/** What is looked at again soon is given up soon. */
const lookPatience = 20_000

/** Previews at Railway, by the port that `execute/preview/` declares. */
export class RailwayPreviews implements Previews {
  readonly #client: RailwayClient
  readonly #batches: Batcher
  readonly tokenType: TokenType

  constructor(client: RailwayClient, batches: Batcher, tokenType: TokenType) {
    this.#client = client
    this.#batches = batches
    this.tokenType = tokenType
  }

  /**
   * `applyChangesInBackground`: without it the call blocks until the clone is there, which takes longer than
   * a connection lasts, and a lost answer is all that comes of it. `skipInitialDeploys`: nothing may start
   * before branch and variables are the preview's own. `stageInitialChanges` stays off: it would leave the
   * clone for another request to commit, and a run that dies in between an empty environment.
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
    const on = `environment "${name}" in project "${project.name}"`
    return this.#change(
      createEnvironment,
      { input },
      'making',
      on,
      (data) => data.environmentCreate,
    )
  }

  async named(project: Named, name: string): Promise<readonly EnvironmentRecord[] | null> {
    const found: RecordAnswer[] = []
    for (let after: string | null = null; ; ) {
      const page: RecordPage | null = await this.#read(projectRecords, {
        projectId: project.id,
        after,
      })
      if (page === null) return null
      found.push(...page.environments.nodes)
      if (page.environments.next === null || page.environments.next === after) break
      after = page.environments.next
    }
    return found
      .filter((one) => !one.deletedAt && one.name.toLowerCase() === name.toLowerCase())
      .map(toRecord)
  }

  async state(id: string): Promise<ReadResult<PreviewState> | null> {
    try {
      const variables = { id, first: mostServices }
      const { data } = await this.#client.call(previewState, variables, { patience: lookPatience })
      return { ok: true, value: toState(data) }
    } catch (error) {
      const problem = problemOf(error)
      if (problem.kind === 'unavailable') return null
      return { ok: false, failure: this.#failure(problem, 'reading', 'the preview') }
    }
  }

  stopAutoDeploy(place: ServicePlace): Promise<Told<null>> {
    const input = { ...place, enabled: false }
    return this.#agree(
      switchAutoDeploy,
      { input },
      'switching off',
      'deployments by pushes',
      (data) => !data.serviceInstanceAutoDeployUpdate.enabled,
    )
  }

  stage(environmentId: string, changes: readonly ServiceChangeValues[]): Promise<Told<null>> {
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
    return this.#stage(environmentId, services)
  }

  /**
   * Takes a service over from the base by its configuration, as Railway's own CLI duplicates environments.
   * Sealed values are not in it, and what belongs to one environment only (domains, volumes) is left out.
   */
  async stageMissing(
    environmentId: string,
    base: Named,
    services: readonly Named[],
  ): Promise<Told<null>> {
    const read = await this.#change(
      environmentConfig,
      { id: base.id },
      'reading',
      `environment "${base.name}"`,
      (data) => data.environment.config,
    )
    if (read.kind !== 'done') return read
    const missing = services.flatMap(({ id }) => {
      const config = read.value[id]
      return config ? [[id, toCopy(config)] as const] : []
    })
    return this.#stage(environmentId, Object.fromEntries(missing))
  }

  #stage(environmentId: string, services: Record<string, unknown>): Promise<Told<null>> {
    const variables = { environmentId, input: { services } }
    return this.#change(stageChanges, variables, 'changing', 'the preview', nothing)
  }

  async commit(environmentId: string, commitMessage: string): Promise<Told<null>> {
    const variables = { environmentId, commitMessage }
    const told = await this.#change(commitStaged, variables, 'changing', 'the preview', nothing)
    // Nothing is staged any more: the answer that said it was committed got lost.
    return told.kind === 'refused' && told.meaning === 'nothing-staged' ? done(null) : told
  }

  async targetPorts(places: readonly ServicePlace[]): Promise<readonly (number | null)[]> {
    const items = places.map(({ projectId, environmentId, serviceId }) => {
      return { projectId, environmentId, serviceId }
    })
    const answers = await this.#quietly(() => this.#batches.ask(domainPorts, items))
    return places.map((_, index) => {
      const answer = answers?.[index]
      if (!answer?.ok) return null
      const domains = [...answer.data.serviceDomains, ...answer.data.customDomains]
      return (
        domains.find(({ deletedAt, targetPort }) => !deletedAt && targetPort)?.targetPort ?? null
      )
    })
  }

  addDomain({ environmentId, serviceId }: ServicePlace, targetPort: number | null) {
    const input = { environmentId, serviceId, ...(targetPort !== null && { targetPort }) }
    return this.#change(
      createDomain,
      { input },
      'making',
      'a domain',
      (data) => data.serviceDomainCreate.domain,
    )
  }

  async differing(
    place: Omit<ServicePlace, 'serviceId'>,
    changes: readonly ServiceChangeValues[],
  ): Promise<readonly ServiceChangeValues[]> {
    const asked = changes.filter(({ variables }) => variables !== undefined)
    if (asked.length === 0) return []
    const { projectId, environmentId } = place
    const items = asked.map(({ service }) => ({ projectId, environmentId, serviceId: service.id }))
    const answers = await this.#quietly(() => this.#batches.ask(storedVariables, items))
    return asked.filter(({ variables }, index) => {
      const answer = answers?.[index]
      if (!answer?.ok) return true
      return [...(variables ?? [])].some(([name, value]) => answer.data[name] !== value.reveal())
    })
  }

  delete({ id, name }: Named): Promise<Told<null>> {
    return this.#agree(
      deleteEnvironment,
      { id },
      'deleting',
      `environment "${name}"`,
      (data) => data.environmentDelete,
    )
  }

  /** A change that Railway answers with whether it made it: an answer that says "no" is a refusal. */
  async #agree<Data>(
    operation: Operation<Data>,
    variables: Record<string, unknown>,
    doing: string,
    on: string,
    isMade: (data: Data) => boolean,
  ): Promise<Told<null>> {
    const told = await this.#change(operation, variables, doing, on, isMade)
    if (told.kind !== 'done') return told
    return told.value ? done(null) : this.#untold(saidNo(operation), doing, on)
  }

  async #change<Data, Value>(
    operation: Operation<Data>,
    variables: Record<string, unknown>,
    doing: string,
    on: string,
    read: (data: Data) => Value,
  ): Promise<Told<Value>> {
    try {
      const { data } = await this.#client.call(operation, variables)
      return done(read(data))
    } catch (error) {
      return this.#untold(problemOf(error), doing, on)
    }
  }

  #untold(problem: ApiProblem, doing: string, on: string): Exclude<Told<never>, { kind: 'done' }> {
    if (problem.kind === 'cancelled') return { kind: 'not-sent' }
    const failure = this.#failure(problem, doing, on)
    if (mayHaveTakenEffect(problem)) return { kind: 'lost', failure }
    if (problem.kind !== 'refused')
      return { kind: 'refused', meaning: 'other', failure, certain: true }
    const { meaning } = problem
    const known = meaning === 'name-taken' || meaning === 'nothing-staged'
    const certain = meaning !== 'other'
    return { kind: 'refused', meaning: known ? meaning : 'other', failure, certain }
  }

  #failure(problem: ApiProblem, doing: string, on: string) {
    const consequence = 'Whether it took effect is not known: look at the preview in Railway.'
    return toFailure(problem, { doing, on, tokenType: this.tokenType, consequence })
  }

  #read<Data>(
    operation: Operation<Data>,
    variables: Record<string, unknown>,
  ): Promise<Data | null> {
    return this.#quietly(async () => {
      const { data } = await this.#client.call(operation, variables, { patience: lookPatience })
      return data
    })
  }

  async #quietly<Value>(ask: () => Promise<Value>): Promise<Value | null> {
    try {
      return await ask()
    } catch (error) {
      problemOf(error)
      return null
    }
  }
}

const done = <Value>(value: Value): Told<Value> => ({ kind: 'done', value })

const nothing = () => null

const saidNo = ({ name }: { name: string }): ApiProblem => ({
  kind: 'refused',
  operation: name,
  meaning: 'other',
  said: 'false',
  path: [],
  traceId: null,
  workspace: null,
})

/** An environment's record in our words. */
export const toRecord = (answer: RecordAnswer): EnvironmentRecord => ({
  id: answer.id,
  name: answer.name,
  ephemeral: answer.isEphemeral,
  createdAt: answer.createdAt,
  sourceId: answer.sourceEnvironment?.id ?? null,
  pullRequest: answer.meta?.prNumber ?? null,
})

type RecordPage = typeof projectRecords extends Operation<infer Data> ? Data : never

type StateAnswer = typeof previewState extends Operation<infer Data> ? Data : never

function toState({ environment, environmentStagedChanges }: StateAnswer): PreviewState {
  const { status, lastAppliedError } = environmentStagedChanges
  const triggers = environment.deploymentTriggers.nodes
  return {
    instances: environment.serviceInstances.nodes.map(
      (answer): PreviewInstance => ({
        service: { id: answer.serviceId, name: answer.serviceName },
        deleted: !!answer.deletedAt,
        source: toSource(answer.source),
        latest: answer.latestDeployment ? toDeployment(answer.latestDeployment) : null,
        active: answer.activeDeployments.map(toDeployment),
        triggers: triggers
          .filter(({ serviceId }) => serviceId === answer.serviceId)
          .map(({ repository, branch }) => ({ repository, branch })),
        domains: toDomains(answer.domains),
        cron: !!answer.cronSchedule,
        configFile: answer.railwayConfigFile?.trim() || null,
      }),
    ),
    applying: status === 'APPLYING',
    staged: status === 'STAGED',
    error: lastAppliedError ? redactMessage(lastAppliedError) : null,
  }
}

/** The only place where values of variables leave for a preview. */
const toPatch = (variables: NonNullable<ServiceChangeValues['variables']>) =>
  Object.fromEntries([...variables].map(([name, value]) => [name, { value: value.reveal() }]))

/** What of a service's configuration holds in another environment, too. */
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
