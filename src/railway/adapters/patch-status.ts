import type { Clock } from '../../clock.ts'
import { backoffDelays, pollUntil } from '../../poll-until.ts'
import { commitStaged, patchState, workflowState } from '../operations/variables.ts'
import { type ApiProblem, problemOf } from '../transport/api-error.ts'
import type { RailwayClient } from '../transport/client.ts'
import { redactMessage } from '../transport/redact.ts'

/** The clock of a run, and the limits of its waits. */
export interface WaitLimits {
  readonly clock: Clock
  /** Ends every wait when it aborts. */
  readonly signal: AbortSignal
  /** Returns the time at which every wait ends, in milliseconds since the epoch. */
  readonly deadline: () => number
}

/** A patch of an environment that the run has requested to commit. */
export interface Patch {
  readonly id: string
  /**
   * The id of the workflow that applies the patch; `null` if the response to the commit was lost or was a rejection.
   */
  readonly workflowId: string | null
}

/** The result of a commit: the patch was applied, its application failed, or it is still staged. */
export type PatchResult =
  | { readonly kind: 'applied' }
  | { readonly kind: 'staged' }
  /** If the problem is a rejection, the patch was certainly not applied. */
  | { readonly kind: 'failed'; readonly problem: ApiProblem }

/** The status of a patch at one poll. */
type PatchStatus =
  | PatchResult
  | { readonly kind: 'applying' }
  /** Railway rejected the request for the status. */
  | { readonly kind: 'unreadable'; readonly problem: ApiProblem }

/** The maximum time for which a patch is polled, in milliseconds. */
const timeLimit = 120_000

/** The delay before the first poll, and the longest interval between polls, in milliseconds. */
const firstInterval = 0
const longestInterval = 10_000

/** The factor by which the interval between polls grows. */
const growth = 1.5

/**
 * Polls a patch until Railway has applied it, for up to two minutes. The status comes from the patch's workflow. It
 * comes from the patch itself if there is no workflow or Railway rejects the request for it. `isDeleted` returns
 * whether a rejection was caused by the deletion of the environment, which ends the wait.
 */
export async function waitForPatch(
  client: RailwayClient,
  { clock, signal, deadline }: WaitLimits,
  patch: Patch,
  isDeleted: (problem: ApiProblem) => Promise<boolean>,
): Promise<PatchResult> {
  const until = Math.min(clock.now() + timeLimit, deadline())
  const wait = async (milliseconds: number) => {
    if (signal.aborted || clock.now() + milliseconds > until) return false
    await clock.sleep(milliseconds, signal)
    return true
  }
  const isAccepted = patch.workflowId !== null
  let { workflowId } = patch
  const poll = async (): Promise<PatchResult | null> => {
    const status = await readStatus(client, { ...patch, workflowId })
    switch (status.kind) {
      case 'applying':
        return null
      case 'staged':
        // Railway accepted the commit, so the status is outdated. A second commit could apply changes of others.
        return isAccepted ? null : status
      case 'unreadable':
        if (workflowId !== null) workflowId = null
        else if (await isDeleted(status.problem)) return { kind: 'failed', problem: status.problem }
        return null
      default:
        return status
    }
  }
  const intervals = backoffDelays(firstInterval, growth, longestInterval)
  const result = await pollUntil<PatchResult>(intervals, wait, poll)
  return result ?? { kind: 'failed', problem: signal.aborted ? { kind: 'cancelled' } : timedOut }
}

async function readStatus(client: RailwayClient, { id, workflowId }: Patch): Promise<PatchStatus> {
  try {
    if (workflowId !== null) {
      const { data } = await client.call(workflowState, { id: workflowId })
      const { status, error } = data.workflowStatus
      if (status === 'Complete') return { kind: 'applied' }
      return status === 'Error' ? failed(error) : { kind: 'applying' }
    }
    const { data } = await client.call(patchState, { id })
    const { status, lastAppliedError } = data.environmentPatch
    if (status === 'COMMITTED') return { kind: 'applied' }
    if (status === 'FAILED') return failed(lastAppliedError)
    return status === 'STAGED' ? { kind: 'staged' } : { kind: 'applying' }
  } catch (error) {
    const problem = problemOf(error)
    return problem.kind === 'refused' || problem.kind === 'incompatible'
      ? { kind: 'unreadable', problem }
      : { kind: 'failed', problem }
  }
}

const failed = (message: string | null | undefined): PatchResult => ({
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

const timedOut: ApiProblem = {
  kind: 'unavailable',
  detail: 'a timeout: the patch was committed but not applied in time',
  sent: true,
}
