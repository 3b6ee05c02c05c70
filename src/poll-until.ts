import type { Clock } from './clock.ts'

/**
 * Reads until an answer settles the question, and returns that answer. Returns `null` if the pauses end first, or if
 * `wait` returns `false`. `pauses` holds the milliseconds before each read. `read` returns `null` for an answer that
 * settles nothing. Errors of `wait` and `read` end the polling.
 */
export async function pollUntil<Value>(
  pauses: Iterable<number>,
  wait: (milliseconds: number) => Promise<unknown>,
  read: () => Promise<Value | null>,
): Promise<Value | null> {
  for (const pause of pauses) {
    if ((await wait(pause)) === false) return null
    const value = await read()
    if (value !== null) return value
  }
  return null
}

/** Yields pauses for reads at these times after now, in milliseconds. */
export function* pausesAt(clock: Clock, delays: readonly number[]): Generator<number> {
  const since = clock.now()
  for (const delay of delays) yield Math.max(0, since + delay - clock.now())
}

/** Yields pauses without end, in milliseconds: they grow by a factor up to the longest. */
export function* growingPauses(first: number, factor: number, longest: number): Generator<number> {
  for (let pause = first; ; pause = Math.min(longest, Math.max(shortest, pause * factor))) {
    yield pause
  }
}

/** The shortest pause after a read without one, in milliseconds. */
const shortest = 1_000
