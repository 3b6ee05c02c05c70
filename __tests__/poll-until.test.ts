import { describe, expect, it } from '@jest/globals'
import { backoffDelays, delaysUntilTimes, fixedDelays, pollUntil } from '../src/poll-until.ts'

/** Polls with responses in this order, and returns the result with the pauses. */
async function poll(pauses: Iterable<number>, answers: (string | null)[], giveUpAfter = 99) {
  const waited: number[] = []
  const wait = async (milliseconds: number) => {
    if (waited.length === giveUpAfter) return false
    waited.push(milliseconds)
    return true
  }
  const result = await pollUntil(pauses, wait, async () => answers.shift() ?? null)
  return { result, waited }
}

describe('polling', () => {
  it.each<[string, number[], (string | null)[], string | null, number[]]>([
    ['ends with the first final response', [0, 1, 2], [null, 'a', 'b'], 'a', [0, 1]],
    ['ends with the last pause', [0, 1], [null, null], null, [0, 1]],
    ['reads nothing without pauses', [], ['a'], null, []],
  ])('%s', async (_, pauses, answers, result, waited) => {
    expect(await poll(pauses, answers)).toEqual({ result, waited })
  })

  it('ends when the wait is aborted, and reads nothing after it', async () => {
    expect(await poll([0, 1, 2], [null, 'a'], 1)).toEqual({ result: null, waited: [0] })
  })

  it('computes each pause after the read before it', async () => {
    let reads = 0
    function* pauses() {
      for (;;) yield reads * 10
    }
    const waited: number[] = []
    const wait = async (milliseconds: number) => {
      waited.push(milliseconds)
    }
    const result = await pollUntil(pauses(), wait, async () => {
      reads += 1
      return reads === 3 ? 'a' : null
    })
    expect({ result, waited }).toEqual({ result: 'a', waited: [0, 10, 20] })
  })

  it('ends with an error of a read', async () => {
    const failing = pollUntil(
      [0],
      async () => true,
      () => Promise.reject(new Error('refused')),
    )
    await expect(failing).rejects.toThrow('refused')
  })
})

describe('pauses', () => {
  it('follow a schedule, for any duration of the reads', () => {
    let now = 1_000
    const clock = { now: () => now, sleep: async () => {} }
    const pauses = delaysUntilTimes(clock, [0, 3_000, 4_000, 9_000])
    expect(pauses.next().value).toBe(0)
    now += 500
    expect(pauses.next().value).toBe(2_500)
    now += 4_000
    expect(pauses.next().value).toBe(0)
    expect(pauses.next().value).toBe(4_500)
    expect(pauses.next().done).toBe(true)
  })

  it('are the same until their time is over, for any duration of the reads', () => {
    let now = 1_000
    const clock = { now: () => now, sleep: async () => {} }
    const pauses = fixedDelays(clock, 10_000, 4_000)
    expect(pauses.next().value).toBe(4_000)
    now += 9_999
    expect(pauses.next().value).toBe(4_000)
    now += 1
    expect(pauses.next().done).toBe(true)
  })

  it('grow up to the longest', () => {
    const first = (count: number, pauses: Generator<number>) =>
      Array.from({ length: count }, () => pauses.next().value)
    expect(first(6, backoffDelays(0, 2, 5_000))).toEqual([0, 1_000, 2_000, 4_000, 5_000, 5_000])
    expect(first(3, backoffDelays(3_000, 1.5, 10_000))).toEqual([3_000, 4_500, 6_750])
  })
})
