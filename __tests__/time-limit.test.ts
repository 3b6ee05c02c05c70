import { describe, expect, it } from '@jest/globals'
import type { Clock } from '../src/clock.ts'
import { withTimeLimit } from '../src/time-limit.ts'

const never = new AbortController().signal

/** Resolves when a signal aborts. */
const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) return resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })

/** A clock that advances only during an awaited sleep. */
function clockAt(start: number): Clock {
  let now = start
  return {
    now: () => now,
    sleep: async (milliseconds, signal) => {
      if (signal?.aborted) return
      now += milliseconds
    },
  }
}

/** A clock that does not advance. */
const still: Clock = { now: () => 0, sleep: () => new Promise(() => {}) }

describe('a time limit', () => {
  it('does not affect work that is done in time', async () => {
    const done = await withTimeLimit(still, 1_000, never, async ({ signal, passed }) => ({
      aborted: signal.aborted,
      passed: passed(),
    }))
    expect(done).toEqual({ aborted: false, passed: false })
  })

  it('aborts work that takes longer', async () => {
    const clock = clockAt(5_000)
    const passed = await withTimeLimit(clock, 1_000, never, async (limit) => {
      await aborted(limit.signal)
      return limit.passed()
    })
    expect([passed, clock.now()]).toEqual([true, 6_000])
  })

  it('aborts with the run, and does not count as over then', async () => {
    const stop = new AbortController()
    stop.abort()
    const passed = await withTimeLimit(still, 1_000, stop.signal, async (limit) => {
      await aborted(limit.signal)
      return limit.passed()
    })
    expect(passed).toBe(false)
  })

  it('rethrows the error of the work', async () => {
    const failing = withTimeLimit(still, 1_000, never, async () => {
      throw new Error('refused')
    })
    await expect(failing).rejects.toThrow('refused')
  })
})
