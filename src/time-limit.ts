import type { Clock } from './clock.ts'

/** The time limit of some work. */
export interface TimeLimit {
  /** The signal that aborts when the time is over, or when the run stops. */
  readonly signal: AbortSignal
  /** Returns whether the time is over. */
  readonly passed: () => boolean
}

/** Runs work with a time limit in milliseconds. Its signal also aborts with `stop`. The work itself has to end then. */
export async function withTimeLimit<Value>(
  clock: Clock,
  milliseconds: number,
  stop: AbortSignal,
  work: (limit: TimeLimit) => Promise<Value>,
): Promise<Value> {
  const late = new AbortController()
  const settled = new AbortController()
  void clock.sleep(milliseconds, settled.signal).then(() => {
    if (!settled.signal.aborted) late.abort()
  })
  try {
    const signal = AbortSignal.any([stop, late.signal])
    return await work({ signal, passed: () => late.signal.aborted })
  } finally {
    settled.abort()
  }
}
