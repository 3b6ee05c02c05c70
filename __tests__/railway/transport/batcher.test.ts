import { describe, expect, it } from '@jest/globals'
import { deploymentState, servedDeployments } from '../../../src/railway/operations/deployments.ts'
import type { BatchOperation } from '../../../src/railway/operations/operation.ts'
import { stopAutoDeploy } from '../../../src/railway/operations/previews.ts'
import { Batcher } from '../../../src/railway/transport/batcher.ts'
import { data, scriptedClient } from '../fixture.ts'

/** The items that a response names: all that were rejected, the first one, or none. */
type Listed = 'all' | 'first' | 'none'

/** Returns numbers in [0, 1) that follow from a seed. */
function randomNumbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return state / 2 ** 31
  }
}

/** A Railway that rejects some services. It records how often each service was sent alone or accepted. */
function railway(rejected: ReadonlySet<string>, listed: Listed, message: string, answer: unknown) {
  const settled: string[] = []
  const scripted = scriptedClient(({ variables }) => {
    const services = Object.keys(variables)
      .filter((name) => /^(?:serviceId|id)\d+$/.test(name))
      .map((name) => [Number(/\d+$/.exec(name)?.[0]), String(variables[name])] as const)
      .toSorted(([a], [b]) => a - b)
    const failed = services.filter(([, service]) => rejected.has(service))
    if (failed.length === 0) {
      settled.push(...services.map(([, service]) => service))
      return data(Object.fromEntries(services.map(([index]) => [`item${index}`, answer])))
    }
    if (listed === 'none') return Response.json({ data: null, errors: [{ message }] })
    const errors = failed.map(([index]) => ({ message, path: [`item${index}`] }))
    const named = listed === 'all' ? failed : failed.slice(0, 1)
    settled.push(...named.map(([, service]) => service))
    return Response.json({ data: null, errors: errors.slice(0, named.length) })
  })
  return { ...scripted, settled }
}

const served = { latestDeployment: null, activeDeployments: [] }
const names = (count: number) => Array.from({ length: count }, (_, index) => `service-${index}`)
const itemsOf = (services: readonly string[]) =>
  services.map((serviceId) => ({ environmentId: 'production', serviceId }))

const kinds: Listed[] = ['all', 'first', 'none']
const messages = ['Environment not found', 'Not Authorized', 'Problem processing request']

describe.each(kinds)(
  'a batch with random rejected items, of which the response names %s',
  (listed) => {
    it.each(messages)(
      'returns the right result for each item and takes few requests: %s',
      async (message) => {
        const random = randomNumbers(7)
        for (let round = 0; round < 25; round += 1) {
          const services = names(1 + Math.floor(random() * 60))
          const share = [0, 0.05, 0.5, 0.95, 1][round % 5] ?? 0
          const rejected = new Set(services.filter(() => random() < share))
          const { client, requests, settled } = railway(rejected, listed, message, served)
          const answers = await new Batcher(client).call(servedDeployments, itemsOf(services))
          expect(answers.map(({ ok }) => ok)).toEqual(services.map((name) => !rejected.has(name)))
          expect(requests.length).toBeLessThanOrEqual(1.5 * services.length + 20)
          // An item that already has a response of its own is not sent again, but a rejection without a cause is retried.
          if (message !== 'Problem processing request') {
            expect(new Set(settled).size).toBe(settled.length)
          }
        }
      },
    )
  },
)

describe.each(kinds)(
  'a batch in a missing environment, of which the response names %s',
  (listed) => {
    it.each<
      [string, BatchOperation<{ environmentId: string; serviceId: string }, unknown>, unknown]
    >([
      ['a read', servedDeployments, served],
      ['a change that may be repeated', stopAutoDeploy, { enabled: false }],
    ])('needs one lookup: %s', async (_, operation, answer) => {
      const services = names(60)
      const stage = railway(new Set(services), listed, 'Environment not found', answer)
      const lookups: string[] = []
      const batcher = new Batcher(stage.client, async (id) => {
        lookups.push(id)
        return true
      })
      const answers = await batcher.call(operation, itemsOf(services))
      expect(answers.every(({ ok }) => !ok)).toBe(true)
      expect(stage.requests.length).toBeLessThanOrEqual(20)
      expect(new Set(lookups).size).toBeLessThanOrEqual(1)
    })

    it('needs one lookup: deployments, by the ids of their environments', async () => {
      const ids = names(60)
      const stage = railway(new Set(ids), listed, 'Deployment not found', {})
      const batcher = new Batcher(stage.client, async () => true)
      const items = ids.map((id) => ({ id }))
      const answers = await batcher.call(deploymentState, items, Array(60).fill('production'))
      expect(answers.every(({ ok }) => !ok)).toBe(true)
      expect(stage.requests.length).toBeLessThanOrEqual(20)
    })
  },
)

describe('a batch with rejected items in an environment that exists', () => {
  it.each(kinds)('still requests the others, if the response names %s', async (listed) => {
    const services = names(40)
    const rejected = new Set(services.slice(0, 10))
    const { client } = railway(rejected, listed, 'ServiceInstance not found', served)
    let lookups = 0
    const batcher = new Batcher(client, async () => {
      lookups += 1
      return false
    })
    const answers = await batcher.call(servedDeployments, itemsOf(services))
    expect(answers.map(({ ok }) => ok)).toEqual(services.map((name) => !rejected.has(name)))
    expect(lookups).toBeLessThanOrEqual(1)
  })

  it('keeps the items of another environment', async () => {
    const [gone, there] = [names(30), names(60).slice(30)]
    const { client } = railway(new Set(gone), 'first', 'Environment not found', served)
    const items = [
      ...itemsOf(gone).map((item) => ({ ...item, environmentId: 'gone' })),
      ...itemsOf(there),
    ]
    const answers = await new Batcher(client, async (id) => id === 'gone').call(
      servedDeployments,
      items,
    )
    expect(answers.map(({ ok }) => ok)).toEqual([
      ...gone.map(() => false),
      ...there.map(() => true),
    ])
  })
})

describe('a Railway that only responds to requests for one item, and for each item but one only to the second', () => {
  const lostAnswers: [string, () => Response][] = [
    [
      'a network error',
      () => {
        throw new TypeError('fetch failed')
      },
    ],
    ['HTTP 502', () => new Response('<html>', { status: 502 })],
    ['an empty body', () => new Response('')],
  ]
  it.each(lostAnswers)('returns all items: %s', async (_, lose) => {
    for (const count of [2, 3]) {
      const seen = new Set<string>()
      const { client } = scriptedClient(({ variables }) => {
        const item = String(variables.serviceId0)
        if ('serviceId1' in variables || (seen.size > 0 && !seen.has(item))) {
          if (!('serviceId1' in variables)) seen.add(item)
          return lose()
        }
        seen.add(item)
        return data({ item0: served })
      })
      const answers = await new Batcher(client).call(servedDeployments, itemsOf(names(count)))
      expect(answers.map(({ ok }) => ok)).toEqual(Array(count).fill(true))
    }
  })
})

/** Reads services again and again with one batcher, and returns those with a response and the number of requests. */
function repeatedReads(rejected: Set<string>) {
  const stage = railway(rejected, 'none', 'Not Authorized', served)
  const batcher = new Batcher(stage.client)
  return {
    read: async (services: readonly string[]) => {
      const before = stage.requests.length
      const answers = await batcher.call(servedDeployments, itemsOf(services))
      const read = services.filter((_, index) => answers[index]?.ok)
      return { read, requests: stage.requests.length - before }
    },
  }
}

describe('a read that is repeated after Railway rejected items', () => {
  it('requests one item if all were rejected, and all again after that one gets a response', async () => {
    const services = names(30)
    const rejected = new Set(services)
    const { read } = repeatedReads(rejected)
    await read(services)
    expect(await read(services)).toEqual({ read: [], requests: 1 })
    expect(await read(services)).toEqual({ read: [], requests: 1 })
    rejected.clear()
    expect(await read(services)).toEqual({ read: services, requests: 2 })
    expect(await read(services)).toEqual({ read: services, requests: 1 })
  })

  it('requests another item each time, so that one with a response is found', async () => {
    const services = names(4)
    const rejected = new Set(services)
    const { read } = repeatedReads(rejected)
    await read(services)
    rejected.delete('service-2')
    const found = [await read(services), await read(services), await read(services)]
    expect(found.map((one) => one.read)).toEqual([[], [], ['service-2']])
  })

  it('requests an item that was not rejected before', async () => {
    const rejected = new Set(names(30))
    const { read } = repeatedReads(rejected)
    await read(names(30))
    expect((await read(names(31))).read).toEqual(['service-30'])
  })

  it('requests a rejected item separately from accepted ones', async () => {
    const services = names(60)
    const { read } = repeatedReads(new Set(['service-17']))
    const others = services.filter((name) => name !== 'service-17')
    await read(services)
    expect(await read(services)).toEqual({ read: others, requests: 2 })
    expect(await read(services)).toEqual({ read: others, requests: 2 })
  })

  it('keeps the size of its batches', async () => {
    const services = names(30)
    const rejected = new Set(services)
    const { read } = repeatedReads(rejected)
    await read(services)
    rejected.clear()
    await read(services)
    expect((await read(services)).requests).toBe(1)
  })
})
