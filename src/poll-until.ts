import type { Clock } from './clock.ts'

/** Pauses without end, in milliseconds. */
export type EndlessPauses = Generator<number, never>

/**
 * Polls until `read` returns a value, and returns it. `read` returns `null` to continue. `pauses` yields the
 * milliseconds before each read; it computes each pause only after the read before it. Returns `null` if the pauses
 * end, or if `wait` returns `false`. Rejects with the errors of `wait` and `read`.
 */
export async function pollUntil<Value>(
  pauses: EndlessPauses,
  wait: (milliseconds: number) => Promise<void>,
  read: () => Promise<Value | null>,
): Promise<Value>
export async function pollUntil<Value>(
  pauses: Iterable<number>,
  wait: (milliseconds: number) => Promise<unknown>,
  read: () => Promise<Value | null>,
): Promise<Value | null>
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

/** Yields the pauses before reads at fixed times. `delays` are the milliseconds from now until each read. */
export function* pausesAt(clock: Clock, delays: readonly number[]): Generator<number> {
  const since = clock.now()
  for (const delay of delays) yield Math.max(0, since + delay - clock.now())
}

/** Yields the same pause until `time` has passed since the first one. Both are in milliseconds. */
export function* pausesWithin(clock: Clock, time: number, pause: number): Generator<number> {
  const since = clock.now()
  while (clock.now() - since < time) yield pause
}

/** Yields pauses without end, in milliseconds. Each is longer than the one before by a factor, up to the longest. */
export function* growingPauses(first: number, factor: number, longest: number): EndlessPauses {
  for (let pause = first; ; pause = Math.min(longest, Math.max(shortest, pause * factor))) {
    yield pause
  }
}

/** The minimum of the second pause and of all later ones, in milliseconds. */
const shortest = 1_000
