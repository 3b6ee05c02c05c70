/** Time, handed to everything that waits. Milliseconds since the epoch. */
export interface Clock {
  now(): number
  /** Resolves after `milliseconds`, or at once when the signal aborts. It never rejects. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
}

const minute = 60_000

/** Calls back once a minute until `done` aborts: log lines that say that the run is alive. */
export async function everyMinute(
  clock: Clock,
  done: AbortSignal,
  onBeat: (now: number) => void,
): Promise<void> {
  while (!done.aborted) {
    await clock.sleep(minute, done)
    if (!done.aborted) onBeat(clock.now())
  }
}

/** The longest time that a timer takes; a longer one would fire at once. */
const maxTimer = 2 ** 31 - 1

/**
 * The machine's own time: the only place that touches timers. It starts at the time of day and then runs on by
 * itself, so that no wait gets longer or shorter when somebody sets the clock.
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

/** Milliseconds of a clock that is never set back, from an arbitrary start. */
export const monotonicNow = (): number => performance.now()
