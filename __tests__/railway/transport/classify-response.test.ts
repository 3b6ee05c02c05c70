import { describe, expect, it } from '@jest/globals'
import { classifyError } from '../../../src/railway/transport/classify-error.ts'
import {
  classifyResponse,
  type ResponseKind,
} from '../../../src/railway/transport/classify-response.ts'
import { cpuMilliseconds } from '../../cpu-time.ts'

const now = Date.UTC(2026, 0, 5, 9)

/** A response in the form that `send` returns. */
function answer(status: number, body: string) {
  let json: unknown
  try {
    json = JSON.parse(body)
  } catch {
    json = undefined
  }
  return { status, body, json, header: () => null }
}

describe('a response over HTTP', () => {
  const edge = '<html><title>Access denied | error 1015</title>used Cloudflare to restrict access'

  it.each<[string, number, string, Partial<ResponseKind>]>([
    ['data', 200, '{"data":{}}', { kind: 'graphql' }],
    ['a validation error', 400, '{"errors":[{"message":"x"}]}', { kind: 'graphql' }],
    ['the API limit', 429, '{"errors":[]}', { kind: 'rate-limited', by: 'api' }],
    ['the edge limit', 429, edge, { kind: 'rate-limited', by: 'edge' }],
    ['the edge limit as 403', 403, edge, { kind: 'rate-limited', by: 'edge' }],
    ['a redirect', 302, '', { kind: 'broken' }],
    ['an empty body', 200, '', { kind: 'broken', detail: 'an empty body' }],
    ['half a body', 200, '{"data":{"me"', { kind: 'broken', detail: 'a body that is not JSON' }],
    ['JSON that is no response', 200, '{"message":"Not Found"}', { kind: 'broken' }],
    ['a list', 200, '[{"data":{}}]', { kind: 'broken' }],
    ['a server error with data', 500, '{"data":{}}', { kind: 'broken', detail: 'HTTP 500' }],
    [
      'a token that is not accepted',
      401,
      '{"message":"no"}',
      { kind: 'unauthorized', message: 'no' },
    ],
    ['the same as a page', 401, '<html>', { kind: 'unauthorized', message: 'HTTP 401' }],
    ['a refusal in JSON', 403, '{"error":1}', { kind: 'unauthorized', message: 'HTTP 403' }],
    ['a page that forbids', 403, '<html>', { kind: 'broken', detail: 'HTTP 403' }],
    ['a page', 502, '<html>', { kind: 'broken', detail: 'HTTP 502' }],
  ])('%s', (_, status, body, expected) => {
    expect(classifyResponse(answer(status, body), now)).toMatchObject(expected)
  })
})

describe('a page of 1.4 MB', () => {
  it.each([
    ['of a phrase of the edge', 'access denied '],
    ['of the same with line breaks', 'access denied\n\n'],
    ['of half a trace id', '"traceId" : "'],
    ['of spaces', ' '],
  ])('%s is recognized in bounded time', (_, phrase) => {
    const body = phrase.repeat(Math.ceil(1_400_000 / phrase.length))
    expect(cpuMilliseconds(() => classifyResponse(answer(403, body), now))).toBeLessThan(1_000)
  })
})

describe('the meaning of an error', () => {
  it.each([
    ['Not Authorized', 'INTERNAL_SERVER_ERROR', 'not-authorized'],
    ['Project Token not found', 'INTERNAL_SERVER_ERROR', 'not-found'],
    ['ServiceInstance not found', undefined, 'not-found'],
    ['Commit not found in acme/shop', 'INTERNAL_SERVER_ERROR', 'commit-not-found'],
    ['Two Factor Authentication Required', undefined, 'two-factor'],
    [
      'You are creating environments too quickly. This workspace allows 1 environment per 30 seconds',
      undefined,
      'cooldown',
    ],
    ['Only one environment can be created per user every 30s', undefined, 'cooldown'],
    ['Whoa there pal! You are creating projects too fast', undefined, 'cooldown'],
    ['Service deployment rate limit exceeded', undefined, 'throttled'],
    [
      'Cannot redeploy yet, please wait for the original deployment to finish building, then try again.',
      undefined,
      'throttled',
    ],
    ['A service named "x" already exists in this project', undefined, 'name-taken'],
    ['Cannot query field "x" on type "Query".', 'GRAPHQL_VALIDATION_FAILED', 'invalid-document'],
    ['Context creation failed', 'UNAUTHENTICATED', 'not-authorized'],
    ['Problem processing request', undefined, 'other'],
  ])('%s', (message, code, reason) => {
    expect(classifyError({ message, extensions: { code } })).toBe(reason)
  })

  it.each(['only one ', 'two factor ', 'not ', 'a'])(
    '%j 350,000 times takes bounded time',
    (phrase) => {
      const message = phrase.repeat(350_000)
      expect(cpuMilliseconds(() => classifyError({ message }))).toBeLessThan(1_000)
    },
  )
})
