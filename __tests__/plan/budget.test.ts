import { describe, expect, it } from '@jest/globals'
import {
  type BudgetCheck,
  checkBudget,
  lowShareWarning,
  type RequestBudget,
} from '../../src/plan/budget.ts'
import type { Cost } from '../../src/plan/cost.ts'

const cost: Cost = { mutations: 10, minimum: 20, typical: 40, extraAfterWait: 2 }
const reset = Date.UTC(2026, 0, 5, 10)
const deadline = reset + 60_000

const enough: BudgetCheck = { kind: 'enough', warnings: [] }
const low = (remaining: number, until: string): BudgetCheck => ({
  kind: 'enough',
  warnings: [
    {
      title: 'request budget runs low',
      message: `Railway's request limit has ${remaining} requests left${until}, and the run usually needs about 40. The run therefore reads the status of deployments less often, and may report their end later. To avoid this, set a longer \`timeout\`, or select fewer services in a run.`,
    },
  ],
})
const tooLittle = (remaining: number, resetsAt: string | null): BudgetCheck => ({
  kind: 'too-little',
  failure: {
    code: 'rate-limited',
    facts: {
      by: 'api',
      activity: 'execute-plan',
      object: '10 changes',
      needed: 20,
      remaining,
      shards: 1,
      resetsAt,
    },
  },
})

describe('a plan of 10 changes that takes 20 requests, usually 40', () => {
  it.each<[string, Partial<RequestBudget>, BudgetCheck]>([
    ['nothing known', { remaining: null }, enough],
    ['plenty left', { remaining: 900 }, enough],
    ['the usual number', { remaining: 40 }, enough],
    ['one less', { remaining: 39 }, low(39, ' until 2026-01-05T10:00:00.000Z')],
    ['the least', { remaining: 20 }, low(20, ' until 2026-01-05T10:00:00.000Z')],
    ['the least, until who knows', { remaining: 20, resetsAt: null }, low(20, '')],
    ['too little, soon reset', { remaining: 19 }, { kind: 'wait', until: reset }],
    [
      'none, reset at the last moment',
      { remaining: 0, resetsAt: deadline },
      { kind: 'wait', until: deadline },
    ],
    [
      'too little, reset too late',
      { remaining: 19, resetsAt: deadline + 1 },
      tooLittle(19, '2026-01-05T10:01:00.001Z'),
    ],
    ['too little, no reset known', { remaining: 19, resetsAt: null }, tooLittle(19, null)],
    ['too little, no limit known', { remaining: 19, limit: null }, { kind: 'wait', until: reset }],
    [
      'too little, just enough per hour',
      { remaining: 19, limit: 22 },
      { kind: 'wait', until: reset },
    ],
    [
      'too little, and the hour has no more',
      { remaining: 19, limit: 21 },
      tooLittle(19, '2026-01-05T10:00:00.000Z'),
    ],
  ])('%s', (_, budget, verdict) => {
    const given = { limit: 1_000, remaining: 900, resetsAt: reset, ...budget }
    expect(checkBudget(cost, given, deadline)).toEqual(verdict)
  })

  it('states that it is for one shard of five', () => {
    const given = { limit: 200, remaining: 30, resetsAt: null, shards: 5 }
    expect(checkBudget(cost, given, deadline)).toEqual(low(30, ' for this shard'))
    expect(checkBudget(cost, { ...given, remaining: 3 }, deadline)).toMatchObject({
      failure: { facts: { shards: 5 } },
    })
  })

  it('needs no budget if it changes nothing', () => {
    const nothing = { limit: 1_000, remaining: 0, resetsAt: reset }
    expect(checkBudget({ ...cost, mutations: 0 }, nothing, deadline)).toEqual(enough)
  })
})

describe('the warning of a low rest of the hourly limit', () => {
  it.each<[string, Partial<RequestBudget>, string[]]>([
    [
      'less than a twentieth',
      { remaining: 49 },
      ['49 requests of 1000 per hour left until 2026-01-05T10:00:00.000Z.'],
    ],
    ['one request', { remaining: 1, resetsAt: null }, ['1 request of 1000 per hour left.']],
    ['nothing', { remaining: 0, resetsAt: null }, ['0 requests of 1000 per hour left.']],
    ['a twentieth', { remaining: 50 }, []],
    [
      'less than a twentieth of a small limit',
      { limit: 100, remaining: 4, resetsAt: null },
      ['4 requests of 100 per hour left.'],
    ],
    ['an unknown limit', { limit: null, remaining: 1 }, []],
    ['an unknown rest', { remaining: null }, []],
  ])('%s', (_, budget, expected) => {
    const given = { limit: 1_000, remaining: 900, resetsAt: reset, ...budget }
    const left = lowShareWarning(given).map(
      ({ message }) => /has (.*?left.*?\.)(?: |$)/.exec(message)?.[1],
    )
    expect(left).toEqual(expected)
  })
})
