import type { Clock } from './clock.ts'

/** The time limit that a piece of work has. */
export interface TimeLimit {
  /** Aborts when the time is over, or when the run stops. */
  readonly signal: AbortSignal
  /** Whether the time is over. */
  readonly passed: () => boolean
}

/** Does a piece of work that is given up after some milliseconds, or when `stop` aborts. */
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
