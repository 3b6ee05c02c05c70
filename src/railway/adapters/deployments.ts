import { type Activity, type Failure, failure } from '../../errors/codes.ts'
import type { MutationResult, Rejected } from '../../execute/mutation-result.ts'
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
import type { Named } from '../../named.ts'
import type { Revision } from '../../plan/plan.ts'
import {
  deployLatest,
  deploymentDiagnosis,
  deploymentState,
  deploymentSteps,
  deployService,
  instanceState,
  type ServedAnswer,
  type StateAnswer,
  servedDeployments,
  serviceDeployments,
  updateService,
} from '../operations/deployments.ts'
import { cancelDeployment, rollBackTo, rollbackOffer } from '../operations/history.ts'
import type { Operation } from '../operations/operation.ts'
import { renderedVariables } from '../operations/variables.ts'
import { type ApiProblem, problemOf } from '../transport/api-error.ts'
import type { ItemAnswer } from '../transport/batcher.ts'
import { acceptOrThrow, type MutationEffects } from '../transport/to-mutation-result.ts'
import type { ApiContext } from './api-context.ts'
import { objectOf } from './existence.ts'
import { findErrorLine } from './first-error-line.ts'
import { toDeployment, toDomains } from './inventory-reader.ts'
import { lastLines, readLogs, toLog } from './logs.ts'
import { sendArchive, serviceMissing } from './upload.ts'

/** The number of newest deployments that are searched for one whose answer was lost. */
const recentCount = 20

/** The maximum length of a reason or a diagnosis, in characters. */
const maxReason = 500

/**
 * The delays of retries for a commit that Railway does not know, in milliseconds: a minute in all. None is so long that
 * a token that is revoked meanwhile would be detected later than by a poll.
 */
const commitWaits = [5_000, 5_000, 10_000, 13_000, 13_000, 14_000]

/** The retry budget of reads that only explain, in milliseconds. */
const hintRetryBudget = 20_000

/** The steps before there is a container, so that only the build has a log. */
const buildSteps: ReadonlySet<string> = new Set(['SNAPSHOT_CODE', 'BUILD_IMAGE', 'PUBLISH_IMAGE'])

const notShown =
  "(The log is not shown: the service's variables could not be read, so their values could not be replaced in it.)"

/** Railway's own variables with names as values. The run shows these names. */
const shownVariables: ReadonlySet<string> = new Set([
  'RAILWAY_PROJECT_NAME',
  'RAILWAY_PROJECT_ID',
  'RAILWAY_ENVIRONMENT',
  'RAILWAY_ENVIRONMENT_NAME',
  'RAILWAY_ENVIRONMENT_ID',
  'RAILWAY_SERVICE_NAME',
  'RAILWAY_SERVICE_ID',
  'RAILWAY_DEPLOYMENT_ID',
  'RAILWAY_GIT_BRANCH',
  'RAILWAY_GIT_COMMIT_SHA',
  'RAILWAY_GIT_REPO_NAME',
  'RAILWAY_GIT_REPO_OWNER',
  'RAILWAY_REPLICA_REGION',
  'RAILWAY_PUBLIC_DOMAIN',
  'RAILWAY_STATIC_URL',
])

/** An adapter to Railway for deployments, for the port of `execute/`. */
export class RailwayDeployments implements Deployments {
  readonly #api: ApiContext
  /** The reading of each service's values, by the service's and the environment's id. */
  readonly #known = new Map<string, Promise<boolean>>()
  /** The commits that Railway did not know at first, each with whether it learned of it. */
  readonly #unknownCommits = new Map<string, Promise<boolean>>()

  constructor(api: ApiContext) {
    this.#api = api
  }

  writeImage(
    target: ServiceTarget,
    image: ImageReference,
    registry: RegistryCredentials | null,
  ): Promise<MutationResult<null>> {
    const { environment, instance } = target
    const credentials = registry && {
      username: registry.username.reveal(),
      password: registry.password.reveal(),
    }
    const input = {
      source: { image: image.text },
      ...(credentials && { registryCredentials: credentials }),
    }
    const ids = { serviceId: instance.service.id, environmentId: environment.id }
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
    const first = await this.#startOnce(target, revision)
    if (revision.kind !== 'commit' || !isUnknownCommit(first)) return first
    const again = () => this.#startOnce(target, revision)
    const result = await this.#afterUnknownCommit(revision.sha, first, again)
    if (!isUnknownCommit(result)) return result
    const facts = { ...locationOf(target), commit: revision.sha }
    return { ...result, failure: failure('commit-not-found', facts) }
  }

  /**
   * Requests a deployment again for a commit that was just pushed, up to a minute: for one service, while the others
   * wait.
   */
  async #afterUnknownCommit(
    sha: string,
    refusal: StartResult,
    again: () => Promise<StartResult>,
  ): Promise<StartResult> {
    const others = this.#unknownCommits.get(sha)
    if (others) return (await others) ? again() : refusal
    let settle: (isKnown: boolean) => void = () => {}
    this.#unknownCommits.set(sha, new Promise((resolve) => (settle = resolve)))
    let result = refusal
    try {
      const because = `Railway does not know commit ${sha.slice(0, 12)} yet`
      for (const wait of commitWaits) {
        if (!(await this.#api.client.pause(wait, because))) return result
        result = await again()
        if (!isUnknownCommit(result)) return result
      }
      return result
    } finally {
      settle(!isUnknownCommit(result))
    }
  }

  async #startOnce(target: ServiceTarget, revision: Revision): Promise<StartResult> {
    const { environment, instance } = target
    const ids = { serviceId: instance.service.id, environmentId: environment.id }
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

  /** Makes a change to a service. */
  #change<Value>(
    activity: Activity,
    target: ServiceTarget,
    effects: MutationEffects,
    make: () => Promise<Value>,
  ): Promise<MutationResult<Value>> {
    return this.#api.change(objectOf(target), about(activity, target), effects, make)
  }

  async upload(target: ServiceTarget, upload: Upload): Promise<StartResult> {
    const { client } = this.#api
    const unmade = (problem: ApiProblem) =>
      this.#api.unmade(problem, objectOf(target), about('upload', target), deployEffects)
    try {
      const result = await sendArchive(client, target, upload)
      if (result.kind !== 'rejected' || result.reason !== 'not-found') return result
      const looked = await unmade(serviceMissing)
      return looked.kind === 'rejected' && looked.reason === 'deleted' ? looked : result
    } catch (error) {
      return unmade(problemOf(await client.lookInto(error, 'mutation')))
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
    const input = { projectId: target.project.id, ...idsOf(target) }
    try {
      const variables = { input, first: recentCount }
      const options = { retryBudget: hintRetryBudget }
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
    return this.#api.deleted(objectOf(target), about(activity, target))
  }

  async states(
    ids: readonly string[],
    environmentIds: readonly string[] = [],
  ): Promise<readonly ReadResult<DeploymentState>[] | null> {
    const answers = await this.#api.orNull(() =>
      this.#api.batcher.ask(
        deploymentState,
        ids.map((id) => ({ id })),
        environmentIds,
      ),
    )
    return this.#looks(answers, 'read-deployment', (data) => this.#toState(data))
  }

  async instances(
    targets: readonly ServiceTarget[],
  ): Promise<readonly ReadResult<InstanceState>[] | null> {
    const items = targets.map(idsOf)
    const answers = await this.#api.orNull(() => this.#api.batcher.ask(instanceState, items))
    return this.#looks(answers, 'read-instance', (data) => ({
      ...this.#toServed(data),
      domains: toDomains(data.domains).domains,
    }))
  }

  async served(
    targets: readonly ServiceTarget[],
  ): Promise<readonly ReadResult<ServedDeployments>[] | null> {
    const items = targets.map(idsOf)
    const answers = await this.#api.orNull(() => this.#api.batcher.ask(servedDeployments, items))
    return this.#looks(answers, 'read-instance', (data) => this.#toServed(data))
  }

  async offers(ids: readonly string[]): Promise<readonly ReadResult<boolean>[] | null> {
    const items = ids.map((id) => ({ id }))
    const answers = await this.#api.orNull(() => this.#api.batcher.ask(rollbackOffer, items))
    return this.#looks(answers, 'read-deployment', ({ canRollback }) => canRollback)
  }

  async explain(target: Target, deploymentId: string): Promise<FailureReport> {
    const id = deploymentId
    const { redactor } = this.#api.client
    const steps = await this.#orNull(deploymentSteps, { id })
    const answer = await this.#orNull(deploymentDiagnosis, { id })
    const failed = steps?.deploymentEvents.nodes.find(({ payload }) => payload?.error)
    const rows = await readLogs(id, buildSteps.has(failed?.step ?? ''), this.#orNull.bind(this))
    const last = lastLines(rows)
    const isRedacted = last.length === 0 || (await this.#knowValues(target))
    const lines = isRedacted
      ? last.map(({ message, severity }) => ({ severity, message: redactor.redact(message) }))
      : []
    const diagnosis = readDiagnosis(answer?.deployment.diagnosis) ?? failed?.payload?.error ?? null
    return {
      step: failed?.step ?? null,
      diagnosis: diagnosis === null ? null : redactor.redact(diagnosis).slice(0, maxReason),
      firstErrorLine: findErrorLine(lines),
      lines: isRedacted ? lines.map(({ message }) => message) : [notShown],
      log: isRedacted ? toLog(rows, redactor.redact) : { build: [], container: [notShown] },
    }
  }

  /**
   * Adds the values that a service runs with to the redactor, once for each service. Resolves with `false` if they
   * cannot be read. An application that crashes may print any of them.
   */
  #knowValues({ project, environment, instance }: Target): Promise<boolean> {
    if (!instance) return Promise.resolve(true)
    const key = `${environment.id} ${instance.service.id}`
    const known = this.#known.get(key) ?? this.#readValues(project, environment, instance.service)
    this.#known.set(key, known)
    return known
  }

  async #readValues(project: Named, environment: Named, service: Named): Promise<boolean> {
    const ids = { projectId: project.id, environmentId: environment.id, serviceId: service.id }
    const answer = await this.#orNull(renderedVariables, ids)
    if (answer === null) return false
    const values = [...answer.variables].filter(([name]) => !shownVariables.has(name))
    this.#api.client.redactor.addValues(values.flatMap(([, value]) => value?.reveal() ?? []))
    return true
  }

  /** Reads a value that decides nothing; `null` if it cannot be read. */
  #orNull<Variables extends object, Data>(
    operation: Operation<Variables, Data>,
    variables: NoInfer<Variables>,
  ): Promise<Data | null> {
    return this.#api.orNull(async () => {
      const options = { retryBudget: hintRetryBudget }
      return (await this.#api.client.call(operation, variables, options)).data
    })
  }

  #toServed({ latestDeployment, activeDeployments }: ServedAnswer): ServedDeployments {
    return {
      latest: latestDeployment ? this.#toState(latestDeployment) : null,
      active: activeDeployments.map((one) => this.#toState(one)),
    }
  }

  #toState(answer: StateAnswer): DeploymentState {
    const { stopped, reason } = answer
    const { redact } = this.#api.client.redactor
    return {
      ...toDeployment(answer),
      stopped,
      reason: reason === null ? null : redact(reason).slice(0, maxReason),
    }
  }

  #looks<Data, Value>(
    answers: readonly ItemAnswer<Data>[] | null,
    activity: Activity,
    read: (data: Data) => Value,
  ): readonly ReadResult<Value>[] | null {
    if (answers === null) return null
    return answers.map((answer) => {
      if (answer.ok) return { ok: true, value: read(answer.data) }
      const interrupted = { activity, object: null }
      return {
        ok: false,
        failure: this.#api.failure(answer.problem, interrupted, 'started-continues'),
      }
    })
  }
}

const idsOf = ({ environment, instance }: ServiceTarget) => ({
  environmentId: environment.id,
  serviceId: instance.service.id,
})

const about = (activity: Activity, target: ServiceTarget) => ({
  activity,
  object: locationOf(target),
})

const isUnknownCommit = (result: StartResult): result is Rejected =>
  result.kind === 'rejected' && result.reason === 'commit-not-found'

const imageEffects = { ifRejected: 'not-changed', ifLost: 'image-unknown' } as const
const cancelEffects = { ifRejected: 'continues', ifLost: 'cancellation-unknown' } as const
const deployEffects = { ifRejected: 'not-deployed', ifLost: 'deployment-unknown' } as const
const rollbackEffects = { ifRejected: 'not-rolled-back', ifLost: 'rollback-unknown' } as const

/** Reads the diagnosis, which is an untyped scalar: text, or an object with text under a known name. */
function readDiagnosis(diagnosis: unknown): string | null {
  if (typeof diagnosis === 'string') return diagnosis.trim().slice(0, 500) || null
  if (typeof diagnosis !== 'object' || diagnosis === null) return null
  const telling = ['summary', 'message', 'reason', 'description', 'title', 'diagnosis']
  const entries = new Map<string, unknown>(Object.entries(diagnosis))
  for (const key of telling) {
    const text = readDiagnosis(entries.get(key))
    if (text) return text
  }
  return null
}
