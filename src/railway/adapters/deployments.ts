import { type Activity, type Failure, failure } from '../../errors/codes.ts'
import type { MutationResult } from '../../execute/mutation-result.ts'
import type {
  DeploymentState,
  Deployments,
  FailureReport,
  InstanceState,
  ReadResult,
  ServedDeployments,
  StartResult,
  Upload,
} from '../../execute/ports.ts'
import type { ImageReference } from '../../inputs/image-reference.ts'
import type { RegistryCredentials } from '../../inputs/read-inputs.ts'
import {
  type Deployment,
  locationOf,
  type ServiceTarget,
  type Target,
} from '../../inventory/inventory.ts'
import type { Revision } from '../../plan/plan.ts'
import {
  deployLatest,
  deploymentState,
  deployService,
  instanceState,
  type ServedResponse,
  type StateResponse,
  servedDeployments,
  serviceDeployments,
  updateService,
} from '../operations/deployments.ts'
import { cancelDeployment, rollBackTo, rollbackOffer } from '../operations/history.ts'
import { toDeployment, toDomains } from '../operations/service-instance.ts'
import { type ApiProblem, problemOf } from '../transport/api-error.ts'
import type { ItemResponse } from '../transport/batcher.ts'
import { acceptOrThrow, type MutationEffects } from '../transport/to-mutation-result.ts'
import type { ApiContext } from './api-context.ts'
import { CommitRetries, isUnknownCommit } from './commit-retries.ts'
import { objectOf } from './deletion-lookup.ts'
import { FailureReports } from './failure-reports.ts'
import { serviceIds } from './object-ids.ts'
import { sendArchive, serviceMissing } from './upload.ts'

/** The number of newest deployments that are read to find the one whose start got no response. */
const recentCount = 20

/**
 * The retry budget of a read of the newest deployments, in milliseconds. It is short, because the caller repeats the
 * read.
 */
const recentRetryBudget = 20_000

/** The adapter of the port {@link Deployments} of `execute/` to Railway's API. */
export class RailwayDeployments implements Deployments {
  readonly #api: ApiContext
  readonly #commitRetries: CommitRetries
  readonly #failureReports: FailureReports

  constructor(api: ApiContext) {
    this.#api = api
    this.#commitRetries = new CommitRetries(api.client)
    this.#failureReports = new FailureReports(api)
  }

  writeImage(
    target: ServiceTarget,
    image: ImageReference,
    registry: RegistryCredentials | null,
  ): Promise<MutationResult<null>> {
    const credentials = registry && {
      username: registry.username.reveal(),
      password: registry.password.reveal(),
    }
    const input = {
      source: { image: image.text },
      ...(credentials && { registryCredentials: credentials }),
    }
    const ids = serviceIds(target)
    return this.#change('set-image', target, imageEffects, async () => {
      const { data } = await this.#api.client.call(updateService, { ...ids, input })
      acceptOrThrow(updateService, data.serviceInstanceUpdate)
      return null
    })
  }

  cancel(target: ServiceTarget, deploymentId: string): Promise<MutationResult<null>> {
    return this.#change('cancel-deployment', target, cancelEffects, async () => {
      const { data } = await this.#api.client.call(cancelDeployment, { id: deploymentId })
      acceptOrThrow(cancelDeployment, data.deploymentCancel)
      return null
    })
  }

  async start(target: ServiceTarget, revision: Revision): Promise<StartResult> {
    const start = () => this.#startOnce(target, revision)
    if (revision.kind !== 'commit') return start()
    const result = await this.#commitRetries.start(revision.sha, start)
    if (!isUnknownCommit(result)) return result
    const facts = { ...locationOf(target), commit: revision.sha }
    return { ...result, failure: failure('commit-not-found', facts) }
  }

  async #startOnce(target: ServiceTarget, revision: Revision): Promise<StartResult> {
    const ids = serviceIds(target)
    return this.#change('deploy', target, deployEffects, async () => {
      if (revision.kind === 'latest') {
        const { data } = await this.#api.client.call(deployLatest, ids)
        acceptOrThrow(deployLatest, data.serviceInstanceDeploy)
        return null
      }
      const commit = revision.kind === 'commit' ? { commitSha: revision.sha } : {}
      const { data } = await this.#api.client.call(deployService, { ...ids, ...commit })
      return data.serviceInstanceDeployV2
    })
  }

  /**
   * Requests a change of a service. `effects`: the state of the service if the change is rejected or its response is
   * lost.
   */
  #change<Value>(
    activity: Activity,
    target: ServiceTarget,
    effects: MutationEffects,
    make: () => Promise<Value>,
  ): Promise<MutationResult<Value>> {
    return this.#api.change(objectOf(target), activityOn(activity, target), effects, make)
  }

  async upload(target: ServiceTarget, upload: Upload): Promise<StartResult> {
    const { client } = this.#api
    const failed = (problem: ApiProblem) =>
      this.#api.toMutationResult(
        problem,
        objectOf(target),
        activityOn('upload', target),
        deployEffects,
      )
    try {
      const result = await sendArchive(client, target, upload)
      if (result.kind !== 'rejected' || result.reason !== 'not-found') return result
      // HTTP 404 may mean that the service was deleted after the inventory was read.
      const lookedUp = await failed(serviceMissing)
      return lookedUp.kind === 'rejected' && lookedUp.reason === 'deleted' ? lookedUp : result
    } catch (error) {
      return failed(problemOf(await client.explainRejection(error, 'mutation')))
    }
  }

  rollBack(target: ServiceTarget, to: Deployment): Promise<StartResult> {
    return this.#change('roll-back', target, rollbackEffects, async () => {
      const { data } = await this.#api.client.call(rollBackTo, { id: to.id })
      acceptOrThrow(rollBackTo, data.deploymentRollback)
      return null
    })
  }

  async recent(target: ServiceTarget): Promise<ReadResult<readonly Deployment[]> | null> {
    const input = { projectId: target.project.id, ...serviceIds(target) }
    try {
      const variables = { input, first: recentCount }
      const options = { retryBudget: recentRetryBudget }
      const { data } = await this.#api.client.call(serviceDeployments, variables, options)
      return { ok: true, value: data.deployments.nodes.map(toDeployment) }
    } catch (error) {
      const problem = problemOf(error)
      if (problem.kind !== 'refused') return null
      const reading = { activity: 'read-history', object: locationOf(target) } as const
      return { ok: false, failure: this.#api.failure(problem, reading, 'start-unknown') }
    }
  }

  deleted(target: ServiceTarget, activity: Activity): Promise<Failure | null> {
    return this.#api.failureIfDeleted(objectOf(target), activityOn(activity, target))
  }

  async states(
    ids: readonly string[],
    environmentIds: readonly string[] = [],
  ): Promise<readonly ReadResult<DeploymentState>[] | null> {
    const responses = await this.#api.orNull(() =>
      this.#api.batcher.call(
        deploymentState,
        ids.map((id) => ({ id })),
        environmentIds,
      ),
    )
    return this.#toReadResults(responses, 'read-deployment', (data) => this.#toState(data))
  }

  async instances(
    targets: readonly ServiceTarget[],
  ): Promise<readonly ReadResult<InstanceState>[] | null> {
    const items = targets.map(serviceIds)
    const responses = await this.#api.orNull(() => this.#api.batcher.call(instanceState, items))
    return this.#toReadResults(responses, 'read-instance', (data) => ({
      ...this.#toServed(data),
      domains: toDomains(data.domains).domains,
    }))
  }

  async served(
    targets: readonly ServiceTarget[],
  ): Promise<readonly ReadResult<ServedDeployments>[] | null> {
    const items = targets.map(serviceIds)
    const responses = await this.#api.orNull(() => this.#api.batcher.call(servedDeployments, items))
    return this.#toReadResults(responses, 'read-instance', (data) => this.#toServed(data))
  }

  async offers(ids: readonly string[]): Promise<readonly ReadResult<boolean>[] | null> {
    const items = ids.map((id) => ({ id }))
    const responses = await this.#api.orNull(() => this.#api.batcher.call(rollbackOffer, items))
    return this.#toReadResults(responses, 'read-deployment', ({ canRollback }) => canRollback)
  }

  explain(target: Target, deploymentId: string, reason: string | null): Promise<FailureReport> {
    return this.#failureReports.read(target, deploymentId, reason)
  }

  #toServed({ latestDeployment, activeDeployments }: ServedResponse): ServedDeployments {
    return {
      latest: latestDeployment ? this.#toState(latestDeployment) : null,
      active: activeDeployments.map((one) => this.#toState(one)),
    }
  }

  #toState(response: StateResponse): DeploymentState {
    const { stopped, reason } = response
    const { redact } = this.#api.client.redactor
    return {
      ...toDeployment(response),
      stopped,
      reason: reason === null ? null : redact(reason),
    }
  }

  /** Converts the responses of a batch into results of the port, with a failure for each item that Railway rejected. */
  #toReadResults<Data, Value>(
    responses: readonly ItemResponse<Data>[] | null,
    activity: Activity,
    read: (data: Data) => Value,
  ): readonly ReadResult<Value>[] | null {
    if (responses === null) return null
    return responses.map((response) => {
      if (response.ok) return { ok: true, value: read(response.data) }
      const interrupted = { activity, object: null }
      return {
        ok: false,
        failure: this.#api.failure(response.problem, interrupted, 'started-continues'),
      }
    })
  }
}

const activityOn = (activity: Activity, target: ServiceTarget) => ({
  activity,
  object: locationOf(target),
})

/**
 * The states of a service after a change that was rejected (`ifRejected`), and after one without a response (`ifLost`).
 */
const imageEffects = { ifRejected: 'not-changed', ifLost: 'image-unknown' } as const
const cancelEffects = { ifRejected: 'continues', ifLost: 'cancellation-unknown' } as const
const deployEffects = { ifRejected: 'not-deployed', ifLost: 'deployment-unknown' } as const
const rollbackEffects = { ifRejected: 'not-rolled-back', ifLost: 'rollback-unknown' } as const
