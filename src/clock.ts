/** A clock. Everything that waits gets it as a dependency. */
export interface Clock {
  /** Returns the time in milliseconds since the epoch. */
  now(): number
  /** Resolves after `milliseconds`, or at once when the signal aborts. It never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

const minute = 60_000

/** Calls `onMinute` once a minute with the time in milliseconds since the epoch, until `done` aborts. */
export async function everyMinute(
  clock: Clock,
  done: AbortSignal,
  onMinute: (now: number) => void,
): Promise<void> {
  while (!done.aborted) {
    await clock.sleep(minute, done)
    if (!done.aborted) onMinute(clock.now())
  }
}

/** The maximum delay of a timer, in milliseconds. A timer with a longer one fires at once. */
const maxTimer = 2 ** 31 - 1

/**
 * The clock of the machine. Its time is the time of day at the start of the process plus the time since then, so a
 * later change of the machine's time makes no wait longer or shorter.
 */
export const systemClock: Clock = {
  now: () => Math.floor(performance.timeOrigin + performance.now()),
  sleep: (milliseconds, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, Math.min(maxTimer, Math.max(0, milliseconds)))
      signal?.addEventListener('abort', done, { once: true })
    }),
}

/** Returns the time of a monotonic clock, in milliseconds since an arbitrary start. */
export const monotonicNow = (): number => performance.now()
