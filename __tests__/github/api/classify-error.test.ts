import { describe, expect, it } from '@jest/globals'
import { classifyErrorResponse } from '../../../src/github/api/classify-error.ts'

const now = Date.UTC(2026, 10, 26)

const answer = (status: number, message?: unknown, headers: Record<string, string | number> = {}) =>
  classifyErrorResponse({ status, headers, data: message === undefined ? null : { message } }, now)

describe('the cause of a refusal by GitHub', () => {
  it.each<[string, number, unknown, string]>([
    ['a missing permission', 403, 'Resource not accessible by integration', 'missing-permission'],
    ['a missing scope', 403, 'Must have admin rights to Repository.', 'missing-permission'],
    ['a refusal without a message', 403, undefined, 'missing-permission'],
    ['a token that is no good', 401, 'Bad credentials', 'the `github-token` is not valid'],
    [
      'a locked conversation',
      403,
      'Unable to create comment because issue is locked.',
      'the conversation is locked',
    ],
    [
      'an archived repository',
      403,
      'Repository was archived so is read-only.',
      'the repository is archived and can only be read',
    ],
    [
      'single sign-on',
      403,
      'Resource protected by organization SAML enforcement. You must grant your OAuth token access to this organization.',
      "the token is not authorized for the organization's single sign-on",
    ],
    [
      'a suspended installation',
      403,
      'This installation has been suspended',
      'the account or the installation is suspended',
    ],
    [
      'an allow list',
      403,
      'Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled',
      "the organization's IP allow list does not have this runner",
    ],
    [
      'something else',
      403,
      'Sorry. Your account was flagged.',
      'HTTP 403 (Sorry. Your account was flagged.)',
    ],
    ['a missing object', 404, 'Not Found', 'not-found'],
    ['a text that is no message', 403, { nested: true }, 'missing-permission'],
    ['a message without end', 422, 'x'.repeat(5_000), `HTTP 422 (${'x'.repeat(300)})`],
  ])('%s', (_, status, message, expected) => {
    const { cause, retryAfter } = answer(status, message)
    expect(cause.kind === 'refused' ? cause.detail : cause.kind).toBe(expected)
    expect(retryAfter).toBeNull()
  })
})

describe('a page of something in front of GitHub', () => {
  const page = '<html><body><h1>Forbidden</h1>You need permission for this site.</body></html>'

  it.each([
    ['a firewall', 403, page],
    ['a proxy without a message', 403, 'Forbidden'],
    ['a proxy that requires a password', 407, page],
    ['a server that does not know the path', 404, page],
  ])('of %s is no missing permission', (_, status, data) => {
    const { cause, retryAfter } = classifyErrorResponse({ status, headers: {}, data }, now)
    const detail = `HTTP ${status}, which is no response of GitHub's API`
    expect([cause, retryAfter]).toEqual([{ kind: 'refused', detail }, null])
  })

  it.each([
    ['no content type', '{"message":"Resource not accessible by integration"}'],
    ['spaces around it', ' {"message":"Must have admin rights"}\n'],
  ])('is not recognized in JSON with %s', (_, data) => {
    const { cause } = classifyErrorResponse({ status: 403, headers: {}, data }, now)
    expect(cause).toEqual({ kind: 'missing-permission' })
  })

  it('that is a limit causes a wait', () => {
    const limited = { status: 429, headers: { 'retry-after': '7' }, data: page }
    expect(classifyErrorResponse(limited, now).retryAfter).toBe(7)
  })
})

describe('a limit of GitHub', () => {
  it.each<[string, number, string, Record<string, string | number>, string, number]>([
    [
      'without a header, with requests left',
      403,
      'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
      { 'x-ratelimit-remaining': '4990' },
      'its secondary rate limit',
      60,
    ],
    ['with seconds', 429, 'Slow down', { 'retry-after': '5' }, 'its rate limit', 5],
    ['with a number', 429, 'Slow down', { 'retry-after': 7 }, 'its rate limit', 7],
    ['merged by a proxy', 429, '', { 'retry-after': '5, 9' }, 'its rate limit', 5],
    [
      'with a date',
      429,
      '',
      { 'retry-after': 'Thu, 26 Nov 2026 00:00:30 GMT' },
      'its rate limit',
      30,
    ],
    [
      'with a date in the past',
      429,
      '',
      { 'retry-after': 'Thu, 01 Jan 1970' },
      'its rate limit',
      1,
    ],
    [
      'with a time beyond dates',
      429,
      '',
      { 'retry-after': '9'.repeat(30) },
      'its rate limit',
      3600,
    ],
    ['with invalid text', 429, '', { 'retry-after': 'soon' }, 'its rate limit', 60],
    [
      'with a reset',
      403,
      'API rate limit exceeded',
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 42) },
      'its rate limit',
      42,
    ],
    [
      'with a reset in nanoseconds',
      403,
      'API rate limit exceeded',
      { 'x-ratelimit-remaining': 0, 'x-ratelimit-reset': '1795653625000000000' },
      'its rate limit',
      3600,
    ],
  ])('%s', (_, status, message, headers, detail, retryAfter) => {
    expect(answer(status, message, headers)).toEqual({
      cause: { kind: 'refused', detail },
      retryAfter,
    })
  })
})
