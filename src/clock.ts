/** Time, handed to everything that waits. Milliseconds since the epoch. */
export interface Clock {
  now(): number
  /** Resolves after `milliseconds`, or at once when the signal aborts. It never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

/** The machine's own time: the only place that touches `Date` and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, Math.max(0, milliseconds))
      signal?.addEventListener('abort', done, { once: true })
    }),
}
