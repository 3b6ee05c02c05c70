import { describe, expect, it } from '@jest/globals'
import { classifyError } from '../../src/railway/transport/classify-error.ts'
import { type HttpReading, readHttpAnswer } from '../../src/railway/transport/http.ts'
import {
  type RateHeaders,
  readRateHeaders,
  readRetryAfter,
} from '../../src/railway/transport/rate-limit-headers.ts'

const now = Date.UTC(2026, 0, 5, 9)
const reader = (headers: Record<string, string>) => (name: string) => headers[name] ?? null

describe('rate limit headers', () => {
  it.each<[string, Record<string, string>, Partial<RateHeaders>]>([
    ['none', {}, { limit: null, remaining: null, resetsAt: null, perSecond: null }],
    [
      'counts',
      { 'x-ratelimit-limit': '1000', 'x-ratelimit-remaining': '7' },
      { limit: 1000, remaining: 7 },
    ],
    ['counts with a policy behind', { 'x-ratelimit-limit': '1000, 1000;w=3600' }, { limit: 1000 }],
    [
      'nonsense',
      { 'x-ratelimit-remaining': 'many', 'x-ratelimit-reset': 'soon' },
      { remaining: null, resetsAt: null },
    ],
    [
      'a reset in epoch seconds',
      { 'x-ratelimit-reset': String(now / 1000 + 60) },
      { resetsAt: now + 60_000 },
    ],
    [
      'a reset in epoch milliseconds',
      { 'x-ratelimit-reset': String(now + 60_000) },
      { resetsAt: now + 60_000 },
    ],
    [
      'a reset as ISO date',
      { 'x-ratelimit-reset': '2026-01-05T09:01:00Z' },
      { resetsAt: now + 60_000 },
    ],
    ['a reset in seconds from now', { 'x-ratelimit-reset': '60' }, { resetsAt: now + 60_000 }],
    [
      'a structured policy',
      { 'ratelimit-policy': '"hour";q=1000;w=3600, "burst";q=10;w=1' },
      { perSecond: 10 },
    ],
    ['an older policy', { 'ratelimit-policy': '1000;w=3600, 50;w=1' }, { perSecond: 50 }],
    ['a policy without a short window', { 'ratelimit-policy': '1000;w=3600' }, { perSecond: null }],
  ])('%s', (_, headers, expected) => {
    expect(readRateHeaders(reader(headers), now)).toMatchObject(expected)
  })

  it.each([
    [null, null],
    ['7', 7_000],
    ['Mon, 05 Jan 2026 09:00:30 GMT', 30_000],
    ['Mon, 05 Jan 2026 08:00:00 GMT', 0],
    ['later', null],
  ])('Retry-After %j', (text, expected) => {
    expect(readRetryAfter(text, now)).toBe(expected)
  })
})

describe('an answer over HTTP', () => {
  const edge = '<html><title>Access denied | error 1015</title>used Cloudflare to restrict access'

  it.each<[string, number, string, Partial<HttpReading>]>([
    ['data', 200, '{"data":{}}', { kind: 'graphql' }],
    ['a validation error', 400, '{"errors":[{"message":"x"}]}', { kind: 'graphql' }],
    ['the API limit', 429, '{"errors":[]}', { kind: 'rate-limited', by: 'api' }],
    ['the edge limit', 429, edge, { kind: 'rate-limited', by: 'edge' }],
    ['the edge limit as 403', 403, edge, { kind: 'rate-limited', by: 'edge' }],
    ['a redirect', 302, '', { kind: 'broken' }],
    ['an empty body', 200, '', { kind: 'broken', detail: 'an empty body' }],
    ['half a body', 200, '{"data":{"me"', { kind: 'broken', detail: 'a body that is no JSON' }],
    ['JSON that is no answer', 200, '{"message":"Not Found"}', { kind: 'broken' }],
    ['a list', 200, '[{"data":{}}]', { kind: 'broken' }],
    ['a server error with data', 500, '{"data":{}}', { kind: 'broken', detail: 'HTTP 500' }],
    ['a page', 502, '<html>', { kind: 'broken', detail: 'HTTP 502' }],
  ])('%s', (_, status, body, expected) => {
    expect(readHttpAnswer({ status, body, header: () => null }, now)).toMatchObject(expected)
  })
})

describe('what an error means', () => {
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
  ])('%s', (message, code, meaning) => {
    expect(classifyError({ message, extensions: { code } })).toBe(meaning)
  })
})
