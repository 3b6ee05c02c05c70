import { describe, expect, it } from '@jest/globals'
import { variablesOf } from '../../../src/plan/variables/state.ts'
import { RailwayPreviews } from '../../../src/railway/adapters/previews.ts'
import { RailwayVariables } from '../../../src/railway/adapters/variables.ts'
import { data, scriptedClient } from '../fixture.ts'

const project = { id: 'p', name: 'shop' }

const record = (name: string) => ({
  node: { id: name, name, isEphemeral: true, createdAt: '2026-01-05T09:00:00Z' },
})

/** Pages of a connection whose last cursor never advances. */
function stuckPages(pages: readonly unknown[][]) {
  return (after: unknown) => {
    const index = after === null || after === undefined ? 0 : Number(after)
    const edges = pages[Math.min(index, pages.length - 1)] ?? []
    const endCursor = String(Math.min(index + 1, pages.length - 1))
    return { edges, pageInfo: { hasNextPage: true, endCursor } }
  }
}

describe('a list of environments whose cursor does not advance', () => {
  it('does not count as a list without the preview, which would be created a second time', async () => {
    const page = stuckPages([[record('other')], [record('another')]])
    const { context } = scriptedClient(({ variables }) =>
      data({ environments: page(variables.after) }),
    )
    const previews = new RailwayPreviews(context)
    expect(await previews.named(project, 'pr-7')).toBeNull()
  })
})

describe('a list of variables whose cursor does not advance', () => {
  it('does not count as a list without the variables that a preview must not inherit', async () => {
    const page = stuckPages([[{ node: { name: 'A', isSealed: false, references: [] } }], []])
    const { context, clock } = scriptedClient(({ operation, variables }) =>
      operation === 'SharedVariables'
        ? data({ item0: {} })
        : operation === 'EnvironmentVariables'
          ? data({ item0: { variables: page(null) } })
          : data({ environment: { variables: page(variables.after) } }),
    )
    const time = { clock, signal: new AbortController().signal, deadline: () => Infinity }
    const reader = new RailwayVariables(context, time)
    const target = { project, environment: { id: 'e', name: 'base' }, instance: null }
    const read = await reader.read([variablesOf(target)])
    expect(read).toMatchObject({ ok: false, failures: [{ code: 'api-incompatible' }] })
  })
})

describe('a preview with more services than fit on a page', () => {
  const instance = (serviceId: string) => ({
    node: {
      serviceId,
      serviceName: serviceId,
      activeDeployments: [],
      domains: { serviceDomains: [], customDomains: [] },
    },
  })
  const place = { project: { id: 'p', name: 'shop' }, environment: { id: 'e', name: 'pr-7' } }
  const none = { edges: [], pageInfo: { hasNextPage: false } }
  const first = {
    data: {
      environment: {
        serviceInstances: {
          edges: [instance('web')],
          pageInfo: { hasNextPage: true, endCursor: 'c' },
        },
        deploymentTriggers: none,
      },
      environmentStagedChanges: { status: 'COMMITTED', patch: {} },
    },
  }
  const second = {
    environment: {
      serviceInstances: { edges: [instance('db')], pageInfo: { hasNextPage: false } },
    },
  }

  it('has all of them', async () => {
    const { context } = scriptedClient(({ operation }) =>
      operation === 'PreviewState' ? Response.json(first) : data(second),
    )
    const previews = new RailwayPreviews(context)
    expect(await previews.state(place)).toMatchObject({
      ok: true,
      value: { instances: [{ service: { id: 'web' } }, { service: { id: 'db' } }] },
    })
  })

  it('is not read at all while a part of it is missing', async () => {
    const { context } = scriptedClient(({ operation }) =>
      operation === 'PreviewState'
        ? Response.json(first)
        : Response.json({ data: second, errors: [{ message: 'Problem processing request' }] }),
    )
    const previews = new RailwayPreviews(context)
    expect(await previews.state(place)).toBeNull()
  })
})
