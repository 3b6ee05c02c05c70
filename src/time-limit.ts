import type { Clock } from './clock.ts'

/** The time limit of a function that {@link withTimeLimit} runs. */
export interface TimeLimit {
  /** Aborts when the time is over, or when `stop` aborts. */
  readonly signal: AbortSignal
  /** Returns whether the time is over. */
  readonly passed: () => boolean
}

/**
 * Runs `work` with a time limit in milliseconds, and returns its result. `work` has to end when the signal of its limit
 * aborts, because this function waits for it.
 */
export async function withTimeLimit<Value>(
  clock: Clock,
  milliseconds: number,
  stop: AbortSignal,
  work: (limit: TimeLimit) => Promise<Value>,
): Promise<Value> {
  const timeout = new AbortController()
  const finished = new AbortController()
  void clock.sleep(milliseconds, finished.signal).then(() => {
    if (!finished.signal.aborted) timeout.abort()
  })
  try {
    const signal = AbortSignal.any([stop, timeout.signal])
    return await work({ signal, passed: () => timeout.signal.aborted })
  } finally {
    // Without a reason, Node would create an error with a stack for every request.
    finished.abort('finished')
  }
}
