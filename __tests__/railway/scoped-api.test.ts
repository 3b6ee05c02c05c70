import { describe, expect, it } from '@jest/globals'
import { FatalFailure } from '../../src/railway/fatal-failure.ts'
import { RailwayApi } from '../../src/railway/scoped-api.ts'
import type { TokenScope } from '../../src/scope/token-scope.ts'
import { data, type SentRequest, scriptedClient, start } from './fixture.ts'

const workspace = { id: 'w', name: 'Acme' }
const ofProject: TokenScope = {
  kind: 'project',
  projectId: 'p',
  environmentId: 'e',
  uncertainties: [],
}
const ofWorkspace: TokenScope = { kind: 'workspace', workspace, uncertainties: [] }
const empty = { edges: [], pageInfo: { hasNextPage: false } }

function apiOf(scope: TokenScope, answer: (request: SentRequest) => Response) {
  const { client, clock, requests } = scriptedClient(answer)
  const signal = new AbortController().signal
  const deps = { clock, signal, deadline: () => start + 60_000, onProjects: () => {} }
  return { api: new RailwayApi(client, scope, deps), requests }
}

describe('the API within a scope', () => {
  it('sends a project token as one', async () => {
    const project = { id: 'p', name: 'shop', prDeploys: false, environments: empty }
    const { api, requests } = apiOf(ofProject, () => data({ project }))
    await api.inventory()
    expect(requests[0]?.headers.get('project-access-token')).toBe('token-of-the-test')
    expect(requests[0]?.headers.get('authorization')).toBeNull()
  })

  it('sends any other token as a bearer token', async () => {
    const { api, requests } = apiOf(ofWorkspace, () => data({ projects: empty }))
    expect(await api.inventory()).toEqual({ projects: [], missingFields: [] })
    expect(requests[0]?.headers.get('authorization')).toBe('Bearer token-of-the-test')
    expect(requests[0]?.headers.get('project-access-token')).toBeNull()
  })

  it('ends the run with the facts of the failed query', async () => {
    const errors = [{ message: 'Not Authorized', path: ['projects'] }]
    const { api } = apiOf(ofWorkspace, () => Response.json({ data: null, errors }))
    const failed = await api.inventory().catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(FatalFailure)
    expect(failed).toHaveProperty('failure', {
      code: 'operation-not-permitted',
      facts: {
        activity: 'read-workspace',
        object: 'Acme',
        tokenType: 'workspace',
        reason: 'not-authorized',
        message: 'Not Authorized',
      },
    })
  })
})
