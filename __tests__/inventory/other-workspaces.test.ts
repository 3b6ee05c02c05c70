import { describe, expect, it } from '@jest/globals'
import { type Failure, failure } from '../../src/errors/codes.ts'
import { err, ok } from '../../src/errors/result.ts'
import { searchOtherWorkspaces } from '../../src/inventory/other-workspaces.ts'
import type { Named } from '../../src/named.ts'
import type { TokenScope } from '../../src/scope/token-scope.ts'

const acme = { id: 'w1', name: 'Acme' }
const beta = { id: 'w2', name: 'Beta' }
const gamma = { id: 'w3', name: 'Gamma' }

const account: TokenScope = {
  kind: 'account',
  workspace: acme,
  workspaces: [acme, beta, gamma],
  uncertainties: [],
}

const missing = (requested: string, elsewhere?: string[]): Failure =>
  failure('project-not-in-scope', {
    requested,
    workspace: 'workspace "Acme"',
    available: ['site'],
    nearest: null,
    ...(elsewhere && { elsewhere }),
  })
const restricted = failure('environment-restricted', {
  project: 'site',
  environment: 'production',
  tokenType: 'account',
})

/** Returns data from a table, and records the searched workspaces. */
function railway(projects: Record<string, Named[] | null>) {
  const looked: string[] = []
  return {
    looked,
    projectNames: async (id: string) => {
      looked.push(id)
      return projects[id] ?? null
    },
  }
}

const elsewhereOf = (failures: readonly Failure[]) =>
  failures.map((one) => ('elsewhere' in one.facts ? one.facts.elsewhere : 'none'))

describe('a project that is not in the chosen workspace', () => {
  it.each<[string, Record<string, Named[] | null>, string[]]>([
    ['is found by name', { w2: [{ id: 'p', name: 'Shop' }], w3: [] }, ['Beta']],
    ['is found by id', { w2: [], w3: [{ id: 'SHOP', name: 'x' }] }, ['Gamma']],
    [
      'is found in several',
      { w2: [{ id: 'p', name: 'shop' }], w3: [{ id: 'q', name: 'shop' }] },
      ['Beta', 'Gamma'],
    ],
    ['is nowhere', { w2: [{ id: 'p', name: 'shop-eu' }], w3: [] }, []],
    ['is not known without a response', { w2: null, w3: null }, []],
  ])('%s', async (_, projects, elsewhere) => {
    const api = railway(projects)
    const result = await searchOtherWorkspaces(err([missing('shop'), restricted]), account, api)
    expect(result).toEqual(err([missing('shop', elsewhere), restricted]))
    expect(api.looked).toEqual(['w2', 'w3'])
  })

  it('is searched once, for any number of missing projects', async () => {
    const api = railway({ w2: [{ id: 'p', name: 'shop' }], w3: [{ id: 'q', name: 'blog' }] })
    const result = await searchOtherWorkspaces(
      err([missing('shop'), missing('blog'), missing('x')]),
      { ...account, kind: 'oauth' },
      api,
    )
    expect(elsewhereOf(result.ok ? [] : result.failures)).toEqual([['Beta'], ['Gamma'], []])
    expect(api.looked).toEqual(['w2', 'w3'])
  })

  it('is searched in at most ten workspaces', async () => {
    const workspaces = Array.from({ length: 14 }, (_, index) => ({
      id: `o${index}`,
      name: `Other ${index}`,
    }))
    const api = railway({})
    await searchOtherWorkspaces(
      err([missing('shop')]),
      { ...account, workspaces: [acme, ...workspaces] },
      api,
    )
    expect(api.looked).toEqual(['o0', 'o1', 'o2', 'o3', 'o4', 'o5', 'o6', 'o7', 'o8', 'o9'])
  })
})

describe('no other workspace is searched', () => {
  it.each([
    ['if everything is found', ok('value'), account],
    ['for any other failure', err([restricted]), account],
    [
      'with a workspace token',
      err([missing('shop')]),
      { kind: 'workspace', workspace: acme, uncertainties: [] } satisfies TokenScope,
    ],
    [
      'with a project token',
      err([missing('shop')]),
      {
        kind: 'project',
        projectId: 'p',
        environmentId: 'e',
        uncertainties: [],
      } satisfies TokenScope,
    ],
  ])('%s', async (_, checked, scope) => {
    const api = railway({})
    expect(await searchOtherWorkspaces(checked, scope, api)).toBe(checked)
    expect(api.looked).toEqual([])
  })
})
