import { afterEach, describe, expect, it } from '@jest/globals'
import { createWorld, largeWorkspace, sampleWorkspace } from '../../local/railway/index.ts'
import { bench, closeAll, manualClock } from './railway-harness.ts'

afterEach(closeAll)

const inventory = `query ($first: Int!, $after: String) {
  projects(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node { id name environments(first: 10) { edges { node {
      id name canAccess
      serviceInstances(first: 20) { edges { node {
        serviceId serviceName source { repo image }
        latestDeployment { id status meta }
        domains { serviceDomains { domain } customDomains { domain } }
      } } }
    } } } } }
  }
}`

describe('the sample workspace', () => {
  it('is the same every time', () => {
    const one = createWorld({ clock: manualClock() })
    const other = createWorld({ clock: manualClock() })
    const { tokens } = sampleWorkspace(one)
    expect(sampleWorkspace(other).tokens).toEqual(tokens)
    expect(other.snapshot()).toEqual(one.snapshot())
    expect(Object.keys(one.snapshot())).toMatchSnapshot()
  })
})

describe('a workspace of 1,000 projects with 3 services each', () => {
  it('is read page by page, without a request per project', async () => {
    const { ask, railway, world } = await bench()
    const { token } = largeWorkspace(world, { projects: 1000, servicesPerProject: 3 })
    let after: string | null = null
    let services = 0
    do {
      const { body } = await ask(token, inventory, { first: 250, after })
      for (const { node } of body.data.projects.edges) {
        for (const environment of node.environments.edges) {
          services += environment.node.serviceInstances.edges.length
        }
      }
      after = body.data.projects.pageInfo.hasNextPage ? body.data.projects.pageInfo.endCursor : null
    } while (after)
    expect(services).toBe(3000)
    expect(railway.requests).toHaveLength(4)
  })
})
