import { describe, expect, it } from '@jest/globals'
import { failure } from '../../src/errors/codes.ts'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import type { Selection } from '../../src/inventory/selection.ts'
import { collectFacts } from '../../src/plan/collect-facts.ts'
import { noFacts, type PlanFacts } from '../../src/plan/facts.ts'
import type { PlanSources, Scan } from '../../src/plan/ports.ts'
import { ownerKey } from '../../src/plan/variables/state.ts'
import { deployment, environment, inputsOf, selectionOf, service } from '../fixtures.ts'
import { variableState } from './fixtures.ts'

const [sha, old] = ['a'.repeat(40), 'b'.repeat(40)]

/** A source that must not be read. */
const unread = (name: string) => () => {
  throw new Error(`nobody needs ${name}`)
}

const sourcesOf = (more: Partial<PlanSources>): PlanSources => ({
  scope: { kind: 'workspace', workspace: { id: 'w', name: 'Acme' }, uncertainties: [] },
  variables: {
    read: unread('variables'),
    stagedPaths: unread('staged changes'),
    stagedSince: unread('the times of staged changes'),
  },
  histories: { read: unread('histories') },
  roots: { rootDirectory: unread('a root directory') },
  previews: { records: unread('records') },
  directories: { scan: unread('a directory') },
  commits: { compare: unread('a comparison') },
  sourceSettings: { read: unread('settings') },
  pullRequests: { state: unread('a pull request') },
  ...more,
})

const web = service('web', { active: [deployment('d', { commit: old })] })
const api = service('api', { active: [deployment('d', { commit: old })] })
const preview = environment('pr-7', [service('web')], { ephemeral: true })
const pullRequest = {
  pull_request: {
    number: 7,
    state: 'open',
    head: { sha, ref: 'topic', repo: { full_name: 'acme/shop' } },
  },
}

const collect = (raw: RawInputs, selection: Selection, sources: Partial<PlanSources>) =>
  collectFacts(inputsOf(raw, {}, pullRequest), selection, sourcesOf(sources))

async function factsOf(...given: Parameters<typeof collect>): Promise<PlanFacts> {
  const facts = await collect(...given)
  if (!facts.ok) throw new Error(JSON.stringify(facts.failures))
  return facts.value
}

const refused = {
  ok: false,
  failures: [failure('two-factor-required', { workspace: 'Acme' })],
} as const
const stored = variableState({ OLD: '1' })
const deploy = { environment: 'production' }
const remove = {
  command: 'variables',
  ...deploy,
  projects: '*',
  services: '*',
  'remove-variables': 'OLD',
}
const overrides = { command: 'preview', 'require-overrides': '*' }

describe('the facts of a run', () => {
  it('are none if the run needs none', async () => {
    const raw = { ...deploy, 'commit-sha': 'latest' }
    expect(await factsOf(raw, selectionOf([web]), {})).toEqual({
      ...noFacts,
      pullRequests: expect.anything(),
    })
  })

  it('contain the variables, and the staged changes if some are removed', async () => {
    const facts = await factsOf(remove, selectionOf([web]), {
      variables: {
        read: async (targets) => ({ ok: true, value: targets.map(() => stored) }),
        stagedPaths: async (environments) => ({
          ok: true,
          value: new Map<string, string[]>([
            ...environments.map((one): [string, string[]] => [one.environment.id, ['/x']]),
            ['e-other', []],
          ]),
        }),
        stagedSince: async (ids) => new Map(ids.map((id) => [id, '2026-01-05T08:00:00.000Z'])),
      },
    })
    expect(facts.variables?.targets.map(({ owner }) => ownerKey(owner))).toEqual([
      'e-production/s-web',
    ])
    expect(facts.variables?.targets.map(({ state }) => state)).toEqual([stored])
    expect([...facts.stagedPaths]).toEqual([
      ['e-production', ['/x']],
      ['e-other', []],
    ])
    expect([...facts.stagedSince]).toEqual([['e-production', '2026-01-05T08:00:00.000Z']])
  })

  it('contain the variables of previews by their owners', async () => {
    const facts = await factsOf(overrides, selectionOf([web]), {
      variables: {
        read: async () => ({ ok: true, value: [stored] }),
        stagedPaths: unread('staged changes'),
        stagedSince: unread('times'),
      },
    })
    expect([...facts.previewVariables]).toEqual([['e-production', stored]])
  })

  it('contain histories by their targets, read up to a successful deployment', async () => {
    const before = { createdAt: '2026-01-01T00:00:00Z', commit: sha, canRollback: true }
    const enough: boolean[] = []
    const facts = await factsOf({ command: 'rollback', ...deploy }, selectionOf([web, api]), {
      histories: {
        read: async (targets, isEnough) => {
          const [first] = targets
          if (!first) return []
          enough.push(isEnough(first, []))
          enough.push(isEnough(first, [{ ...deployment('p'), ...before }]))
          enough.push(isEnough(first, [{ ...deployment('p'), ...before, status: 'FAILED' }]))
          return [{ ok: true, deployments: [] }]
        },
      },
    })
    expect(enough).toEqual([false, true, false])
    expect([...facts.histories]).toEqual([
      ['p-shop/e-production/s-web', { ok: true, deployments: [] }],
    ])
  })

  it.each<[string, RawInputs, boolean]>([
    ['without files', deploy, false],
    ['with files', { ...deploy, 'only-changed': 'true' }, true],
  ])('contain comparisons of commits %s', async (_, raw, files) => {
    const comparisonRequests: unknown[] = []
    const facts = await factsOf(raw, selectionOf([web]), {
      commits: {
        compare: async (...question) => {
          comparisonRequests.push(question)
          return { relation: 'newer', files: null }
        },
      },
    })
    expect(comparisonRequests).toEqual([[old, sha, { files }]])
    expect([...facts.comparisons]).toEqual([
      [`${old}...${sha}`, { relation: 'newer', files: null }],
    ])
    expect(facts.sourceSettings.size).toBe(0)
  })

  it('contain the settings that Railway reports for services with changed files', async () => {
    const settings = { rootDirectory: 'web', watchPatterns: [] }
    const facts = await factsOf({ ...deploy, 'only-changed': 'true' }, selectionOf([web, api]), {
      commits: { compare: async () => ({ relation: 'newer', files: ['web/a'] }) },
      sourceSettings: {
        read: async (targets) =>
          targets.map(({ instance }) => (instance.service.name === 'web' ? settings : null)),
      },
    })
    expect([...facts.sourceSettings]).toEqual([['p-shop/e-production/s-web', settings]])
  })

  const tree = (files: number): Scan => ({
    kind: 'tree',
    tree: {
      root: '/x',
      entries: [],
      files,
      bytes: 1,
      leftOut: [],
      ignored: { count: 0, complete: true, first: [] },
      linkedIgnoreFiles: [],
    },
  })
  it.each<[string, Scan, string]>([
    ['and the root directory of its service', tree(1), 'apps/web'],
    ['which is empty, and no root directory', tree(0), ''],
  ])('contain a directory, %s', async (_, scan, root) => {
    const facts = await factsOf({ ...deploy, directory: 'site' }, selectionOf([web]), {
      directories: { scan: async () => scan },
      roots: { rootDirectory: root === '' ? unread('a root directory') : async () => root },
    })
    expect([facts.scan, facts.rootDirectory]).toEqual([scan, root])
  })

  it('contain records of previews, and the states of their pull requests', async () => {
    const record = {
      id: 'e-pr-7',
      name: 'pr-7',
      ephemeral: true,
      createdAt: '2026-01-01T00:00:00Z',
      sourceId: null,
      pullRequest: null,
    }
    const error = {
      kind: 'missing-permission',
      permission: 'pull-requests: read',
      for: 'pruning',
    } as const
    const prune = { command: 'preview', 'preview-action': 'prune' }
    const selection = selectionOf([web], {
      others: [preview, environment('pr-8', [], { ephemeral: true })],
    })
    const previews = { records: async () => new Map([['e-pr-7', record]]) }
    const facts = await factsOf(prune, selection, {
      previews,
      pullRequests: {
        state: async (number) =>
          number === 7 ? { state: 'closed', errors: [error] } : { state: 'open', errors: [] },
      },
    })
    expect([...facts.records]).toEqual([['e-pr-7', record]])
    expect(facts.pullRequests).toEqual({
      states: new Map([
        [7, 'closed'],
        [8, 'open'],
      ]),
      errors: [error],
    })
    const without = await factsOf(prune, selection, { previews, pullRequests: null })
    expect(without.pullRequests).toBeNull()
  })
})

describe('the facts cannot be read', () => {
  const read = async (targets: readonly unknown[]) => ({
    ok: true as const,
    value: targets.map(() => stored),
  })
  it.each<[string, RawInputs, Selection, Partial<PlanSources>]>([
    [
      'without the variables',
      remove,
      selectionOf([web]),
      {
        variables: {
          read: async () => refused,
          stagedPaths: unread('staged changes'),
          stagedSince: unread('times'),
        },
      },
    ],
    [
      'without the staged changes',
      remove,
      selectionOf([web]),
      { variables: { read, stagedPaths: async () => refused, stagedSince: unread('times') } },
    ],
    [
      'without the variables of a preview',
      overrides,
      selectionOf([web]),
      {
        variables: {
          read: async () => refused,
          stagedPaths: unread('staged changes'),
          stagedSince: unread('times'),
        },
      },
    ],
  ])('%s', async (_, raw, selection, sources) => {
    expect(await collect(raw, selection, sources)).toEqual(refused)
  })

  it('of an environment that does not exist', async () => {
    const facts = await collect(
      { ...deploy, 'from-environment': 'staging' },
      selectionOf([web]),
      {},
    )
    expect(facts.ok ? [] : facts.failures.map(({ code }) => code)).toEqual([
      'environment-not-found',
    ])
  })
})
