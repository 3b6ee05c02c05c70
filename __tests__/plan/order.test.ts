import { describe, expect, it } from '@jest/globals'
import { orderServices } from '../../src/plan/order.ts'
import { pattern, service } from '../fixtures.ts'
import { deployStep, previewStep } from '../report/fixtures.ts'

const services = ['web', 'db', 'api', 'worker'].map((name) => service(name))
const steps = [...services.map((one) => deployStep(one)), previewStep('update-preview')]

const order = (lines: string[], { of = steps, others = [] as string[] } = {}) =>
  orderServices({ steps: of, warnings: [] }, lines.map(pattern), {
    otherShards: others.map((name) => ({
      project: { id: 'p-other', name: 'other' },
      service: { id: `other-${name}`, name },
    })),
  })

const warning = (names: string) => ({
  title: 'nothing to put in order',
  message: `\`order\` has names that no selected service matches: ${names}. Services that match no line of \`order\` are deployed last. Correct the names in \`order\`, or select the services with \`services\`.`,
})

describe('the line of a service', () => {
  // lines, the lines of web, db, api and worker, warnings
  it.each<[string[], number[], object[]]>([
    [[], [0, 0, 0, 0], []],
    [['db'], [1, 0, 1, 1], []],
    [['DB', 's-web'], [1, 0, 2, 2], []],
    [['w*', '*'], [0, 1, 1, 0], []],
    [['*', 'db'], [0, 0, 0, 0], []],
    [['{db,api}', 'web'], [1, 0, 0, 2], []],
    [['{db,cache}'], [1, 0, 1, 1], [warning('"cache"')]],
    [['{cache,queue}'], [1, 1, 1, 1], [warning('"cache", "queue"')]],
    [['x*', 'db'], [2, 1, 2, 2], [warning('"x*"')]],
    [['{x,y}*'], [1, 1, 1, 1], [warning('"x*", "y*"')]],
  ])('%j: %j', (lines, expected, warnings) => {
    const ordered = order(lines)
    if (!ordered.ok) throw new Error(JSON.stringify(ordered.failures))
    expect(services.map((one) => ordered.value.lineOf(one.service))).toEqual(expected)
    expect(ordered.value.warnings).toEqual(warnings)
  })

  it('is wrong for a name that no service has, once for each', () => {
    const twice = [...steps, deployStep(service('db', { service: { id: 's-2', name: 'db' } }))]
    const noService = (given: string) => ({
      code: 'input-invalid',
      facts: {
        input: 'order',
        given,
        problem: { kind: 'no-match', of: 'services', available: ['web', 'db', 'api', 'worker'] },
      },
    })
    expect(order(['cache', 'db', 'queue'], { of: twice })).toEqual({
      ok: false,
      failures: [noService('cache'), noService('queue')],
    })
  })

  it('may be of a service in another shard', () => {
    const ordered = order(['cache', '{db,queue}'], { others: ['cache', 'queue'] })
    expect(ordered.ok && ordered.value.warnings).toMatchObject([
      { title: 'earlier services in another shard', message: expect.stringContaining('"cache".') },
    ])
    expect(ordered.ok && services.map((one) => ordered.value.lineOf(one.service))).toEqual([
      2, 1, 2, 2,
    ])
    const missing = order(['cache', 'x'], { others: ['cache'] })
    expect(missing.ok ? [] : missing.failures).toEqual([
      {
        code: 'input-invalid',
        facts: {
          input: 'order',
          given: 'x',
          problem: {
            kind: 'no-match',
            of: 'services',
            available: ['web', 'db', 'api', 'worker', 'cache'],
          },
        },
      },
    ])
  })

  it('has no warnings if nothing is selected', () => {
    const ordered = order(['x*'], { of: [] })
    expect(ordered.ok && ordered.value.warnings).toEqual([])
  })

  it.each([
    [
      20,
      '"n1*", "n2*", "n3*", "n4*", "n5*", "n6*", "n7*", "n8*", "n9*", "n10*", "n11*", "n12*", "n13*", "n14*", "n15*", "n16*", "n17*", "n18*", "n19*", "n20*"',
    ],
    [
      22,
      '"n1*", "n2*", "n3*", "n4*", "n5*", "n6*", "n7*", "n8*", "n9*", "n10*", "n11*", "n12*", "n13*", "n14*", "n15*", "n16*", "n17*", "n18*", "n19*", "n20*" and 2 more',
    ],
  ])('has at most twenty names in its warning, of %i', (count, names) => {
    const ordered = order([`n{1..${count}}*`])
    expect(ordered.ok && ordered.value.warnings).toEqual([warning(names)])
  })
})
