import { describe, expect, it } from '@jest/globals'
import { NetworkJitter, spreadOf } from '../../../src/railway/transport/network-jitter.ts'

const bounds = { longest: 330, spacing: 100, byOrder: true }

/** Responses to requests that were sent every 100 ms. */
interface Answers {
  /** The duration of each response, in milliseconds. */
  readonly took: (index: number) => number
  /** The position of each in the order of arrival; `null` if no response states the budget. */
  readonly place?: (index: number) => number | null
  readonly operation?: (index: number) => string
  readonly count?: number
}

function jitterOf(answers: Answers, given: Partial<typeof bounds> = {}): number {
  const { took, place = () => null, operation = () => 'Deploy', count = 60 } = answers
  const jitter = new NetworkJitter()
  for (let index = 0; index < count; index += 1) {
    const sentAt = index * 100
    const arrival = place(index)
    const remaining = arrival === null ? null : 900 - arrival
    const receivedAt = sentAt + took(index)
    jitter.add({ operation: operation(index), sentAt, receivedAt, remaining })
  }
  return jitter.estimate({ ...bounds, ...given })
}

const alternating = (index: number) => (index % 2 === 0 ? 50 : 250)
/** Each pair of requests arrives in the other order. */
const swapped = (index: number) => (index % 2 === 0 ? index + 1 : index - 1)

describe('spreadOf', () => {
  it.each<[number[], number]>([
    [[], 0],
    [[80], 0],
    [[80, 80, 80], 0],
    [[80, 90], 50],
    [[80, 90, 100, 110], 70],
    [[80, 90, 100, 110, 900], 70],
    [[80, 380], 330],
  ])('of %j is %d', (values, expected) => {
    expect(spreadOf(values, 330)).toBeCloseTo(expected)
  })
})

describe('the jitter of the network', () => {
  it.each<[string, Answers, from: number, to: number]>([
    ['is not known from three responses', { took: alternating, count: 3 }, 0, 0],
    ['is none if all had the same duration', { took: () => 180 }, 0, 0],
    ['is the spread of the response times', { took: alternating }, 200, 225],
    [
      'no longer includes old responses',
      { took: (index) => (index < 30 ? 500 : 50), count: 90 },
      0,
      0,
    ],
    [
      'is that of the steadiest operation',
      {
        took: (index) => (index % 3 === 0 ? 60 : 60 + index * 3),
        operation: (index) => (index % 3 === 0 ? 'Poll' : 'Deploy'),
      },
      0,
      0,
    ],
    ['is at most the longest', { took: (index) => 50 + index * 20 }, 330, 330],
    [
      'is less than the spacing if none overtook another',
      { took: alternating, place: (index) => index },
      100,
      100,
    ],
    [
      'is the spread if few responses state the budget',
      { took: alternating, place: (index) => (index < 29 ? index : null) },
      200,
      225,
    ],
    [
      'is longer than the delay of the overtaken response',
      { took: (index) => 50 + index * 5, place: swapped },
      300,
      300,
    ],
    ['does not follow from equal budgets', { took: alternating, place: () => 7 }, 100, 100],
  ])('%s', (_, answers, from, to) => {
    const jitter = jitterOf(answers)
    expect(jitter).toBeGreaterThanOrEqual(from)
    expect(jitter).toBeLessThanOrEqual(to)
  })

  it('does not follow from the order if the order must not count', () => {
    const inOrder: Answers = { took: alternating, place: (index) => index }
    expect(jitterOf(inOrder, { byOrder: false })).toBeGreaterThan(200)
  })

  it('follows each new response, and the bounds of each call', () => {
    const jitter = new NetworkJitter()
    const add = (milliseconds: number) =>
      jitter.add({ operation: 'Deploy', sentAt: 0, receivedAt: milliseconds, remaining: null })
    for (const milliseconds of [80, 90, 100, 110]) add(milliseconds)
    expect(jitter.estimate(bounds)).toBeCloseTo(70)
    expect(jitter.estimate({ ...bounds, longest: 40 })).toBeCloseTo(40)
    expect(jitter.estimate(bounds)).toBeCloseTo(70)
    add(380)
    expect(jitter.estimate(bounds)).toBe(330)
  })
})
