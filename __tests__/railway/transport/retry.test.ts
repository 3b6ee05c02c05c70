import { describe, expect, it } from '@jest/globals'
import type { ApiProblem, ErrorReason } from '../../../src/railway/transport/api-error.ts'
import {
  decideRetry,
  type RetryDecision,
  type RetryState,
} from '../../../src/railway/transport/retry.ts'

const query = { kind: 'query', repeatable: true } as const
const repeatable = { kind: 'mutation', repeatable: true } as const
const once = { kind: 'mutation', repeatable: false } as const

const first: RetryState = {
  attempt: 1,
  spent: 0,
  retryBudget: 120_000,
  untilDeadline: 1_800_000,
  stopped: false,
  random: 0.5,
}

const refused = (reason: ErrorReason): ApiProblem => ({
  kind: 'refused',
  operation: 'X',
  reason,
  message: '',
  path: [],
  traceId: null,
  workspace: null,
})
const lost: ApiProblem = { kind: 'unavailable', detail: 'HTTP 502', sent: true }
const unsent: ApiProblem = { kind: 'unavailable', detail: 'ECONNREFUSED', sent: false }
const untrusted: ApiProblem = { kind: 'unavailable', detail: 'CERT', sent: false, final: true }
const limited: ApiProblem = { kind: 'rate-limited', by: 'api', resetsAt: null }
const incompatible: ApiProblem = { kind: 'incompatible', operation: 'X', field: 'y', detail: 'z' }

const stop: RetryDecision = { kind: 'stop' }
const wait = (milliseconds: number): RetryDecision => ({
  kind: 'wait',
  milliseconds,
})
const announced = (milliseconds: number): RetryDecision => ({
  kind: 'wait',
  milliseconds,
})

describe('decideRetry', () => {
  it.each<
    [
      string,
      ApiProblem,
      typeof query | typeof repeatable | typeof once,
      Partial<RetryState>,
      RetryDecision,
    ]
  >([
    ['a query without a response', lost, query, {}, wait(500)],
    ['the same for the third time', lost, query, { attempt: 3 }, wait(2_000)],
    ['the same for the tenth time', lost, query, { attempt: 10 }, wait(10_000)],
    ['the same with little luck', lost, query, { random: 0 }, wait(200)],
    ['the same with its budget spent', lost, query, { spent: 119_501 }, stop],
    ['the same with its budget not yet spent', lost, query, { spent: 119_500 }, wait(500)],
    ['a query that is worth no retry', lost, query, { retryBudget: 0 }, stop],
    ['a query too near the deadline', lost, query, { untilDeadline: 499 }, stop],
    ['a query after the deadline', lost, query, { untilDeadline: -1 }, stop],
    ['a query of a cancelled job', lost, query, { stopped: true }, { kind: 'cancel' }],
    ['a query that would end the same way', untrusted, query, {}, stop],
    ['a repeatable change without a response', lost, repeatable, {}, wait(500)],
    ['any other change without a response', lost, once, {}, stop],
    ['the same in a cancelled job', lost, once, { stopped: true }, stop],
    ['a change that never left', unsent, once, {}, wait(500)],
    ['a limit', limited, once, {}, { kind: 'queue' }],
    ['a cooldown', refused('cooldown'), once, {}, announced(35_500)],
    ['a cooldown beyond the deadline', refused('cooldown'), once, { untilDeadline: 35_000 }, stop],
    ['a throttle', refused('throttled'), once, {}, announced(10_000)],
    [
      'a throttle for the fourth time',
      refused('throttled'),
      once,
      { attempt: 4 },
      announced(40_000),
    ],
    [
      'a throttle for the ninth time',
      refused('throttled'),
      once,
      { attempt: 9 },
      announced(60_000),
    ],
    ['a rejection of a read without a cause', refused('other'), query, {}, announced(1_000)],
    ['the same for the second time', refused('other'), query, { attempt: 2 }, announced(2_000)],
    ['the same for the third time', refused('other'), query, { attempt: 3 }, stop],
    ['a rejection of a change without a cause', refused('other'), once, {}, stop],
    ['missing permission', refused('not-authorized'), query, {}, stop],
    ['a missing object', refused('not-found'), query, {}, stop],
    ['a name that is taken', refused('name-taken'), repeatable, {}, stop],
    ['a document that is not accepted', refused('invalid-document'), query, {}, stop],
    ['a response that cannot be read', incompatible, query, {}, stop],
    ['a cancelled request', { kind: 'cancelled' }, query, {}, stop],
  ])('%s', (_, problem, operation, state, expected) => {
    expect(decideRetry(problem, operation, { ...first, ...state })).toEqual(expected)
  })
})
