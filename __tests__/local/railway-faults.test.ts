import { request as httpRequest } from 'node:http'
import { afterEach, describe, expect, it } from '@jest/globals'
import {
  type FaultName,
  type FaultRule,
  faultCatalogue,
  seededFaults,
} from '../../local/railway/index.ts'
import { bench, closeAll } from './railway-harness.ts'

afterEach(closeAll)

async function web(faults: FaultRule[] = []) {
  const started = await bench({ faults })
  const { ask, world } = started
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop')
  const { id } = world.environmentOf(shop, 'production')
  const service = world.service(shop, 'web', { source: { repo: 'acme/shop' } })
  const token = world.workspaceToken(acme)
  const mutation = `mutation Deploy { serviceInstanceDeployV2(environmentId: "${id}", serviceId: "${service.id}") }`
  return { ...started, token, service, mutation, deploy: () => ask(token, mutation) }
}

const tries = async (what: Promise<unknown>) => {
  try {
    return await what
  } catch {
    return 'failed'
  }
}

describe('a fault', () => {
  it.each<[FaultName, { answer?: object | 'failed'; effect: boolean }]>([
    ['reset-before-effect', { answer: 'failed', effect: false }],
    ['reset-after-effect', { answer: 'failed', effect: true }],
    ['status-500', { answer: { status: 500 }, effect: false }],
    ['status-500-after-effect', { answer: { status: 500 }, effect: true }],
    ['status-502-html', { answer: { status: 502, body: undefined }, effect: false }],
    ['status-502-html-after-effect', { answer: { status: 502 }, effect: true }],
    ['status-503-retry-after', { answer: { status: 503 }, effect: false }],
    ['status-504-after-effect', { answer: { status: 504 }, effect: true }],
    ['truncated', { answer: { status: 200, body: undefined }, effect: true }],
    ['cut', { answer: 'failed', effect: true }],
    ['empty', { answer: { status: 200, text: '' }, effect: true }],
    [
      'wrong-name',
      {
        answer: { body: { data: { serviceInstanceDeployV2Renamed: expect.any(String) } } },
        effect: true,
      },
    ],
    ['wrong-type', { answer: { body: { data: { serviceInstanceDeployV2: 7 } } }, effect: true }],
    ['rate-limited', { answer: { status: 429 }, effect: false }],
    ['edge-limited', { answer: { status: 429, body: undefined }, effect: false }],
    ['throttled', { answer: { status: 200, body: { data: null } }, effect: false }],
    ['cooldown', { answer: { status: 200, body: { data: null } }, effect: false }],
    ['problem', { answer: { status: 200 }, effect: false }],
    [
      'refused',
      {
        answer: {
          body: { errors: [{ message: 'Not Authorized', path: ['serviceInstanceDeployV2'] }] },
        },
        effect: false,
      },
    ],
    ['list-lag', { answer: { status: 200 }, effect: true }],
    ['redirect', { answer: { status: 302 }, effect: false }],
  ])('%s', async (fault, { answer, effect }) => {
    const { deploy, railway, world } = await web([{ root: 'serviceInstanceDeployV2', fault }])
    const got = await tries(deploy())
    if (answer === 'failed') expect(got).toBe('failed')
    else expect(got).toMatchObject(answer ?? {})
    expect(world.newDeployments()).toHaveLength(effect ? 1 : 0)
    expect(railway.requests[0]).toMatchObject({ fault, effect })
    expect(railway.injected).toEqual([{ request: 0, operationName: 'Deploy', name: fault }])
    expect((await deploy()).status).toBe(200)
  })

  it('has the headers of its response, such as `Retry-After`', async () => {
    const { deploy } = await web([
      { fault: 'rate-limited' },
      { nth: 2, fault: 'status-503-retry-after' },
      { nth: 3, fault: 'edge-limited' },
      { nth: 4, fault: 'redirect' },
    ])
    expect((await deploy()).headers.get('retry-after')).toBe('9')
    expect((await deploy()).headers.get('retry-after')).toBe('7')
    expect((await deploy()).headers.get('x-ratelimit-limit')).toBeNull()
    expect((await deploy()).headers.get('location')).toBe('https://elsewhere.example/graphql/v2')
  })

  it('of silence sends no response until the client aborts', async () => {
    for (const effect of [false, true]) {
      const { clock, mutation, railway, token, world } = await web([
        { fault: { kind: 'silence', effect } },
      ])
      const request = httpRequest(`${railway.url}?a`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'x-simulated-request': 'r1' },
      })
      request.on('error', () => {})
      request.end(JSON.stringify({ query: mutation }))
      while (clock.held.length === 0) await new Promise(setImmediate)
      expect(clock.held).toEqual(['r1'])
      expect(world.newDeployments()).toHaveLength(effect ? 1 : 0)
      request.destroy()
      while (clock.held.length > 0) await new Promise(setImmediate)
      expect(railway.requests[0]).toMatchObject({ status: null, answeredAt: null, effect })
    }
  })

  it.each([
    ['slow', 1],
    ['late', 0],
  ] as const)('%s: the response comes late, the change comes %s', async (kind, made) => {
    const { clock, deploy, railway, world } = await web([{ fault: { kind, seconds: 20 } }])
    const start = clock.now()
    const answer = deploy()
    while (clock.held.length === 0) await new Promise(setImmediate)
    expect(world.newDeployments()).toHaveLength(made)
    await clock.pass(20)
    expect((await answer).status).toBe(200)
    expect(clock.held).toEqual([])
    expect(world.newDeployments()).toHaveLength(1)
    expect(railway.requests[0]?.answeredAt).toBe(start + 20_000)
  })

  it('may change a nested field', async () => {
    const { ask, token } = await web([{ fault: { kind: 'shape', field: 'name', change: 'null' } }])
    const { body } = await ask(token, '{ projects { edges { node { name } } } }')
    expect(body.data.projects.edges).toEqual([{ node: { name: null } }])
  })
})

describe('a rule', () => {
  it('counts the requests that it matches, and fails so many of them', async () => {
    const { ask, deploy, railway, token } = await web([
      { root: 'serviceInstanceDeployV2', nth: 2, times: 2, fault: 'status-500' },
    ])
    const codes: unknown[] = []
    for (let count = 0; count < 4; count++) {
      codes.push((await deploy()).status)
      await ask(token, '{ projects { edges { cursor } } }')
    }
    expect(codes).toEqual([200, 500, 500, 200])
    expect(railway.injected).toHaveLength(2)
  })

  it('can be added while the server runs', async () => {
    const { deploy, railway } = await web()
    railway.inject({ operation: 'Deploy', fault: 'status-500' })
    expect((await deploy()).status).toBe(500)
  })
})

describe('faults from a seed', () => {
  const facts = (index: number, service: string) => ({
    index,
    kind: 'mutation' as const,
    operationName: 'Deploy',
    roots: ['serviceInstanceDeployV2'],
    variables: { service },
  })
  const draw = (seed: number, order: string[]) => {
    const source = seededFaults({ seed, rate: 0.5 })
    const drawn = order.map((name, index) => [name, source.next(facts(index, name))?.name])
    return drawn.sort()
  }

  it('are the same for the same seed, in whatever order the requests arrive', () => {
    const order = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
    expect(draw(1, order)).toEqual(draw(1, [...order].reverse()))
    expect(draw(1, order)).not.toEqual(draw(2, order))
  })

  it('let every request through in the end', () => {
    const source = seededFaults({ seed: 1, rate: 1 })
    const met = Array.from(
      { length: 6 },
      (_, index) => source.next(facts(index, 'a')) !== undefined,
    )
    expect(met).toEqual([true, true, false, true, true, false])
  })

  it('come in all the requested kinds', () => {
    const kinds: FaultName[] = ['empty', 'cut']
    const source = seededFaults({ seed: 1, rate: 1, kinds })
    for (let index = 0; index < 50; index++) source.next(facts(index, String(index)))
    expect(new Set(source.injected.map(({ name }) => name))).toEqual(new Set(kinds))
  })

  it('are in the catalogue', () => {
    expect(Object.keys(faultCatalogue)).toMatchSnapshot()
  })
})
