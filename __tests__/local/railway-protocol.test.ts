import { afterEach, describe, expect, it } from '@jest/globals'
import { bench, closeAll } from './railway-harness.ts'

afterEach(closeAll)

async function two(options: Parameters<typeof bench>[0] = {}) {
  const started = await bench(options)
  const acme = started.world.workspace('Acme')
  const shop = started.world.project(acme, 'shop', { environments: ['production', 'staging'] })
  const web = started.world.service(shop, 'web', { source: { repo: 'acme/shop' } })
  const production = started.world.environmentOf(shop, 'production')
  return { ...started, acme, shop, web, production, token: started.world.workspaceToken(acme) }
}

describe('an error', () => {
  it('comes with HTTP 200, a path, and a trace id that is a string of 18 or 19 digits', async () => {
    const { ask, token } = await two()
    const { body, status } = await ask(token, 'query Q { one: project(id: "none") { id } }')
    expect(status).toBe(200)
    expect(body).toEqual({
      data: null,
      errors: [
        {
          message: 'Project not found',
          path: ['one'],
          locations: expect.any(Array),
          extensions: { code: 'INTERNAL_SERVER_ERROR' },
          traceId: expect.stringMatching(/^\d{18,19}$/),
        },
      ],
    })
  })

  it('may carry its trace id among the extensions', async () => {
    const { ask, token } = await two({ behaviour: { traceIdIn: 'extensions' } })
    const { body } = await ask(token, '{ project(id: "none") { id } }')
    expect(body.errors[0].extensions.traceId).toMatch(/^\d+$/)
    expect(body.errors[0]).not.toHaveProperty('traceId')
  })

  it.each([
    ['a field that does not exist', '{ nonsense }', 'GRAPHQL_VALIDATION_FAILED'],
    ['half a document', '{ me {', 'GRAPHQL_PARSE_FAILED'],
    [
      'a variable of the wrong type',
      'query ($id: String!) { project(id: $id) { id } }',
      'BAD_USER_INPUT',
    ],
  ])('about %s: HTTP 400 and no data at all', async (_, query, code) => {
    const { ask, token } = await two()
    const { body, status } = await ask(token, query, { id: 7 })
    expect(status).toBe(400)
    expect(body).not.toHaveProperty('data')
    expect(body.errors[0].extensions.code).toBe(code)
    expect(body.errors[0].traceId).toMatch(/^\d+$/)
  })

  it('about bad input may come with HTTP 200', async () => {
    const { ask, token } = await two({ behaviour: { badInputStatus: 200 } })
    const { status } = await ask(token, 'query ($id: String!) { project(id: $id) { id } }', {})
    expect(status).toBe(200)
  })

  it('for another path is a 404 in JSON', async () => {
    const { railway } = await two()
    const answer = await fetch(new URL('/nowhere', railway.url))
    expect(answer.status).toBe(404)
    expect(await answer.json()).toEqual({ message: 'Not Found', requestId: expect.any(String) })
  })
})

describe('a batch', () => {
  it('of reads has no data if one fails, and only the first error', async () => {
    const { ask, shop, token } = await two()
    const { body } = await ask(
      token,
      `{ a: project(id: "${shop.id}") { id } b: project(id: "x") { id } c: project(id: "y") { id } }`,
    )
    expect(body.data).toBeNull()
    expect(body.errors).toHaveLength(1)
    expect(body.errors[0].path).toEqual(['b'])
  })

  it('of mutations runs in order, stops at the first that fails, and loses all answers', async () => {
    const { ask, production, railway, token, web, world } = await two()
    const place = `environmentId: "${production.id}", serviceId:`
    const { body } = await ask(
      token,
      `mutation {
        a: serviceInstanceDeployV2(${place} "${web.id}")
        b: serviceInstanceDeployV2(${place} "none")
        c: serviceInstanceDeployV2(${place} "${web.id}")
      }`,
    )
    expect(body.data).toBeNull()
    expect(body.errors[0].path).toEqual(['b'])
    expect(world.newDeployments()).toHaveLength(1)
    expect(railway.requests[0]).toMatchObject({
      kind: 'mutation',
      roots: Array(3).fill('serviceInstanceDeployV2'),
      effect: true,
    })
  })
})

describe('a list', () => {
  const page = `query ($id: String!, $first: Int, $after: String, $last: Int, $before: String) {
    workspace(workspaceId: $id) { projects(first: $first, after: $after, last: $last, before: $before) {
      edges { node { name } cursor }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    } }
  }`

  async function five(options: Parameters<typeof bench>[0] = {}) {
    const started = await bench(options)
    const acme = started.world.workspace('Acme')
    for (const name of ['a', 'b', 'c', 'd', 'e']) started.world.project(acme, name)
    const token = started.world.workspaceToken(acme)
    const read = async (variables: Record<string, unknown>) => {
      const { body, status } = await started.ask(token, page, { id: acme.id, ...variables })
      const found = body.data?.workspace.projects
      const names = found?.edges.map(({ node }: { node: { name: string } }) => node.name).join('')
      return { status, names, pageInfo: found?.pageInfo }
    }
    return { ...started, acme, token, read }
  }

  it('has pages in both directions', async () => {
    const { read } = await five()
    const first = await read({ first: 2 })
    expect(first).toMatchObject({
      names: 'ab',
      pageInfo: { hasNextPage: true, hasPreviousPage: false },
    })
    const { endCursor } = first.pageInfo
    const second = await read({ first: 3, after: endCursor })
    expect(second).toMatchObject({
      names: 'cde',
      pageInfo: { hasNextPage: false, hasPreviousPage: true },
    })
    const back = await read({ last: 2, before: second.pageInfo.startCursor })
    expect(back).toMatchObject({ names: 'ab' })
    expect(await read({ first: 0 })).toMatchObject({
      names: '',
      pageInfo: { hasNextPage: true, endCursor: null },
    })
  })

  it('has a default size and a maximum', async () => {
    const { read } = await five({ pages: { default: 3, max: 4 } })
    expect(await read({})).toMatchObject({ names: 'abc' })
    expect(await read({ first: 100 })).toMatchObject({
      names: 'abcd',
      pageInfo: { hasNextPage: true },
    })
  })

  it('may refuse larger pages', async () => {
    const { read } = await five({ pages: { max: 4, tooMany: 'refuse' } })
    expect(await read({ first: 5 })).toMatchObject({ status: 400 })
  })

  it('contains deleted objects with their date, unless they are excluded', async () => {
    const { acme, ask, token, world } = await five()
    world.project(acme, 'gone', { deleted: true })
    const list = async (args: string) =>
      (await ask(token, `{ projects${args} { edges { node { name deletedAt } } } }`)).body.data
        .projects.edges
    const all = await list('')
    expect(all).toHaveLength(6)
    expect(all[5].node).toEqual({ name: 'gone', deletedAt: expect.any(String) })
    expect(await list('(includeDeleted: false)')).toHaveLength(5)
  })
})

describe('a document that requests too much', () => {
  it.each([
    ['fields', { fields: 3 }, '{ projects { edges { node { id } } } }'],
    ['root fields', { roots: 1 }, '{ a: me { id } b: me { id } }'],
    [
      'objects',
      { objects: 100 },
      '{ projects(first: 10) { edges { node { services(first: 10) { edges { cursor } } } } } }',
    ],
  ])('%s: is refused before it runs', async (_, documents, query) => {
    const { ask, token } = await two({ documents })
    const { body, status } = await ask(token, query)
    expect(status).toBe(400)
    expect(body.errors[0]).toMatchObject({
      message: expect.stringContaining('too complex'),
      extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
    })
  })
})

describe('limits', () => {
  const cheap = '{ apiToken { workspaces { id } } }'

  it('are in the headers of every response', async () => {
    const { ask, clock, token } = await two({ limits: 'hobby' })
    const { headers } = await ask(token, cheap)
    expect(headers.get('x-ratelimit-limit')).toBe('1000')
    expect(headers.get('x-ratelimit-remaining')).toBe('999')
    expect(headers.get('x-ratelimit-reset')).toBe(String(clock.now() / 1000 + 3600))
    expect(headers.get('ratelimit-policy')).toBe('1000;w=3600, 10;w=1')
    expect(headers.get('retry-after')).toBeNull()
  })

  it.each([
    ['epoch-milliseconds', '1763643600000'.length],
    ['iso', '2026-11-20T13:00:00.000Z'.length],
    ['delta', '3600'.length],
  ] as const)('may give the reset as %s', async (reset, length) => {
    const headers = { reset, policy: 'structured', rateHeaders: true } as const
    const { ask, token } = await two({ limits: { perHour: 5, perSecond: 2, headers } })
    const answer = await ask(token, cheap)
    expect(answer.headers.get('x-ratelimit-reset')).toHaveLength(length)
    expect(answer.headers.get('ratelimit-policy')).toBe('"hour";q=5;w=3600, "second";q=2;w=1')
  })

  it('per hour: 429 in JSON that states the wait, until the hour is over', async () => {
    const { ask, clock, railway, token } = await two({ limits: { perHour: 2 } })
    await ask(token, cheap)
    await clock.pass(600)
    await ask(token, cheap)
    const third = await ask(token, cheap)
    expect(third.status).toBe(429)
    expect(third.headers.get('retry-after')).toBe('3000')
    expect(third.headers.get('x-ratelimit-remaining')).toBe('0')
    expect(third.body.errors[0].message).toContain('Rate limit')
    await clock.pass(3000)
    expect((await ask(token, cheap)).status).toBe(200)
    expect(railway.requests.map(({ status }) => status)).toEqual([200, 200, 429, 200])
  })

  it('per second: a sliding window', async () => {
    const { ask, clock, token } = await two({ limits: { perSecond: 2 } })
    await ask(token, cheap)
    await clock.pass(0.6)
    await ask(token, cheap)
    expect((await ask(token, cheap)).headers.get('retry-after')).toBe('1')
    await clock.pass(0.5)
    expect((await ask(token, cheap)).status).toBe(200)
    expect((await ask(token, cheap)).status).toBe(429)
  })

  it('count each token for itself', async () => {
    const { acme, ask, token, world } = await two({ limits: { perHour: 1 } })
    await ask(token, cheap)
    expect((await ask(world.workspaceToken(acme), cheap)).status).toBe(200)
  })

  it('of the edge: HTML, and only without a query string', async () => {
    const { railway, token } = await two()
    const send = (url: string) =>
      fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query: cheap }),
      })
    for (let count = 0; count < 10; count++) await send(railway.url)
    const blocked = await send(railway.url)
    expect(blocked.status).toBe(429)
    expect(blocked.headers.get('content-type')).toContain('text/html')
    expect(blocked.headers.get('x-ratelimit-limit')).toBeNull()
    expect(await blocked.text()).toContain('1015')
    expect((await send(`${railway.url}?source=me`)).status).toBe(200)
  })
})
