import { failure } from '../../errors/codes.ts'
import { labelOf, type Named } from '../../named.ts'
import type { CreatePreviewStep } from '../../plan/plan.ts'
import type { EnvironmentRecord } from '../../plan/ports.ts'
import { cooldown } from '../../plan/preview/create-or-update.ts'
import { delaysUntilTimes, pollUntil } from '../../poll-until.ts'
import type { MutationResult, Rejected, ResponseLost } from '../mutation-result.ts'
import type { PreviewContext } from './preview-context.ts'
import { cancelled, PreviewStepError, unwrap } from './step-error.ts'

/** A preview that exists. `created`: this run has created it. */
export interface FoundPreview {
  readonly environment: Named
  readonly created: boolean
  /** The time of its creation by Railway's clock, in milliseconds since the epoch; `null` if it was not read. */
  readonly createdAt: number | null
}

/**
 * The times of lookups for an environment, in milliseconds after a response that does not show whether it was created.
 * Users report that Railway's lists show new objects after 28 s and more. An environment counts as missing only after
 * more than three times that.
 */
const lookupDelays = [2_000, 6_000, 14_000, 30_000, 60_000, 90_000]

/**
 * The times of lookups, in milliseconds after Railway rejected the name as taken. Railway's lists may show the
 * environment with this name late.
 */
const takenLookupDelays = [0, 2_000, 6_000, 14_000]

/** The times of lookups after a further such rejection, in milliseconds. Few are needed, because the name is reserved. */
const takenAgainDelays = [10_000, 30_000]

/**
 * The milliseconds after the first rejection of the run, up to which an environment is requested again. Railway may
 * keep the name of a deleted environment for a while. It then rejects the name as taken, or without a cause.
 */
const reservedTime = 125_000

/**
 * Creates the environment of a preview at most once. After an unclear response, the run looks for an environment of
 * that name. Only if the last lookup still shows none, the environment is requested a second and last time. If another
 * run has created the preview meanwhile, that one is used. If Railway rejects the request although no environment has
 * the name, the name may be that of a deleted one, so the environment is requested again for a while. Throws
 * {@link PreviewStepError} if there is no preview to use, or if that is not known.
 */
export async function createPreview(
  step: CreatePreviewStep,
  context: PreviewContext,
  creations: Pick<EnvironmentCreationQueue, 'mayRepeat'>,
): Promise<FoundPreview> {
  const { project, environment } = step.target
  const { clock } = context.ports
  const request = { project, name: environment.name, base: step.preview.base }
  let isRepeated = false
  let isTakenAgain = false
  let mayBeOurs = false
  for (;;) {
    const result = await context.changeOrFail(
      () => context.previews.create(request),
      isCertainlyRejected,
    )
    if (result.kind === 'done') return { environment: result.value, created: true, createdAt: null }
    if (result.kind === 'not-sent') throw cancelled()
    const rejectedAt = clock.now()
    const delays = delaysFor(result, isTakenAgain)
    const found = await lookUp(step, delays, context)
    const isTaken = result.kind === 'rejected' && result.reason === 'name-taken'
    mayBeOurs ||= !isTaken
    if (found !== 'absent' && found !== 'unclear') {
      return toFound(found, step, mayBeOurs)
    }
    if (mayBeReserved(result) && found === 'absent') {
      const nextLookup = clock.now() + (delays.at(-1) ?? 0)
      isTakenAgain ||= isTaken
      if (creations.mayRepeat(rejectedAt) && nextLookup < context.ports.deadline.at) continue
      if (isTaken) throw nameReserved(step)
    }
    if (result.kind === 'lost' && found === 'absent' && !isRepeated) {
      isRepeated = true
      continue
    }
    const { failure: unclear } = result
    const isUnknown = found === 'unclear' && result.kind === 'rejected' && !result.certain
    unwrap(isUnknown ? { kind: 'lost', failure: unclear } : result, 'to create the preview')
  }
}

/** Returns the error of a name that Railway rejects as taken, although no environment has it. */
function nameReserved({ target: { project, environment } }: CreatePreviewStep): PreviewStepError {
  const facts = { project: project.name, environment: environment.name }
  const taken = failure('name-taken', { ...facts, reason: { kind: 'reserved' } })
  return new PreviewStepError('refused', 'the name is still reserved', taken)
}

/** Returns whether the name may be that of a deleted environment. Railway names this cause, or none. */
const mayBeReserved = (result: Rejected | ResponseLost) =>
  result.kind === 'rejected' && (result.reason === 'name-taken' || !result.certain)

/** Returns whether Railway has certainly not created the environment, so that no lookup is needed. */
const isCertainlyRejected = (result: MutationResult<Named>) =>
  result.kind === 'rejected' && result.certain && result.reason !== 'name-taken'

/** Returns the times of the lookups after a result, in milliseconds; empty if none is needed. */
function delaysFor(result: Rejected | ResponseLost, isTakenAgain: boolean) {
  if (result.kind === 'lost') return lookupDelays
  if (result.reason === 'name-taken') return isTakenAgain ? takenAgainDelays : takenLookupDelays
  return result.certain ? [] : lookupDelays
}

/** Looks for the environment. Resolves with `unclear` if the last lookup had no response. */
async function lookUp(
  { target }: CreatePreviewStep,
  delays: readonly number[],
  context: PreviewContext,
): Promise<EnvironmentRecord | 'absent' | 'unclear'> {
  let hasResponse = delays.length === 0
  if (!hasResponse) context.note('checking whether the environment exists')
  const wait = (milliseconds: number) => context.wait(milliseconds, 'the new environment to appear')
  const found = await pollUntil(delaysUntilTimes(context.ports.clock, delays), wait, async () => {
    const named = await context.previews.named(target.project, target.environment.name)
    hasResponse = named !== null
    return named?.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt))[0] ?? null
  })
  return found ?? (hasResponse ? 'absent' : 'unclear')
}

/** Returns the environment as the preview. Throws if it is not an ephemeral clone of the same base. */
function toFound(
  record: EnvironmentRecord,
  { target, preview }: CreatePreviewStep,
  created: boolean,
): FoundPreview {
  const fromBase = record.sourceId === null || record.sourceId === preview.base.id
  if (!record.ephemeral || record.pullRequest !== null || !fromBase) {
    const reason = record.ephemeral
      ? ({ kind: 'created-meanwhile' } as const)
      : ({ kind: 'persistent' } as const)
    const facts = { project: labelOf(target.project), environment: record.name, reason }
    const clash = failure('name-taken', facts)
    throw new PreviewStepError('refused', 'another environment has the name', clash)
  }
  const { id, name } = record
  return { environment: { id, name }, created, createdAt: Date.parse(record.createdAt) }
}

/** A queue of creations of environments. It waits for Railway's cooldown between two of them. */
export class EnvironmentCreationQueue {
  #tail: Promise<unknown> = Promise.resolve()
  #nextAt = 0
  #rejectedSince: number | null = null

  /**
   * Returns whether a creation that was rejected at this time (milliseconds since the epoch) may be requested again.
   * The time limit is the same for all projects, because their previews are usually deleted together.
   */
  mayRepeat(rejectedAt: number): boolean {
    this.#rejectedSince ??= rejectedAt
    return rejectedAt - this.#rejectedSince < reservedTime
  }

  async run<Result>(context: PreviewContext, create: () => Promise<Result>): Promise<Result> {
    const before = this.#tail
    const { clock } = context.ports
    const current = (async () => {
      await before.catch(() => {})
      const wait = this.#nextAt - clock.now()
      if (wait > 0) {
        context.note(`waiting, because Railway creates only one environment in ${cooldown} s`)
        await context.wait(wait, "Railway's cooldown between new environments")
      }
      const result = await create()
      this.#nextAt = clock.now() + cooldown * 1000 + 500
      return result
    })()
    this.#tail = current
    return current
  }
}
