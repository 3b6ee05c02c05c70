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

/** A removal that waits for its turn. */
interface Waiting {
  readonly change: VariablesWrite
  resolve(result: VariableWriteResult): void
  reject(error: unknown): void
}

/** The clock, and the limits of waiting. */
export interface Time {
  readonly clock: Clock
  readonly signal: AbortSignal
  /** Until when it may wait, in milliseconds since the epoch. */
  readonly deadline: () => number
}

/** Attempts at a commit, and the time limit of a committed patch in milliseconds. */
const maxCommits = 3
const patchTimeLimit = 120_000

/** The age up to which a staged patch that was read may be committed, in milliseconds. */
const maxPatchAge = 5_000

/** Refusals of a commit after which it is requested again if the patch is still staged. */
const maySucceed: ReadonlySet<ErrorReason> = new Set(['other', 'nothing-staged'])

/**
 * Removes variables without deploying anything. Of Railway's ways to remove one, `variableDelete` cannot be
 * told not to deploy; `variableCollectionUpsert` with `replace` removes whatever it is not sent, so it
 * loses sealed values, which nobody can send back, and whatever was added since they were read; a patch of
 * its own (`environmentPatchCommit`) deploys. What is left is to stage the removal and to commit it with
 * `skipDeploys`. That commits everything that is staged in the environment, so:
 *
 * - planning refuses environments in which somebody has staged something (`VariableReader.stagedPaths`);
 * - the removal is merged into what is staged, never put in its place;
 * - the answer to staging shows the whole patch: if anything in it is not ours by then, it is not
 *   committed, and the removal is left staged for a person to see. Every commit, a repeated one too, comes
 *   right after such an answer.
 *
 * Only what is staged in the moment between that answer and the commit could still slip in.
 *
 * A patch belongs to an environment, so the removals of an environment take turns; those that come up
 * while one is under way go together in the next.
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
        for (const { change, resolve } of batch) resolve(written(change.target))
      } catch (error) {
        for (const { reject } of batch) reject(error)
      }
    }
    this.#waiting.delete(environmentId)
  }

  /** Stages and commits the removals of several places of one environment. */
  async #commit(
    environmentId: string,
    changes: readonly VariablesWrite[],
  ): Promise<(target: Target) => VariableWriteResult> {
    const end = await this.#settle(environmentId, changes)
    switch (end.kind) {
      case 'applied':
        return () => done({ doubt: null })
      case 'others':
        return () => this.#notAlone(changes)
      case 'not-committed':
        return (target) => this.#ended(end.problem, target, 'rejected')
      case 'unclear':
        return (target) => this.#ended(end.problem, target, 'lost')
    }
  }

  /**
   * Commits and waits until it is applied. Each commit rests on staging anew, because that shows what others
   * have staged by now: a commit that was lost may be looked for for a while before it is sent again.
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
      }
      if (problem === null || problem.kind === 'refused' || mayHaveTakenEffect(problem)) {
        commits += 1
        const end = await this.#follow(staged.patchId, workflowId)
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

  /** Stages the removals, which changes nothing if they are staged already, and looks at the whole patch. */
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

  async #follow(patchId: string, workflowId: string | null): Promise<PatchEnd> {
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
      if (seen.kind === 'refused' && workflow !== null) workflow = null
      else if (seen.kind !== 'going' && seen.kind !== 'refused') return seen
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
        ? { kind: 'refused' }
        : { kind: 'failed', problem }
    }
  }

  #ended(problem: ApiProblem, target: Target, kind: 'rejected' | 'lost'): VariableWriteResult {
    if (problem.kind === 'cancelled') return { kind: 'interrupted' }
    const removing = { activity: 'remove-variables', object: locationOf(target) } as const
    const effect = kind === 'lost' ? 'removal-unknown' : 'not-removed'
    const failure = this.#api.failure(problem, removing, effect)
    return kind === 'lost' ? { kind, failure } : { kind, reason: 'other', certain: true, failure }
  }

  #notAlone([change]: readonly VariablesWrite[]): VariableWriteResult {
    const because: Failure = failure('operation-not-permitted', {
      activity: 'remove-variables',
      object: change ? { ...locationOf(change.target), service: null } : null,
      tokenType: this.#api.tokenType,
      reason: 'other',
      message:
        'nothing; other changes came to be staged there in the same moment, so nothing was committed. The removal is staged beside them',
    })
    return { kind: 'rejected', reason: 'other', certain: true, failure: because }
  }
}

/**
 * Tells whether something is staged that is not part of these removals. A removal of this run that was refused
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

type Undecided = { readonly kind: 'going' } | { readonly kind: 'refused' }

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

/** A patch that removes these variables and does nothing else. It holds no value. */
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
