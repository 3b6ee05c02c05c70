import type { Clock } from './clock.ts'

/** Delays without end, in milliseconds. */
export type EndlessDelays = Generator<number, never>

/**
 * Polls until `read` returns a value, and returns it. `read` returns `null` to continue. `delays` yields the
 * milliseconds before each read; it computes each delay only after the read before it. Returns `null` if the delays
 * end, or if `wait` returns `false`. Rejects with the errors of `wait` and `read`.
 */
export async function pollUntil<Value>(
  delays: EndlessDelays,
  wait: (milliseconds: number) => Promise<void>,
  read: () => Promise<Value | null>,
): Promise<Value>
export async function pollUntil<Value>(
  delays: Iterable<number>,
  wait: (milliseconds: number) => Promise<unknown>,
  read: () => Promise<Value | null>,
): Promise<Value | null>
export async function pollUntil<Value>(
  delays: Iterable<number>,
  wait: (milliseconds: number) => Promise<unknown>,
  read: () => Promise<Value | null>,
): Promise<Value | null> {
  for (const delay of delays) {
    if ((await wait(delay)) === false) return null
    const value = await read()
    if (value !== null) return value
  }
  return null
}

/** Yields the delays before reads at fixed times. `times` are the milliseconds from now until each read. */
export function* delaysUntilTimes(clock: Clock, times: readonly number[]): Generator<number> {
  const since = clock.now()
  for (const time of times) yield Math.max(0, since + time - clock.now())
}

/** Yields the same delay until `time` has passed since the first one. Both are in milliseconds. */
export function* fixedDelays(clock: Clock, time: number, delay: number): Generator<number> {
  const since = clock.now()
  while (clock.now() - since < time) yield delay
}

/** Yields delays without end, in milliseconds. Each is longer than the one before by a factor, up to the longest. */
export function* backoffDelays(first: number, factor: number, longest: number): EndlessDelays {
  for (let delay = first; ; delay = Math.min(longest, Math.max(shortest, delay * factor))) {
    yield delay
  }
}

/** The minimum of the second delay and of all later ones, in milliseconds. */
const shortest = 1_000
