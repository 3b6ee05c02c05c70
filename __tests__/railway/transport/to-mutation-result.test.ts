import { describe, expect, test } from '@jest/globals'
import {
  ApiError,
  type ApiProblem,
  type ObjectPresence,
  problemOf,
} from '../../../src/railway/transport/api-error.ts'
import {
  acceptOrThrow,
  toMutationResult,
} from '../../../src/railway/transport/to-mutation-result.ts'

const mutation = {
  activity: 'deploy',
  object: 'web',
  tokenType: 'workspace',
  ifRejected: 'not-deployed',
  ifLost: 'deployment-unknown',
} as const

const refused = (reason: Extract<ApiProblem, { kind: 'refused' }>['reason']): ApiProblem => ({
  kind: 'refused',
  operation: 'DeployService',
  reason,
  message: 'no',
  path: [],
  traceId: null,
  workspace: null,
})

const incompatible: ApiProblem = {
  kind: 'incompatible',
  operation: 'DeployService',
  field: 'data',
  detail: 'unexpected',
}

const deleted: ObjectPresence = {
  kind: 'deleted',
  what: 'service',
  at: { project: 'shop', environment: 'production', service: 'web' },
}

describe('toMutationResult', () => {
  test.each<[string, ApiProblem, object]>([
    ['a cancelled job', { kind: 'cancelled' }, { kind: 'not-sent' }],
    [
      'a rejection with a cause',
      refused('name-taken'),
      { kind: 'rejected', reason: 'name-taken', certain: true },
    ],
    [
      'a rejection without a cause',
      refused('other'),
      { kind: 'rejected', reason: 'other', certain: false },
    ],
    [
      'a limit',
      { kind: 'rate-limited', by: 'api', resetsAt: null },
      { kind: 'rejected', reason: 'rate-limited', certain: true },
    ],
    [
      'a request that never left',
      { kind: 'unavailable', detail: 'ECONNREFUSED', sent: false },
      { kind: 'rejected', reason: 'unavailable', certain: true },
    ],
    ['a lost answer', { kind: 'unavailable', detail: 'ECONNRESET', sent: true }, { kind: 'lost' }],
    ['an answer that cannot be read', incompatible, { kind: 'lost' }],
  ])('%s', (_, problem, expected) => {
    expect(toMutationResult(problem, mutation)).toMatchObject(expected)
  })

  test.each([
    ['with a cause', refused('not-found'), true],
    ['without a cause', refused('other'), false],
  ])('a rejection %s, of an object that was deleted', (_, problem, certain) => {
    const expected = { kind: 'rejected', reason: 'deleted', certain }
    expect(toMutationResult(problem, { ...mutation, presence: deleted })).toMatchObject(expected)
  })

  test.each([
    [true, 'deployment-unknown'],
    [false, 'not-deployed'],
  ])('states the effect of a request that was sent: %s', (sent, effect) => {
    const result = toMutationResult({ kind: 'unavailable', detail: 'a reset', sent }, mutation)
    expect(result).toHaveProperty('failure.facts.effect', effect)
  })
})

test('an answer of false is a rejection without a cause', () => {
  let thrown: unknown
  try {
    acceptOrThrow({ name: 'RollBackTo' }, false)
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(ApiError)
  expect(toMutationResult(problemOf(thrown), mutation)).toMatchObject({
    kind: 'rejected',
    reason: 'other',
    certain: false,
  })
  expect(() => acceptOrThrow({ name: 'RollBackTo' }, true)).not.toThrow()
})
