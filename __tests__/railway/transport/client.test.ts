import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { messageFor } from '../../../src/errors/messages/message-for.ts'
import { deployService } from '../../../src/railway/operations/deployments.ts'
import { tokenWorkspaces } from '../../../src/railway/operations/token.ts'
import { ApiError, toFailure } from '../../../src/railway/transport/api-error.ts'
import { data, scriptedClient, start } from '../fixture.ts'

const reading = {
  activity: 'detect-token',
  object: 'TokenWorkspaces',
  tokenType: 'workspace',
  effect: 'nothing-changed',
} as const

const good = { apiToken: { workspaces: [{ id: 'w', name: 'Acme' }] } }
const deploy = { serviceId: 's', environmentId: 'e' }

/** Returns the problem that a request ends with. */
async function problemOf(request: Promise<unknown>): Promise<ApiError['problem']> {
  const error: unknown = await request.then(
    () => null,
    (thrown: unknown) => thrown,
  )
  if (error instanceof ApiError) return error.problem
  throw error
}

describe('a 429 with an invalid wait', () => {
  it.each([
    ['a wait beyond dates', { 'retry-after': '9999999999999999' }],
    ['a date beyond dates', { 'retry-after': 'Fri, 31 Dec 9999 23:59:59 GMT' }],
    ['hundreds of digits', { 'retry-after': '9'.repeat(400) }],
    [
      'a reset in nanoseconds of another year',
      { 'x-ratelimit-reset': '1795653625000000000', 'retry-after': '3600' },
    ],
    ['two waits', { 'retry-after': '3600, 7200' }],
  ])('%s: ends with a failure that has a message', async (_, headers) => {
    const { client, clock } = scriptedClient(
      () => Response.json({ message: 'rate limited' }, { status: 429, headers }),
      { deadline: () => start + 600_000 },
    )
    const problem = await problemOf(client.call(tokenWorkspaces, {}))
    expect(problem.kind).toBe('rate-limited')
    expect(messageFor(toFailure(problem, reading)).why).toMatch(/later than `timeout`/)
    expect(clock.now()).toBeLessThanOrEqual(start + 600_000)
  })
})

describe('the wait after a 429', () => {
  it.each([
    ['of the API', '{"message":"rate limited"}', "the rate limit of Railway's API"],
    [
      'of the network in front of it',
      '<html>error code: 1015</html>',
      "the rate limit of the network in front of Railway's API (Cloudflare)",
    ],
    ['without a body', '', "the rate limit of the network in front of Railway's API (Cloudflare)"],
  ])('%s: is logged with its end and its reason', async (_, body, because) => {
    const waits: unknown[] = []
    const { client } = scriptedClient(
      (_, count) =>
        count === 1
          ? new Response(body, { status: 429, headers: { 'retry-after': '7' } })
          : data(good),
      { onWait: (wait) => waits.push(wait) },
    )
    await client.call(tokenWorkspaces, {})
    expect(waits).toEqual([{ until: start + 7_000, because }])
  })
})

describe('for any response', () => {
  const header = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'0123456789-.,:;= "TZGMTqwu') }),
    fc.constantFrom('', '0', '-1', '1e400', 'NaN', '1795653625000000000', 'Mon, 05 Jan 2026'),
  )
  const answer = fc.record({
    status: fc.constantFrom(200, 201, 301, 400, 401, 403, 404, 429, 500, 502, 503),
    body: fc.oneof(
      fc.json(),
      fc.string(),
      fc.constantFrom('', '{', 'null', '{"data":null}', '{"errors":[]}', '{"errors":null}'),
      fc.constantFrom('{"errors":[{}]}', '{"errors":[null]}', '{"data":{"apiToken":7}}'),
      fc
        .json()
        .map((json) => `{"errors":[{"message":${json},"path":${json},"extensions":${json}}]}`),
    ),
    headers: fc.record({
      'retry-after': header,
      'x-ratelimit-limit': header,
      'x-ratelimit-remaining': header,
      'x-ratelimit-reset': header,
      'ratelimit-policy': header,
    }),
  })

  it('a request ends by the deadline, with a result or with a problem that has a message', async () => {
    const property = fc.asyncProperty(
      fc.array(answer, { minLength: 1, maxLength: 4 }),
      async (all) => {
        const { client, clock } = scriptedClient(
          (_, count) => {
            const { status, body, headers } = all[(count - 1) % all.length] ?? {
              status: 500,
              body: '',
              headers: {},
            }
            return new Response(body, { status, headers })
          },
          { deadline: () => start + 60_000 },
        )
        for (const request of [
          () => client.call(tokenWorkspaces, {}),
          () => client.call(deployService, deploy),
        ]) {
          const result = await request().catch((error: unknown) => error)
          if (result instanceof Error) {
            if (!(result instanceof ApiError)) throw result
            messageFor(toFailure(result.problem, reading))
          }
        }
        expect(clock.now()).toBeLessThanOrEqual(start + 60_000 + 1_000)
      },
    )
    await fc.assert(property, { numRuns: 200 })
  })
})

describe('a slow rate with a short timeout', () => {
  it('does not delay the run beyond it', async () => {
    const { client, clock } = scriptedClient(
      () =>
        Response.json(
          { data: good },
          { headers: { 'ratelimit-policy': 'q=1;w=10, "slow";q=1;w=10' } },
        ),
      { deadline: () => start + 30_000 },
    )
    const ends = await Promise.allSettled(
      Array.from({ length: 8 }, () => client.call(tokenWorkspaces, {})),
    )
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(4)
    expect(clock.now()).toBeLessThanOrEqual(start + 30_000)
  })
})

describe('retries', () => {
  it('send a read again until it gets a response', async () => {
    const { client, requests } = scriptedClient((_, count) =>
      count < 3 ? new Response('<html>', { status: 502 }) : data(good),
    )
    expect(await client.call(tokenWorkspaces, {})).toEqual({ data: good, gaps: [] })
    expect(requests).toHaveLength(3)
  })

  it('never send a deployment again whose response was lost', async () => {
    const { client, requests } = scriptedClient(() => new Response('<html>', { status: 502 }))
    expect(await problemOf(client.call(deployService, deploy))).toMatchObject({
      kind: 'unavailable',
      detail: 'HTTP 502',
      sent: true,
    })
    expect(requests).toHaveLength(1)
  })

  it('send a deployment again after a limit, once that is over', async () => {
    const { client, requests } = scriptedClient((_, count) =>
      count === 1
        ? Response.json({}, { status: 429, headers: { 'retry-after': '7' } })
        : data({ serviceInstanceDeployV2: 'd' }),
    )
    await client.call(deployService, deploy)
    expect(requests.map(({ at }) => at - start)).toEqual([0, 7_000])
  })

  it('report a lost change even if something else goes wrong after it', async () => {
    const job = new AbortController()
    const { client } = scriptedClient(
      () => {
        job.abort()
        return new Response('', { status: 502 })
      },
      { signal: job.signal },
    )
    expect(await problemOf(client.call(deployService, deploy))).toMatchObject({ sent: true })
  })

  it('end at once if a token is no longer accepted', async () => {
    const { client, requests, clock } = scriptedClient(() =>
      Response.json({ message: 'Unauthorized' }, { status: 401 }),
    )
    expect(await problemOf(client.call(tokenWorkspaces, {}))).toMatchObject({
      kind: 'refused',
      reason: 'not-authorized',
    })
    expect(requests).toHaveLength(1)
    expect(clock.now()).toBe(start)
  })
})

describe('the time limit of a request near the deadline', () => {
  /** Sends a request at the start to an API that never responds, and returns the milliseconds of each attempt. */
  async function attempts(
    untilDeadline: number,
    send: (client: ReturnType<typeof scriptedClient>['client']) => Promise<unknown>,
  ) {
    const durations: number[] = []
    const { client } = scriptedClient(() => data(good), {
      deadline: () => start + untilDeadline,
      fetch: (_url, init) =>
        new Promise((_resolve, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
        }),
      onRequest: ({ milliseconds }) => durations.push(milliseconds),
    })
    await problemOf(send(client))
    return durations
  }

  it.each([
    ['ends a query at the deadline', 15_000, 15_000],
    ['leaves a query ten seconds at least', 2_000, 10_000],
    ['leaves a query ten seconds after the deadline', -60_000, 10_000],
  ])('%s', async (_, untilDeadline, expected) => {
    const durations = await attempts(untilDeadline, (client) => client.call(tokenWorkspaces, {}))
    expect(durations).toEqual([expected])
  })

  it('is not shortened for a mutation, whose response would be lost', async () => {
    const durations = await attempts(2_000, (client) => client.call(deployService, deploy))
    expect(durations).toEqual([deployService.timeLimit])
  })
})
