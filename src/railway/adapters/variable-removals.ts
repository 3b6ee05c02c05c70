import { type Failure, failure } from '../../errors/codes.ts'
import { done } from '../../execute/mutation-result.ts'
import type { VariablesWrite, VariableWriteResult } from '../../execute/ports.ts'
import { locationOf, type Target } from '../../inventory/inventory.ts'
import { foreignPaths } from '../../plan/variables/staged-changes.ts'
import { commitStaged, stageChange } from '../operations/variables.ts'
import {
  type ApiProblem,
  type ErrorReason,
  hasNoCause,
  mayHaveTakenEffect,
  problemOf,
} from '../transport/api-error.ts'
import type { ApiContext } from './api-context.ts'
import { mayBeDeleted, objectOf } from './deletion-lookup.ts'
import { type Patch, type WaitLimits, waitForPatch } from './patch-status.ts'

/** A removal in the queue of its environment. */
interface QueuedRemoval {
  readonly change: VariablesWrite
  resolve(result: VariableWriteResult): void
  reject(error: unknown): void
}

/** The maximum number of commits of the same removals. */
const maxCommits = 3

/**
 * The maximum time between the response that shows the staged changes and the commit, in milliseconds. Later, others
 * may have staged changes that the response does not show.
 */
const maxPatchAge = 5_000

/** The reasons of a rejected commit that allow a retry. */
const retryableReasons: ReadonlySet<ErrorReason> = new Set(['other', 'nothing-staged'])

/**
 * The removal of variables without a deployment. Railway can remove a variable in four ways:
 * - `variableDelete` always deploys.
 * - `variableCollectionUpsert` with `replace` removes every variable that the request does not contain. It would remove
 *   sealed variables, whose values cannot be read and sent back, and variables that were added after the last read.
 * - `environmentPatchCommit` commits a patch directly, and deploys.
 * - `environmentStageChanges` stages the removal, and `environmentPatchCommitStaged` commits it with `skipDeploys`.
 *   This way deploys nothing, so it is used here.
 *
 * The commit applies everything that is staged in the environment. Changes of somebody else must not be among it:
 * - Planning rejects environments with staged changes (`VariableReader.stagedPaths`).
 * - The removal is merged into the staged changes and never replaces them.
 * - The response to the staging shows all staged changes. If one of them is not this run's, the run does not commit.
 *   The removal stays staged, where a person can see it.
 * - Every commit, retries included, directly follows such a response. Only a change that somebody stages between the
 *   response and the commit could still be committed.
 *
 * Removals of the same environment run one after the other, because they share its staged changes. Removals that are
 * requested while another one runs are committed together.
 */
export class VariableRemovals {
  readonly #api: ApiContext
  readonly #time: WaitLimits
  readonly #queues = new Map<string, QueuedRemoval[]>()

  constructor(api: ApiContext, time: WaitLimits) {
    this.#api = api
    this.#time = time
  }

  /** Removes the variables in `change.remove`. The values in `change.values` are ignored. */
  remove(change: VariablesWrite): Promise<VariableWriteResult> {
    const { environmentId } = change.owner
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(environmentId)
      if (queue) {
        queue.push({ change, resolve, reject })
        return
      }
      this.#queues.set(environmentId, [{ change, resolve, reject }])
      void this.#drain(environmentId)
    })
  }

  async #drain(environmentId: string): Promise<void> {
    for (;;) {
      const batch = this.#queues.get(environmentId)?.splice(0) ?? []
      if (batch.length === 0) break
      const changes = batch.map(({ change }) => change)
      try {
        const resultOf = await this.#removeTogether(environmentId, changes)
        for (const { change, resolve } of batch) resolve(await resultOf(change.target))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#queues.delete(environmentId)
  }

  /**
   * Removes variables of several targets of one environment with one commit. Returns a function that gives the result
   * for each target.
   */
  async #removeTogether(
    environmentId: string,
    changes: readonly VariablesWrite[],
  ): Promise<(target: Target) => VariableWriteResult | Promise<VariableWriteResult>> {
    const result = await this.#stageAndCommit(environmentId, changes)
    switch (result.kind) {
      case 'applied':
        return () => done({ doubt: null })
      case 'foreign-changes':
        return (target) => notAlone(target)
      case 'not-committed':
        return (target) => this.#notRemoved(result.problem, target)
      case 'unknown':
        return (target) => this.#unknown(result.problem, target)
    }
  }

  /**
   * Stages the removals, commits them and waits until Railway has applied them. It is retried up to {@link maxCommits}
   * times. Before each commit, the removals are staged again, because the response shows the changes that others have
   * staged by then.
   */
  async #stageAndCommit(
    environmentId: string,
    changes: readonly VariablesWrite[],
  ): Promise<RemovalResult> {
    let problem: ApiProblem | null = null
    let commits = 0
    while (commits < maxCommits) {
      const staged = await this.#stage(environmentId, changes)
      if (staged.kind === 'foreign-changes') return staged
      if (staged.kind === 'failed') {
        const isCertain = commits === 0 || staged.problem.kind === 'refused'
        return { kind: isCertain ? 'not-committed' : 'unknown', problem: staged.problem }
      }
      const commit = await this.#commit(environmentId)
      problem = commit.problem
      if (problem?.kind === 'cancelled') return { kind: 'unknown', problem }
      // After a rejection without a cause, the patch is read, because the commit may have taken effect.
      const rejection = problem && !hasNoCause(problem) ? problem : null
      if (rejection && (await this.#isEnvironmentDeleted(rejection, changes))) {
        return { kind: 'not-committed', problem: rejection }
      }
      if (problem === null || problem.kind === 'refused' || mayHaveTakenEffect(problem)) {
        commits += 1
        const patch = { id: staged.patchId, workflowId: commit.workflowId }
        const result = await this.#waitForCommit(patch, problem, changes)
        if (result) return result
      }
      if (this.#time.clock.now() >= this.#time.deadline()) break
    }
    problem ??= stillStaged
    const isRejected = problem.kind === 'refused' && problem.reason === 'other'
    return { kind: isRejected || commits === 0 ? 'not-committed' : 'unknown', problem }
  }

  /**
   * Commits the staged changes of an environment. If the request has to wait for more than {@link maxPatchAge}, it is
   * not sent. Returns the id of the workflow that applies the changes, or the problem of the request.
   */
  async #commit(
    id: string,
  ): Promise<{ readonly workflowId: string | null; readonly problem: ApiProblem | null }> {
    try {
      const notAfter = this.#time.clock.now() + maxPatchAge
      const { data } = await this.#api.client.call(commitStaged, { id }, { notAfter })
      return { workflowId: data.environmentPatchCommitStaged, problem: null }
    } catch (error) {
      return { workflowId: null, problem: problemOf(error) }
    }
  }

  /**
   * Waits for the effect of a commit. `problem`: the error of the commit, which may have taken effect anyway. Returns
   * `null` if the changes are still staged and the commit may be retried.
   */
  async #waitForCommit(
    patch: Patch,
    problem: ApiProblem | null,
    changes: readonly VariablesWrite[],
  ): Promise<RemovalResult | null> {
    const isDeleted = (error: ApiProblem) => this.#isEnvironmentDeleted(error, changes)
    const result = await waitForPatch(this.#api.client, this.#time, patch, isDeleted)
    if (result.kind === 'applied') return result
    if (result.kind === 'failed') {
      const isRejected = result.problem.kind === 'refused'
      return { kind: isRejected ? 'not-committed' : 'unknown', problem: result.problem }
    }
    const isFinal = problem?.kind === 'refused' && !retryableReasons.has(problem.reason)
    return isFinal ? { kind: 'not-committed', problem } : null
  }

  /**
   * Stages the removals, and checks the staged changes of the environment, which the response shows. Removals that are
   * staged already are not staged twice.
   */
  async #stage(environmentId: string, changes: readonly VariablesWrite[]): Promise<Staged> {
    try {
      const variables = { id: environmentId, change: toPatch(changes) }
      const { data } = await this.#api.client.call(stageChange, variables)
      const patch = data.environmentStageChanges
      return hasForeignChanges(patch, changes)
        ? { kind: 'foreign-changes' }
        : { kind: 'staged', patchId: patch.id }
    } catch (error) {
      return { kind: 'failed', problem: problemOf(error) }
    }
  }

  /** Returns whether an error was caused by the deletion of the environment that the changes belong to. */
  async #isEnvironmentDeleted(
    problem: ApiProblem,
    [change]: readonly VariablesWrite[],
  ): Promise<boolean> {
    if (!change || !mayBeDeleted(problem)) return false
    const environment = objectOf({ ...change.target, instance: null })
    return (await this.#api.existence.lookUp(environment))?.kind === 'deleted'
  }

  async #notRemoved(problem: ApiProblem, target: Target): Promise<VariableWriteResult> {
    if (problem.kind === 'cancelled') return { kind: 'interrupted' }
    const unmade = await this.#api.toMutationResult(
      problem,
      objectOf(target),
      removing(target),
      notRemoved,
    )
    if (unmade.kind === 'not-sent') return unmade
    const reason = unmade.kind === 'rejected' ? unmade.reason : 'other'
    return { kind: 'rejected', reason, certain: true, failure: unmade.failure }
  }

  #unknown(problem: ApiProblem, target: Target): VariableWriteResult {
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
    since: null,
    isRemovalStaged: true,
  })
  return { kind: 'rejected', reason: 'other', certain: true, failure: because }
}

/**
 * The effects of a removal that was not committed. Nothing is removed, even if the response to the staging was lost.
 */
const notRemoved = { ifRejected: 'not-removed', ifLost: 'not-removed' } as const

const removing = (target: Target) =>
  ({ activity: 'remove-variables', object: locationOf(target) }) as const

/**
 * Returns whether somebody else's changes are staged. A removal that this run staged earlier and reported as not made
 * counts as such a change, because the commit would apply it in spite of the report.
 */
function hasForeignChanges(
  { status, patch }: { status: string; patch: readonly string[] },
  changes: readonly VariablesWrite[],
): boolean {
  if (status !== 'STAGED') return false
  const leftover = new Set(changes.flatMap(({ leftoverPaths }) => leftoverPaths))
  return foreignPaths(patch, changes).some((path) => !leftover.has(path))
}

/** The result of staging removals. `foreign-changes`: somebody else has staged changes. */
type Staged =
  | { readonly kind: 'staged'; readonly patchId: string }
  | { readonly kind: 'foreign-changes' }
  | { readonly kind: 'failed'; readonly problem: ApiProblem }

/** The result of removing variables of one environment. */
type RemovalResult =
  | { readonly kind: 'applied' }
  /** Somebody else has staged changes, so nothing was committed. */
  | { readonly kind: 'foreign-changes' }
  /** The variables are certainly not removed. */
  | { readonly kind: 'not-committed'; readonly problem: ApiProblem }
  /** The variables may or may not be removed. */
  | { readonly kind: 'unknown'; readonly problem: ApiProblem }

const stillStaged: ApiProblem = {
  kind: 'unavailable',
  detail: 'a commit without effect: the changes are still staged',
  sent: true,
}

/** Returns a patch in which each variable to remove is `null`. It contains no value of a variable. */
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
