import { describe, expect, it } from '@jest/globals'
import { CombinedHistory } from '../../src/github/commit-history.ts'
import type { Deployment, ServiceInstance } from '../../src/inventory/inventory.ts'
import { compareCommits } from '../../src/plan/collect-facts.ts'
import {
  commitsToCompare,
  currentCommits,
  newerCommits,
  rangeKey,
  unknownOrder,
} from '../../src/plan/commit-comparisons.ts'
import type { CommitComparison, CommitHistory, CommitRelation } from '../../src/plan/ports.ts'

const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(40)) as [
  string,
  string,
  string,
  string,
]
const request = {
  commit: { kind: 'commit', sha: a } as const,
  force: false,
  context: { repository: 'acme/shop' },
}

const deployed = (status: string, commit: string | null): Deployment => ({
  id: `${status} ${commit}`,
  status,
  createdAt: '2026-01-05T09:00:00Z',
  commit,
  image: null,
})

const target = (more: Partial<ServiceInstance>, name = 'web') => ({
  project: { id: 'p', name: 'shop' },
  environment: { id: 'e', name: 'production' },
  instance: {
    service: { id: name, name },
    source: { kind: 'repository', repository: 'Acme/Shop' } as const,
    latest: null,
    active: [],
    triggers: [],
    domains: [],
    cron: false,
    configFile: null,
    ...more,
  },
})

describe('the commits to compare', () => {
  it.each<[string, Partial<ServiceInstance>, string[]]>([
    ['of a service that was never deployed', {}, []],
    ['of one that is live at the commit', { active: [deployed('SUCCESS', a)] }, []],
    [
      'of one that is live at the commit in capitals',
      { active: [deployed('SUCCESS', a.toUpperCase())] },
      [],
    ],
    ['of one that is live at another', { active: [deployed('SUCCESS', b)] }, [b]],
    ['of one that sleeps at another', { active: [deployed('SLEEPING', b)] }, [b]],
    ['of one that crashed at another', { active: [deployed('CRASHED', b)] }, []],
    [
      'of one that builds the commit',
      { latest: deployed('BUILDING', a), active: [deployed('SUCCESS', b)] },
      [],
    ],
    [
      'of one that builds another',
      { latest: deployed('BUILDING', c), active: [deployed('SUCCESS', b)] },
      [c, b],
    ],
    [
      'of one that failed at another',
      { latest: deployed('FAILED', c), active: [deployed('SUCCESS', b)] },
      [b],
    ],
    ['of one whose commit is not reported', { active: [deployed('SUCCESS', null)] }, []],
    ['of one whose commit is too long', { active: [deployed('SUCCESS', `${b}0`)] }, []],
    ['of one whose commit begins differently', { active: [deployed('SUCCESS', `x${b}`)] }, []],
    ['of one whose commit is no SHA', { active: [deployed('SUCCESS', '--output=x')] }, []],
    [
      'of another repository',
      { source: { kind: 'repository', repository: 'acme/x' }, active: [deployed('SUCCESS', b)] },
      [],
    ],
    [
      'of an image',
      { source: { kind: 'image', image: 'x' }, active: [deployed('SUCCESS', b)] },
      [],
    ],
  ])('%s', (_, more, expected) => {
    expect(commitsToCompare([target(more)], request)).toEqual(expected)
  })

  it('are listed once each, and are none with `force` or without a commit', () => {
    const targets = ['web', 'api', 'jobs'].map((name) =>
      target({ active: [deployed('SUCCESS', name === 'jobs' ? c : b)] }, name),
    )
    expect(commitsToCompare(targets, request)).toEqual([b, c])
    expect(commitsToCompare(targets, { ...request, force: true })).toEqual([])
    expect(commitsToCompare(targets, { ...request, commit: { kind: 'latest' } })).toEqual([])
    expect(commitsToCompare(targets, { ...request, commit: { kind: 'none' } })).toEqual([])
  })

  it('begin with those of running deployments', () => {
    const { instance } = target({ latest: deployed('QUEUED', b), active: [deployed('SUCCESS', c)] })
    expect(currentCommits(instance)).toEqual([b, c])
  })
})

const comparisonOf = (relation: CommitRelation, files: readonly string[] | null = null) => ({
  relation,
  files,
})

function historyOf(answers: Record<string, CommitComparison>) {
  const queries: string[] = []
  const history: CommitHistory = {
    compare: async (base) => {
      queries.push(base)
      return answers[base] ?? comparisonOf('unknown')
    },
  }
  return { history, queries }
}

describe('the comparison', () => {
  it('queries at most twenty commits', async () => {
    const { history, queries } = historyOf({})
    const many = Array.from({ length: 25 }, (_, index) => String(index).padStart(40, '0'))
    const compared = await compareCommits(
      many.map((base) => ({ base, commit: a })),
      { files: false },
      history,
    )
    expect(queries).toHaveLength(20)
    expect([...compared.keys()]).toEqual(many.slice(0, 20).map((base) => `${base}...${a}`))
  })

  it('finds the commits that the requested one is older than', () => {
    const relations = new Map([
      [rangeKey({ base: b, commit: a }), comparisonOf('older')],
      [rangeKey({ base: c, commit: a }), comparisonOf('newer')],
      [rangeKey({ base: d, commit: a }), comparisonOf('diverged')],
    ])
    expect(newerCommits(relations)).toEqual([b])
  })

  it.each<[string, CommitComparison, CommitComparison, boolean, CommitComparison, number]>([
    [
      'the first that knows',
      comparisonOf('older'),
      comparisonOf('newer'),
      false,
      comparisonOf('older'),
      0,
    ],
    [
      'the second if the first does not',
      comparisonOf('unknown'),
      comparisonOf('older'),
      false,
      comparisonOf('older'),
      1,
    ],
    ['none', comparisonOf('unknown'), comparisonOf('unknown'), false, comparisonOf('unknown'), 1],
    [
      'files from the first',
      comparisonOf('newer', ['x']),
      comparisonOf('newer', ['y']),
      true,
      comparisonOf('newer', ['x']),
      0,
    ],
    [
      'files from the second',
      comparisonOf('newer'),
      comparisonOf('newer', ['y']),
      true,
      comparisonOf('newer', ['y']),
      1,
    ],
    [
      'relation from the second, files from the first',
      comparisonOf('unknown', ['x']),
      comparisonOf('newer', ['y']),
      true,
      comparisonOf('newer', ['x']),
      1,
    ],
    [
      'no files of an older one',
      comparisonOf('older'),
      comparisonOf('older', ['y']),
      true,
      comparisonOf('older'),
      0,
    ],
  ])('takes %s', async (_, one, other, files, expected, queries) => {
    const first = historyOf({ [b]: one })
    const second = historyOf({ [b]: other })
    const history = new CombinedHistory(first.history, second.history)
    expect(await history.compare(b, a, { files })).toEqual(expected)
    expect(second.queries).toHaveLength(queries)
  })
})

describe('an order that is not known', () => {
  const targets = [target({ active: [deployed('SUCCESS', b)] })]
  const notice = (names: string) => ({
    title: 'order of commits not known',
    message: `The action could not find out whether commit aaaaaaa is newer than the commit that is live or being deployed. It deploys aaaaaaa to ${names} in environment "production". To compare commits, the action needs a checkout with \`fetch-depth: 0\`, or the permission \`contents: read\` for the job. It compares at most 20 pairs of commits in a run.`,
  })
  it.each<[string, CommitComparison | null, object[]]>([
    ['was not queried', null, [notice('shop/web (has bbbbbbb)')]],
    ['could not be read', comparisonOf('unknown'), [notice('shop/web (has bbbbbbb)')]],
    ['is known', comparisonOf('newer'), []],
    ['is split', comparisonOf('diverged'), []],
  ])('is reported if it %s', (_, comparison, expected) => {
    const comparisons = new Map(comparison ? [[rangeKey({ base: b, commit: a }), comparison]] : [])
    expect(unknownOrder(targets, request, comparisons)).toEqual(expected)
  })

  it('names every service and commit', () => {
    const several = [
      target({ latest: deployed('BUILDING', c), active: [deployed('SUCCESS', b)] }),
      target({ active: [deployed('SUCCESS', d)] }, 'api'),
    ]
    expect(unknownOrder(several, request, new Map())).toEqual([
      notice('shop/web (has ccccccc), shop/web (has bbbbbbb), shop/api (has ddddddd)'),
    ])
  })

  it.each([{ kind: 'latest' }, { kind: 'none' }] as const)('is not reported for %j', (commit) => {
    expect(unknownOrder(targets, { ...request, commit }, new Map())).toEqual([])
  })
})
