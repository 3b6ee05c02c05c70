import { describe, expect, it } from '@jest/globals'
import { DeploymentSlots } from '../../src/execute/deployment-slots.ts'

/** Takes slots and records which callers have got one. */
function takers(slots: DeploymentSlots, ...names: string[]) {
  const got: string[] = []
  const releases = new Map<string, () => void>()
  const all = names.map(async (name) => {
    releases.set(name, await slots.take())
    got.push(name)
  })
  return { got, all, release: (name: string) => releases.get(name)?.() }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('the slots of deployments', () => {
  it('are assigned in the order of the calls, as many as there are', async () => {
    const slots = new DeploymentSlots(2)
    const { got, release } = takers(slots, 'a', 'b', 'c', 'd')
    await turn()
    expect([got, slots.waiting]).toEqual([['a', 'b'], 2])
    release('b')
    await turn()
    expect([got, slots.waiting]).toEqual([['a', 'b', 'c'], 1])
  })

  it('have no limit without a number', async () => {
    const slots = new DeploymentSlots(null)
    const names = Array.from({ length: 1000 }, (_, index) => `${index}`)
    const { got } = takers(slots, ...names)
    await turn()
    expect([got.length, slots.waiting, slots.isLimited]).toEqual([1000, 0, false])
  })

  it('are reserved beyond the limit, and none is assigned until enough are free', async () => {
    const slots = new DeploymentSlots(1)
    const [first, second, third] = [slots.reserve(), slots.reserve(), slots.reserve()]
    const { got } = takers(slots, 'a')
    first()
    second()
    await turn()
    expect(got).toEqual([])
    third()
    await turn()
    expect(got).toEqual(['a'])
  })

  it('are returned once, for any number of calls', async () => {
    const slots = new DeploymentSlots(1)
    const release = slots.reserve()
    const { got } = takers(slots, 'a', 'b')
    release()
    release()
    release()
    await turn()
    expect(got).toEqual(['a'])
  })
})
