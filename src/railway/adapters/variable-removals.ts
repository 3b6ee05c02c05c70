import type { Clock } from '../../clock.ts'
import { type Failure, failure } from '../../errors/codes.ts'
import { done } from '../../execute/mutation-result.ts'
import type { VariablesWrite, VariableWriteResult } from '../../execute/ports.ts'
import { locationOf, type Target } from '../../inventory/inventory.ts'
import { foreignPaths } from '../../plan/variables/staged-changes.ts'
import { growingPauses, pollUntil } from '../../poll-until.ts'
import { commitStaged, patchState, stageChange, workflowState } from '../operations/variables.ts'
import {
  type ApiProblem,
  type ErrorReason,
  mayHaveTakenEffect,
  problemOf,
} from '../transport/api-error.ts'
import { redactMessage } from '../transport/redact.ts'
import type { ApiContext } from './api-context.ts'
import { mayBeDeleted, objectOf } from './existence.ts'

/** A removal that waits in the queue of its environment. */
interface Waiting {
  readonly change: VariablesWrite
  resolve(result: VariableWriteResult): void
  reject(error: unknown): void
}

/** The clock, and the limits of waiting. */
export interface Time {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Returns the end of the time that it may wait, in milliseconds since the epoch. */
  readonly deadline: () => number
}

/** The maximum number of commits, and the time limit of a committed patch in milliseconds. */
const maxCommits = 3
const patchTimeLimit = 120_000

/** The age up to which a staged patch that was read may be committed, in milliseconds. */
const maxPatchAge = 5_000

/** Rejections of a commit after which it is requested again if the patch is still staged. */
const maySucceed: ReadonlySet<ErrorReason> = new Set(['other', 'nothing-staged'])

/**
 * An adapter that removes variables without deploying anything. Railway has several ways to remove a variable:
 * - `variableDelete` always deploys.
 * - `variableCollectionUpsert` with `replace` removes all variables that it is not sent. It loses sealed values, which
 *   cannot be sent back, and variables that were added since they were read.
 * - A patch of its own (`environmentPatchCommit`) deploys.
 * - Staging the removal and committing it with `skipDeploys` deploys nothing, so this way is used.
 *
 * That commits everything that is staged in the environment, so:
 * - Planning rejects environments in which somebody has staged something (`VariableReader.stagedPaths`).
 * - The removal is merged into the staged changes and never replaces them.
 * - The answer to staging shows the whole patch. If a part of it is not ours by then, it is not committed. The removal
 *   is left staged for a person to see.
 *
 * Every commit, a repeated one too, comes right after such an answer. Only a change that is staged between that answer
 * and the commit could still be included.
 *
 * A patch belongs to an environment, so the removals of an environment are queued. Those that arrive while one is under
 * way are combined in the next.
 */
export class VariableRemovals {
  readonly #api: ApiContext
  readonly #time: Time
  readonly #waiting = new Map<string, Waiting[]>()

  constructor(api: ApiContext, time: Time) {
    this.#api = api
    this.#time = time
  }

  remove(change: VariablesWrite): Promise<VariableWriteResult> {
    const { environmentId } = change.owner
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(environmentId)
      if (queue) {
        queue.push({ change, resolve, reject })
        return
      }
      this.#waiting.set(environmentId, [{ change, resolve, reject }])
      void this.#drain(environmentId)
    })
  }

  async #drain(environmentId: string): Promise<void> {
    for (;;) {
      const batch = this.#waiting.get(environmentId)?.splice(0) ?? []
      if (batch.length === 0) break
      const changes = batch.map(({ change }) => change)
      try {
        const written = await this.#commit(environmentId, changes)
        for (const { change, resolve } of batch) resolve(await written(change.target))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#waiting.delete(environmentId)
  }

  /** Stages and commits the removals of several targets of one environment. */
  async #commit(
    environmentId: string,
    changes: readonly VariablesWrite[],
  ): Promise<(target: Target) => VariableWriteResult | Promise<VariableWriteResult>> {
    const end = await this.#settle(environmentId, changes)
    switch (end.kind) {
      case 'applied':
        return () => done({ doubt: null })
      case 'others':
        return (target) => notAlone(target)
      case 'not-committed':
        return (target) => this.#notRemoved(end.problem, target)
      case 'unclear':
        return (target) => this.#unclear(end.problem, target)
    }
  }

  /**
   * Commits the removals and waits until they are applied. Each commit follows a new staging, whose answer shows what
   * others have staged by now. A commit whose answer was lost may be looked up for a while before it is sent again.
   */
  async #settle(environmentId: string, changes: readonly VariablesWrite[]): Promise<RemovalEnd> {
    let problem: ApiProblem | null = null
    let commits = 0
    while (commits < maxCommits) {
      const staged = await this.#stage(environmentId, changes)
      if (staged.kind === 'others') return staged
      if (staged.kind === 'failed') {
        const clean = commits === 0 || staged.problem.kind === 'refused'
        return { kind: clean ? 'not-committed' : 'unclear', problem: staged.problem }
      }
      let workflowId: string | null = null
      try {
        const notAfter = this.#time.clock.now() + maxPatchAge
        const { data } = await this.#api.client.call(
          commitStaged,
          { id: environmentId },
          { notAfter },
        )
        workflowId = data.environmentPatchCommitStaged
        problem = null
      } catch (error) {
        problem = problemOf(error)
        if (problem.kind === 'cancelled') return { kind: 'unclear', problem }
        if (await this.#isGone(problem, changes)) return { kind: 'not-committed', problem }
      }
      if (problem === null || problem.kind === 'refused' || mayHaveTakenEffect(problem)) {
        commits += 1
        const end = await this.#follow(staged.patchId, workflowId, changes)
        if (end.kind === 'applied') return end
        if (end.kind === 'failed') {
          const refused = end.problem.kind === 'refused'
          return { kind: refused ? 'not-committed' : 'unclear', problem: end.problem }
        }
        // Still staged: the commit did not arrive. What never will is not asked for again.
        if (problem?.kind === 'refused' && !maySucceed.has(problem.reason)) {
          return { kind: 'not-committed', problem }
        }
      }
      if (this.#time.clock.now() >= this.#time.deadline()) break
    }
    problem ??= { kind: 'unavailable', detail: 'a patch that stays staged', sent: true }
    const refused = problem.kind === 'refused' && problem.reason === 'other'
    return { kind: refused || commits === 0 ? 'not-committed' : 'unclear', problem }
  }

  /** Stages the removals and checks the whole patch. If they are staged already, this changes nothing. */
  async #stage(environmentId: string, changes: readonly VariablesWrite[]): Promise<Staged> {
    try {
      const variables = { id: environmentId, change: toPatch(changes) }
      const { data } = await this.#api.client.call(stageChange, variables)
      const patch = data.environmentStageChanges
      return hasForeignChanges(patch, changes)
        ? { kind: 'others' }
        : { kind: 'staged', patchId: patch.id }
    } catch (error) {
      return { kind: 'failed', problem: problemOf(error) }
    }
  }

  async #follow(
    patchId: string,
    workflowId: string | null,
    changes: readonly VariablesWrite[],
  ): Promise<PatchEnd> {
    const { clock, signal, deadline } = this.#time
    const until = Math.min(clock.now() + patchTimeLimit, deadline())
    let workflow = workflowId
    const wait = async (milliseconds: number) => {
      if (signal.aborted || clock.now() + milliseconds > until) return false
      await clock.sleep(milliseconds, signal)
      return true
    }
    const end = await pollUntil<PatchEnd>(growingPauses(0, 1.5, 10_000), wait, async () => {
      const looked = await this.#look(patchId, workflow)
      // An accepted commit runs on, whatever the patch still says: asking again might take others' work.
      const isAccepted = workflowId !== null && looked.kind === 'staged'
      const seen: PatchEnd | Undecided = isAccepted ? { kind: 'going' } : looked
      if (seen.kind === 'going') return null
      if (seen.kind !== 'refused') return seen
      if (workflow !== null) workflow = null
      else if (await this.#isGone(seen.problem, changes)) {
        return { kind: 'failed', problem: seen.problem }
      }
      return null
    })
    return end ?? { kind: 'failed', problem: signal.aborted ? { kind: 'cancelled' } : tooLong }
  }

  async #look(patchId: string, workflowId: string | null): Promise<PatchEnd | Undecided> {
    try {
      if (workflowId !== null) {
        const { data } = await this.#api.client.call(workflowState, { id: workflowId })
        const { status, error } = data.workflowStatus
        if (status === 'Complete') return { kind: 'applied' }
        return status === 'Error' ? failed(error) : { kind: 'going' }
      }
      const { data } = await this.#api.client.call(patchState, { id: patchId })
      const { status, lastAppliedError } = data.environmentPatch
      if (status === 'COMMITTED') return { kind: 'applied' }
      if (status === 'FAILED') return failed(lastAppliedError)
      return status === 'STAGED' ? { kind: 'staged' } : { kind: 'going' }
    } catch (error) {
      const problem = problemOf(error)
      return problem.kind === 'refused' || problem.kind === 'incompatible'
        ? { kind: 'refused', problem }
        : { kind: 'failed', problem }
    }
  }

  /** Returns whether the environment of these changes was deleted meanwhile, so that nothing more comes of them. */
  async #isGone(problem: ApiProblem, [change]: readonly VariablesWrite[]): Promise<boolean> {
    if (!change || !mayBeDeleted(problem)) return false
    const environment = objectOf({ ...change.target, instance: null })
    return (await this.#api.existence.of(environment))?.kind === 'deleted'
  }

  async #notRemoved(problem: ApiProblem, target: Target): Promise<VariableWriteResult> {
    if (problem.kind === 'cancelled') return { kind: 'interrupted' }
    const unmade = await this.#api.unmade(problem, objectOf(target), removing(target), notRemoved)
    if (unmade.kind === 'not-sent') return unmade
    const reason = unmade.kind === 'rejected' ? unmade.reason : 'other'
    return { kind: 'rejected', reason, certain: true, failure: unmade.failure }
  }

  #unclear(problem: ApiProblem, target: Target): VariableWriteResult {
    if (problem.kind === 'cancelled') return { kind: 'interrupted' }
    return {
      kind: 'lost',
      failure: this.#api.failure(problem, removing(target), 'removal-unknown'),
    }
  }
}

/** Returns the result for a target whose removal stays staged beside changes of somebody else. */
function notAlone(target: Target): VariableWriteResult {
  const { project, environment } = locationOf(target)
  const because: Failure = failure('staged-changes', {
    project,
    environment,
    purpose: 'remove-variables',
    author: null,
    since: null,
    isRemovalStaged: true,
  })
  return { kind: 'rejected', reason: 'other', certain: true, failure: because }
}

/** A removal that was not committed is not made, whatever became of its staging. */
const notRemoved = { ifRejected: 'not-removed', ifLost: 'not-removed' } as const

const removing = (target: Target) =>
  ({ activity: 'remove-variables', object: locationOf(target) }) as const

/**
 * Returns whether the patch has changes that are not part of these removals. A removal of this run that was rejected
 * before counts as well: committing it now would change what has been reported.
 */
function hasForeignChanges(
  { status, patch }: { status: string; patch: readonly string[] },
  changes: readonly VariablesWrite[],
): boolean {
  if (status !== 'STAGED') return false
  const leftover = new Set(changes.flatMap(({ leftoverPaths }) => leftoverPaths))
  return foreignPaths(patch, changes).some((path) => !leftover.has(path))
}

/** The result of staging removals. */
type Staged =
  | { readonly kind: 'staged'; readonly patchId: string }
  | { readonly kind: 'others' }
  | { readonly kind: 'failed'; readonly problem: ApiProblem }

/** The end of a removal: applied, blocked by the changes of others, certainly not applied, or unknown. */
type RemovalEnd =
  | { readonly kind: 'applied' }
  | { readonly kind: 'others' }
  | { readonly kind: 'not-committed'; readonly problem: ApiProblem }
  | { readonly kind: 'unclear'; readonly problem: ApiProblem }

/** The end of a patch: applied, failed, or still staged. */
type PatchEnd =
  | { readonly kind: 'applied' }
  | { readonly kind: 'staged' }
  | { readonly kind: 'failed'; readonly problem: ApiProblem }

type Undecided =
  | { readonly kind: 'going' }
  | { readonly kind: 'refused'; readonly problem: ApiProblem }

const failed = (message: string | null | undefined): PatchEnd => ({
  kind: 'failed',
  problem: {
    kind: 'refused',
    operation: commitStaged.name,
    reason: 'other',
    message: message ? redactMessage(message) : 'the patch failed',
    path: [],
    traceId: null,
    workspace: null,
  },
})

const tooLong: ApiProblem = {
  kind: 'unavailable',
  detail: 'a committed patch that was not applied in time',
  sent: true,
}

/** Returns a patch that removes these variables and does nothing else. It holds no value. */
function toPatch(changes: readonly VariablesWrite[]) {
  const removals = ({ remove }: VariablesWrite) =>
    Object.fromEntries(remove.map((name) => [name, null]))
  const services = changes.flatMap((change) =>
    change.owner.kind === 'service'
      ? [[change.owner.serviceId, { variables: removals(change) }] as const]
      : [],
  )
  const shared = changes.flatMap((change) =>
    change.owner.kind === 'shared' ? Object.entries(removals(change)) : [],
  )
  return {
    ...(services.length > 0 && { services: Object.fromEntries(services) }),
    ...(shared.length > 0 && { sharedVariables: Object.fromEntries(shared) }),
  }
}
