import pLimit from 'p-limit'
import type { Clock } from '../clock.ts'
import { failure } from '../errors.ts'
import { placeOf } from '../inventory/inventory.ts'
import { phaseOf } from '../plan/deployment-status.ts'
import type { AdoptStep, DeployStep, Plan, Step } from '../plan/plan.ts'
import { humanTime } from '../text.ts'
import { conclude, type Finished, settled } from './conclude.ts'
import type { Deadline } from './deadline.ts'
import type { Emit } from './events.ts'
import { isBad, notStarted, type Outcome } from './outcome.ts'
import type { Deployments } from './ports.ts'
import { trigger } from './trigger.ts'
import { type Seen, Watch } from './watch.ts'

/** The inputs that say how a plan is carried out. */
export interface ExecuteOptions {
  readonly wait: boolean
  readonly maxParallel: number
  readonly failFast: boolean
  readonly onSkipped: 'warn' | 'fail' | 'ignore'
}

/** What carrying out a plan needs of the world. */
export interface ExecuteEdges {
  readonly deployments: Deployments
  readonly clock: Clock
  readonly signal: AbortSignal
  readonly deadline: Deadline
  readonly emit: Emit
  /** The least milliseconds between polls that the budget allows beside `pending` changes. */
  readonly pollFloor: (pending: number) => number
}

/** A success counts once it has stood this long: a container that ends at once was never live. */
const settleTime = 10_000

const heartbeatEvery = 60_000

/** Carries out a plan and says of every step, in the plan's order, what became of it. */
export async function execute(
  plan: Plan,
  options: ExecuteOptions,
  edges: ExecuteEdges,
): Promise<Outcome[]> {
  const done = new AbortController()
  const execution = new Execution(options, edges)
  const heartbeat = execution.beat(done.signal)
  try {
    return await execution.run(plan.steps)
  } finally {
    done.abort()
    await heartbeat
  }
}

/** Either the end of a step, or a deployment that has finished and is still to be verified. */
type Ended = { outcome: Outcome } | { finished: Finished }

class Execution {
  readonly #options: ExecuteOptions
  readonly #edges: ExecuteEdges
  readonly #watch: Watch
  readonly #turns: ReturnType<typeof pLimit>
  #failed = false

  constructor(options: ExecuteOptions, edges: ExecuteEdges) {
    this.#options = options
    this.#edges = edges
    const turns = pLimit(options.maxParallel)
    const pollFloor = () => edges.pollFloor(turns.pendingCount + turns.activeCount)
    this.#watch = new Watch({ ...edges, pollFloor })
    this.#turns = turns
  }

  async run(steps: readonly Step[]): Promise<Outcome[]> {
    const ended = await Promise.all(steps.map((step) => this.#step(step)))
    const verified = await this.#verify(
      ended.flatMap((end) => ('finished' in end ? [end.finished] : [])),
    )
    return ended.map((end) => {
      if ('outcome' in end) return end.outcome
      const outcome = verified.get(end.finished)
      if (!outcome) throw new Error('a finished deployment without a verdict')
      return outcome
    })
  }

  /** A line a minute while something is waited for, whatever the polls do. */
  async beat(done: AbortSignal): Promise<void> {
    const { clock, emit } = this.#edges
    const startedAt = clock.now()
    while (!done.aborted) {
      await clock.sleep(heartbeatEvery, done)
      const waiting = this.#watch.waiting()
      if (!done.aborted && waiting.length > 0) {
        emit({ kind: 'heartbeat', waiting, milliseconds: clock.now() - startedAt })
      }
    }
  }

  async #step(step: Step): Promise<Ended> {
    const end = await this.#carryOut(step)
    if ('outcome' in end) this.#tell(end.outcome)
    return end
  }

  #tell(outcome: Outcome): void {
    if (isBad(outcome)) this.#failed = true
    this.#edges.emit({ kind: 'ended', outcome })
  }

  async #carryOut(step: Step): Promise<Ended> {
    switch (step.action) {
      case 'keep':
        return { outcome: settled(step, step.because, step.detail) }
      case 'adopt':
        return this.#follow(step, step.deployment.id, this.#edges.clock.now())
      case 'deploy':
        return this.#deploy(step)
    }
  }

  async #deploy(step: DeployStep): Promise<Ended> {
    const begun = await this.#turns(async () => {
      const reason = this.#reasonNotToStart(step)
      if (reason) return reason
      const startedAt = this.#edges.clock.now()
      this.#edges.deadline.begin()
      return { startedAt, triggered: await trigger(step, this.#edges) }
    })
    if (!('triggered' in begun)) return { outcome: begun }
    const { startedAt, triggered } = begun
    const finishedAt = this.#edges.clock.now()
    switch (triggered.kind) {
      case 'not-sent':
        return { outcome: notStarted(step, 'the job was cancelled before its turn came') }
      case 'refused':
      case 'unknown':
        return {
          outcome: {
            ...notStarted(step, '', triggered.failure),
            status: triggered.kind,
            message:
              triggered.kind === 'refused'
                ? 'Railway refused to deploy it'
                : 'it may or may not have been deployed; look at it in Railway before the next run',
            startedAt,
            finishedAt,
          },
        }
      case 'started':
        this.#edges.emit({ kind: 'started', step, deploymentId: triggered.deploymentId })
        return this.#follow(step, triggered.deploymentId, startedAt)
    }
  }

  #reasonNotToStart(step: Step): Outcome | null {
    if (this.#edges.signal.aborted) {
      return notStarted(step, 'the job was cancelled before its turn came')
    }
    if (this.#failed && this.#options.failFast) {
      return notStarted(step, 'an earlier failure stopped the run (`fail-fast`)')
    }
    if (this.#edges.deadline.passed) {
      const waited = humanTime(this.#edges.deadline.timeout)
      const late = failure('deployment-timeout', {
        ...placeOf(step.target),
        status: 'not started',
        waited,
      })
      return notStarted(step, `\`timeout\` (${waited}) ran out before its turn came`, late)
    }
    return null
  }

  async #follow(step: DeployStep | AdoptStep, id: string, startedAt: number): Promise<Ended> {
    if (!this.#options.wait) {
      return {
        outcome: {
          ...settled(step, 'accepted', 'started, not verified'),
          deploymentId: id,
          startedAt,
        },
      }
    }
    const seen = await this.#watch.follow(step.target, id)
    if (seen.kind !== 'finished') return { outcome: this.#unfinished(step, id, startedAt, seen) }
    const finished: Finished = { step, id, startedAt, seenAt: seen.at, state: seen.state }
    const phase = phaseOf(seen.state.status)
    if (phase === 'live' || phase === 'removed') return { finished }
    return { outcome: await this.#conclude(finished, null) }
  }

  #unfinished(
    step: DeployStep | AdoptStep,
    id: string,
    startedAt: number,
    seen: Exclude<Seen, { kind: 'finished' }>,
  ): Outcome {
    const base = {
      ...settled(step, 'unknown', ''),
      deploymentId: id,
      startedAt,
      finishedAt: this.#edges.clock.now(),
    }
    switch (seen.kind) {
      case 'cancelled':
        return {
          ...base,
          status: 'cancelled',
          message: `the job was cancelled; it goes on at Railway (last seen: ${seen.status ?? 'started'})`,
        }
      case 'unreadable':
        return {
          ...base,
          failure: seen.failure,
          message: 'it was started, but Railway does not let this token look at it',
        }
      case 'timed-out':
        return { ...base, ...this.#late(step, seen) }
    }
  }

  #late(
    { target }: Step,
    { status, silentFor }: Extract<Seen, { kind: 'timed-out' }>,
  ): Pick<Outcome, 'status' | 'failure' | 'message'> {
    const waited = humanTime(this.#edges.deadline.timeout)
    if (silentFor > 120_000) {
      const silence = failure('api-unavailable', {
        doing: 'following the deployment',
        detail: `no answer about it for ${humanTime(silentFor)}`,
        consequence: 'The deployment was started and may be live by now.',
      })
      return { status: 'unknown', failure: silence, message: 'Railway stopped answering about it' }
    }
    const last = status ?? 'not visible yet'
    return {
      status: 'timed-out',
      failure: failure('deployment-timeout', { ...placeOf(target), status: last, waited }),
      message: `still ${last} after ${waited}; it goes on at Railway`,
    }
  }

  /** Looks once more, at all that seem finished: what counts is what serves when the run ends. */
  async #verify(finished: readonly Finished[]): Promise<Map<Finished, Outcome>> {
    const { clock, signal, deployments, deadline } = this.#edges
    if (finished.length === 0) return new Map()
    const settledAt = Math.max(...finished.map(({ seenAt }) => seenAt)) + settleTime
    await clock.sleep(Math.min(settledAt, deadline.at) - clock.now(), signal)
    const looks = signal.aborted
      ? null
      : await deployments.instances(finished.map(({ step }) => step.target))
    const outcomes = await Promise.all(
      finished.map(async (one, index) => {
        const look = looks?.[index]
        const outcome = await this.#conclude(one, look?.ok ? look.value : null)
        this.#tell(outcome)
        return [one, outcome] as const
      }),
    )
    return new Map(outcomes)
  }

  #conclude(finished: Finished, instance: Parameters<typeof conclude>[1]): Promise<Outcome> {
    return conclude(finished, instance, this.#options, this.#edges)
  }
}
