import { createServer, type RequestListener, type Server } from 'node:http'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import type { Clock } from '../../../src/clock.ts'
import { GitHubClient } from '../../../src/github/api/client.ts'
import { GitHubCommits } from '../../../src/github/api/commits.ts'
import { noProxies } from '../../../src/proxy.ts'
import { Secret } from '../../../src/secret.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
}

/** The clock does not advance: waits between attempts end immediately, and the limit of an attempt never comes. */
const clock: Clock = {
  now: () => 0,
  sleep: (milliseconds) => (milliseconds < 15_000 ? Promise.resolve() : new Promise(() => {})),
}

const connect = (apiUrl: string, clockOfIt = clock) =>
  new GitHubClient({
    apiUrl,
    token: new Secret('github-token-value'),
    fetch: globalThis.fetch,
    proxies: noProxies,
    clock: clockOfIt,
    abandon: new AbortController().signal,
  })

const ask = (client: GitHubClient) =>
  client.send({ route: 'GET /thing', parameters: {}, response: z.unknown(), repeatable: false })

describe('the address of GraphQL', () => {
  it.each([
    ['https://api.github.com', 'https://api.github.com/graphql'],
    ['https://api.acme.ghe.com/', 'https://api.acme.ghe.com/graphql'],
    ['https://ghes.acme.example/api/v3', 'https://ghes.acme.example/api/graphql'],
    ['https://ghes.acme.example/api/v3/', 'https://ghes.acme.example/api/graphql'],
  ])('of %s is %s', (apiUrl, graphqlUrl) => {
    expect(connect(apiUrl).graphqlUrl).toBe(graphqlUrl)
  })
})

describe('a response of GitHub', () => {
  it('that redirects is not followed: the other host would get the token', async () => {
    const taken: (string | undefined)[] = []
    const elsewhere = await serve((request, response) => {
      taken.push(request.headers.authorization)
      response.end('{}')
    })
    const url = await serve((_, response) => {
      response.writeHead(302, { location: `${elsewhere}/thing` }).end()
    })
    expect(await ask(connect(url))).toMatchObject({
      ok: false,
      problem: { kind: 'refused', detail: expect.stringContaining('redirect') },
    })
    expect(taken).toEqual([])
  })

  it('without end is not read to the end', async () => {
    // A gzip file may consist of several members.
    const member = gzipSync(Buffer.alloc(1024 * 1024, ' '))
    const bomb = Buffer.concat(Array.from({ length: 80 }, () => member))
    const url = await serve((_, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' })
        .end(bomb)
    })
    expect(await ask(connect(url))).toMatchObject({
      ok: false,
      problem: { kind: 'lost', detail: 'a response that is too large' },
    })
  })
})

describe('an address of GitHub', () => {
  it.each(['not an address', '', 'ftp://github.example', 'https://'])(
    'that is "%s" is a warning and no internal error',
    async (url) => {
      expect(await ask(connect(url))).toEqual({
        ok: false,
        problem: { kind: 'not-sent', because: '`GITHUB_API_URL` is not an address' },
        retryAfter: null,
        silent: false,
      })
    },
  )
})

describe('two commits compared by GitHub', () => {
  const base = 'a'.repeat(40)
  const commit = 'b'.repeat(40)
  const repository = { owner: 'acme', repo: 'shop' }

  async function compare(pages: readonly unknown[], files = true, status = 200) {
    const sentRequests: string[] = []
    const url = await serve((request, response) => {
      sentRequests.push(request.url ?? '')
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'))
      const next = page < pages.length ? { link: `<${url}/x?page=${page + 1}>; rel="next"` } : {}
      response
        .writeHead(status, { 'content-type': 'application/json', ...next })
        .end(JSON.stringify(pages[page - 1] ?? {}))
    })
    const commits = new GitHubCommits(connect(url), repository)
    const comparison = await commits.compare(base, commit, { files })
    return { comparison, sentRequests: sentRequests.length, errors: commits.errors, commits }
  }

  const listing = (names: readonly string[]) => names.map((filename) => ({ filename }))
  const many = (count: number) => listing(Array.from({ length: count }, (_, index) => `f${index}`))

  it.each([
    ['ahead', 'newer', ['a']],
    ['behind', 'older', null],
    ['diverged', 'diverged', null],
    ['identical', 'same', ['a']],
  ])('%s is %s', async (status, relation, files) => {
    const { comparison } = await compare([{ status, files: listing(['a']) }])
    expect(comparison).toEqual({ relation, files })
  })

  it('contains both names of a renamed file', async () => {
    const files = [{ filename: 'new', previous_filename: 'old' }, { filename: 'old' }]
    const { comparison } = await compare([{ status: 'ahead', files }])
    expect(comparison.files).toEqual(['new', 'old'])
  })

  it('has the files of every page', async () => {
    const { comparison, sentRequests } = await compare([
      { status: 'ahead', files: many(100) },
      { status: 'ahead', files: listing(['last']) },
    ])
    expect(comparison.files).toHaveLength(101)
    expect(sentRequests).toBe(2)
  })

  it.each<[string, unknown[]]>([
    [
      'three hundred are listed, which is the limit of the list',
      [{ status: 'ahead', files: many(300) }],
    ],
    ['GitHub lists no files', [{ status: 'ahead' }]],
    [
      'there are more pages than are read',
      Array.from({ length: 12 }, () => ({ status: 'ahead', files: listing(['a']) })),
    ],
  ])('does not know all files if %s', async (_, pages) => {
    const { comparison } = await compare(pages)
    expect(comparison).toEqual({ relation: 'newer', files: null })
  })

  it('requests no list of files if none is needed', async () => {
    const pages = [{ status: 'ahead', files: many(100) }, {}]
    const { comparison, sentRequests } = await compare(pages, false)
    expect([comparison, sentRequests]).toEqual([{ relation: 'newer', files: null }, 1])
  })

  it.each([
    ['GitHub does not know one', 404, 0],
    ['the permission is missing', 403, 1],
    ['GitHub is down', 503, 1],
  ])('is unknown if %s', async (_, status, errors) => {
    const result = await compare([{}], true, status)
    expect(result.comparison).toEqual({ relation: 'unknown', files: null })
    expect(result.errors).toHaveLength(errors)
  })

  it.each([
    ['a branch', 'main', commit],
    ['an option', base, '--output=x'],
    ['a short commit', 'abc', commit],
  ])('is unknown for %s, without a request', async (_, from, to) => {
    const { commits, sentRequests } = await compare([{ status: 'ahead', files: [] }])
    expect(await commits.compare(from, to, { files: false })).toEqual({
      relation: 'unknown',
      files: null,
    })
    expect(sentRequests).toBe(1)
  })

  it.each([
    [`@@ -1 +1 @@\n-Subproject commit ${'a'.repeat(40)}`, ['libs/sub/']],
    [`@@ -0,0 +1 @@\n+Subproject commit ${'a'.repeat(40)}`, ['libs/sub/']],
    ['@@ -1 +1 @@\n-Subproject commits are fun', ['libs/sub']],
    [undefined, ['libs/sub']],
  ])('recognizes a submodule by its patch: %j', async (patch, expected) => {
    const files = [{ filename: 'libs/sub', ...(patch !== undefined && { patch }) }]
    const { comparison } = await compare([{ status: 'ahead', files }])
    expect(comparison.files).toEqual(expected)
  })

  it('is unknown beyond twenty of a run, without a request', async () => {
    let sentRequests = 0
    const url = await serve((_, response) => {
      sentRequests += 1
      const type = { 'content-type': 'application/json' }
      response.writeHead(200, type).end(JSON.stringify({ status: 'ahead', files: [] }))
    })
    const commits = new GitHubCommits(connect(url), repository)
    const bases = Array.from({ length: 25 }, (_, index) => index.toString(16).padStart(40, '0'))
    const found = await Promise.all(
      bases.map((one) => commits.compare(one, commit, { files: true })),
    )
    expect(found.map(({ relation }) => relation)).toEqual([
      ...Array.from({ length: 20 }, () => 'newer'),
      ...Array.from({ length: 5 }, () => 'unknown'),
    ])
    expect(sentRequests).toBe(20)
  })

  it('takes at most a minute in total, for any delay of the pages', async () => {
    let time = 0
    let sentRequests = 0
    const url = await serve((_, response) => {
      sentRequests += 1
      time += 14_000
      const next = { 'content-type': 'application/json', link: `<${url}/x?page=9>; rel="next"` }
      response.writeHead(200, next).end(JSON.stringify({ status: 'ahead', files: listing(['a']) }))
    })
    const commits = new GitHubCommits(connect(url, { ...clock, now: () => time }), repository)
    expect(await commits.compare(base, commit, { files: true })).toEqual({
      relation: 'newer',
      files: null,
    })
    expect(sentRequests).toBe(5)
    expect((await commits.compare(commit, base, { files: true })).relation).toBe('unknown')
    expect(sentRequests).toBe(5)
  })

  it('is requested once, for any number of uses', async () => {
    const { commits, sentRequests } = await compare([{ status: 'ahead', files: [] }])
    await commits.compare(base, commit, { files: true })
    expect(sentRequests).toBe(1)
  })
})
