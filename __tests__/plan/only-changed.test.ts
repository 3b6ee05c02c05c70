import { describe, expect, it } from '@jest/globals'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import type { ServiceInstance } from '../../src/inventory/inventory.ts'
import { type CommitRange, type Comparisons, rangeKey } from '../../src/plan/commit-comparisons.ts'
import { noFacts } from '../../src/plan/facts.ts'
import { makePlan } from '../../src/plan/make-plan.ts'
import {
  isSelective,
  keepUnchanged,
  neededSettings,
  unknownChanges,
} from '../../src/plan/only-changed.ts'
import type { CommitRelation, SourceSettings } from '../../src/plan/ports.ts'
import { toStep } from '../../src/plan/step-id.ts'
import { deployment, environment, inputsOf, selectionOf, service, targetOf } from '../fixtures.ts'

const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(40)) as [string, string, string]
const inputs = inputsOf({ environment: 'production', 'only-changed': 'true' })

const at = (commit: string | null, status = 'SUCCESS') =>
  deployment(`${status} ${commit}`, { status, commit })
const live = (commit: string | null): Partial<ServiceInstance> => ({
  latest: at(commit),
  active: [at(commit)],
})

interface Known {
  /** The changed files since each commit; `null` if they are not known. */
  readonly since?: Readonly<Record<string, readonly string[] | null>>
  readonly relation?: CommitRelation
  readonly settings?: SourceSettings | 'unknown'
}

function decide(
  instance: Partial<ServiceInstance>,
  { since = {}, relation = 'newer', settings }: Known,
) {
  const selection = selectionOf([service('web', instance)])
  const comparisons = new Map(
    Object.entries(since).map(([base, files]) => {
      const range: CommitRange = { base, commit: a }
      return [rangeKey(range), { relation, files }] as const
    }),
  )
  const sourceSettings = new Map(
    neededSettings(inputs, selection, comparisons, new Map()).map((target) => [
      [target.project.id, target.environment.id, target.instance.service.id].join('/'),
      typeof settings === 'object' ? settings : { rootDirectory: 'web', watchPatterns: [] },
    ]),
  )
  const facts = {
    ...noFacts,
    comparisons,
    sourceSettings: settings === 'unknown' ? noFacts.sourceSettings : sourceSettings,
  }
  const made = makePlan(inputs, selection, facts, 0)
  const plan = made.ok ? made.value : null
  return {
    steps: plan?.steps.map(({ action, detail }) => `${action}: ${detail}`),
    noticed: plan?.notices?.map(({ title }) => title),
    queries: sourceSettings.size,
  }
}

const deploys = (detail: string) => [`deploy: commit aaaaaaa; ${detail}`]
const notKnown = (detail: string) =>
  deploys(`it is not known which of its files changed: ${detail}`)
const kept = (since: string) => [
  `keep: none of its files changed since ${since.slice(0, 7)}, which is live`,
]
const mine = ['web/index.ts']
const foreign = ['api/index.ts']

describe('a service with `only-changed`', () => {
  it.each<[string, Partial<ServiceInstance>, Known, string[]]>([
    [
      'whose files changed',
      live(b),
      { since: { [b]: mine } },
      deploys('files in its root directory web changed since bbbbbbb'),
    ],
    [
      'with watch patterns',
      live(b),
      { since: { [b]: mine }, settings: { rootDirectory: 'web', watchPatterns: ['web/**'] } },
      deploys('files that match its watch patterns changed since bbbbbbb'),
    ],
    [
      'without watch patterns and root directory',
      live(b),
      { since: { [b]: foreign }, settings: { rootDirectory: '', watchPatterns: [' '] } },
      deploys('files changed since bbbbbbb, and it has no watch patterns, so every file counts'),
    ],
    [
      'whose root directory may be any directory',
      live(b),
      { since: { [b]: foreign }, settings: { rootDirectory: 'web/..', watchPatterns: [] } },
      deploys('files changed since bbbbbbb, and it has no watch patterns, so every file counts'),
    ],
    ['whose files did not', live(b), { since: { [b]: foreign } }, kept(b)],
    [
      'that only has a running deployment of a commit',
      { latest: at(b, 'BUILDING') },
      { since: { [b]: foreign } },
      ['keep: none of its files changed since bbbbbbb, which is being deployed'],
    ],
    ['without changes', live(b), { since: { [b]: [] } }, kept(b)],
    ['in capitals', live(b.toUpperCase()), { since: { [b]: foreign } }, kept(b)],
    [
      'on another line of history',
      live(b),
      { since: { [b]: foreign }, relation: 'diverged' },
      kept(b),
    ],
    ['of an unknown order', live(b), { since: { [b]: foreign }, relation: 'unknown' }, kept(b)],
    [
      'that sleeps',
      { latest: at(b, 'SLEEPING'), active: [at(b, 'SLEEPING')] },
      { since: { [b]: foreign } },
      kept(b),
    ],
    ['that was never deployed', {}, {}, deploys('it has no live deployment to compare with')],
    [
      'that crashed',
      { latest: at(b, 'CRASHED'), active: [at(b, 'CRASHED')] },
      { since: { [b]: foreign } },
      deploys('it has no live deployment to compare with'),
    ],
    [
      'that was removed',
      { latest: at(b, 'REMOVED') },
      { since: { [b]: foreign } },
      deploys('it has no live deployment to compare with'),
    ],
    [
      'whose newest deployment failed',
      { latest: at(c, 'FAILED'), active: [at(b)] },
      { since: { [b]: foreign } },
      kept(b),
    ],
    [
      'whose newest deployment failed at its change',
      { latest: at(c, 'FAILED'), active: [at(b)] },
      { since: { [b]: mine, [c]: [] } },
      deploys('files in its root directory web changed since bbbbbbb'),
    ],
    [
      'with another commit in a running deployment',
      { latest: at(c, 'BUILDING'), active: [at(b)] },
      { since: { [b]: foreign, [c]: foreign } },
      kept(b),
    ],
    [
      'that the commit of the running deployment changed',
      { latest: at(c, 'BUILDING'), active: [at(b)] },
      { since: { [b]: foreign, [c]: mine } },
      deploys('files in its root directory web changed since bbbbbbb'),
    ],
    [
      'with two live commits, one of which differs',
      { latest: at(b), active: [at(b), at(c)] },
      { since: { [b]: foreign, [c]: mine } },
      deploys('files in its root directory web changed since ccccccc'),
    ],
    [
      'without a known commit',
      live(null),
      {},
      notKnown('Railway does not report which commit is live'),
    ],
    [
      'whose commit is no id',
      live('main'),
      {},
      notKnown('Railway does not report which commit is live'),
    ],
    [
      'that was not compared',
      live(b),
      {},
      notKnown('the list of changed files is not available or not complete'),
    ],
    [
      'whose files are not all known',
      live(b),
      { since: { [b]: null } },
      notKnown('the list of changed files is not available or not complete'),
    ],
    [
      'one of whose commits was not compared',
      { latest: at(b), active: [at(b), at(c)] },
      { since: { [b]: foreign } },
      notKnown('the list of changed files is not available or not complete'),
    ],
    [
      'whose patterns cannot be matched in time',
      live(b),
      {
        since: { [b]: foreign },
        settings: { rootDirectory: '', watchPatterns: ['x'.repeat(5_000)] },
      },
      notKnown('it has too many watch patterns for so many changed files'),
    ],
    [
      'whose settings were not read',
      live(b),
      { since: { [b]: foreign }, settings: 'unknown' },
      notKnown('its watch patterns and root directory could not be read'),
    ],
  ])('%s', (_, instance, known, expected) => {
    const { steps, noticed } = decide(instance, known)
    expect(steps).toEqual(expected)
    const isKnown = expected.every((step) => !step.includes('not known'))
    expect(noticed?.includes('changed files not known')).toBe(!isKnown)
  })

  it.each<[string, Partial<ServiceInstance>, Known, number]>([
    ['changed files', live(b), { since: { [b]: foreign } }, 1],
    ['no changed files', live(b), { since: { [b]: [] } }, 0],
    ['files that are not known', live(b), { since: { [b]: null } }, 0],
    ['nothing live', {}, {}, 0],
    ['the commit itself', live(a), {}, 0],
  ])('causes a query for %s', (_, instance, known, expected) => {
    expect(decide(instance, known).queries).toBe(expected)
  })

  it('is skipped for its commit, or a newer one, before its files matter', () => {
    expect(decide(live(a), {}).steps).toEqual(['keep: aaaaaaa is already live'])
    expect(decide({ latest: at(a, 'BUILDING'), active: [at(b)] }, {}).steps).toEqual([
      'adopt: aaaaaaa is already being deployed (BUILDING)',
    ])
    expect(decide(live(b), { since: { [b]: mine }, relation: 'older' }).steps).toEqual([
      'keep: bbbbbbb is newer than aaaaaaa',
    ])
  })
})

const key = 'p-shop/e-production/s-web'

const compared = (files: string[] | null, base = b): Comparisons =>
  new Map([[`${base}...${a}`, { relation: 'newer', files }]])
const rootAt = (
  rootDirectory: string,
  watchPatterns: string[] = [],
): ReadonlyMap<string, SourceSettings> => new Map([[key, { rootDirectory, watchPatterns }]])
const has = (...commits: (string | null)[]) => ({
  active: commits.map((commit, index) => deployment(`d${index}`, { commit })),
})

const step = (instance: Partial<ServiceInstance>) =>
  toStep({
    action: 'deploy',
    revision: { kind: 'commit', sha: a },
    target: targetOf(service('web', instance)),
    detail: 'commit aaaaaaa',
  })

interface Given {
  instance?: Partial<ServiceInstance>
  comparisons?: Comparisons
  settings?: ReadonlyMap<string, SourceSettings>
}

const facts = ({ comparisons = compared(['web/a.ts']), settings = rootAt('web') }: Given) => ({
  comparisons,
  sourceSettings: settings,
})
const decided = (given: Given, changing: string[] = []) =>
  keepUnchanged(step(given.instance ?? has(b)), facts(given), new Set(changing))

describe('a step of a service', () => {
  it('is kept at its own commit', () => {
    const given = { instance: has(a.toUpperCase()), comparisons: new Map(), settings: new Map() }
    expect(decided(given)).toMatchObject({
      action: 'keep',
      detail: 'none of its files changed since aaaaaaa, which is live',
    })
  })

  it('is kept as unchanged', () => {
    expect(decided({ settings: rootAt('api') })).toMatchObject({ because: 'unchanged' })
  })

  it('is deployed in any case if its variables change', () => {
    expect(decided({ settings: rootAt('api') }, [key])).toEqual(step(has(b)))
    expect(decided({ settings: rootAt('api') }, ['other'])).toMatchObject({ action: 'keep' })
  })

  it('is not checked if it is kept anyway, or is no commit', () => {
    const target = targetOf(service('web', has(b)))
    const keep = toStep({ action: 'keep', because: 'skipped', target, detail: 'x' })
    expect(keepUnchanged(keep, facts({}), new Set())).toBe(keep)
    const latest = toStep({ action: 'deploy', revision: { kind: 'latest' }, target, detail: 'x' })
    expect(keepUnchanged(latest, facts({}), new Set())).toMatchObject({
      action: 'deploy',
      detail:
        'x; it is not known which of its files changed: the run deploys no commit of this repository to it',
    })
  })
})

describe('the warning about files that are not known', () => {
  const warned = (given: Given, changing: string[] = []) =>
    unknownChanges([step(given.instance ?? has(b))], facts(given), new Set(changing))

  it('names services and reasons', () => {
    expect(warned({ settings: new Map() })).toEqual([
      {
        title: 'changed files not known',
        message:
          '`only-changed` could not find out whether the files of these services have changed, so they are deployed: shop/web (its watch patterns and root directory could not be read) in environment "production". To list changed files, the action needs a checkout with `fetch-depth: 0`, or the permission `contents: read` for the job. With that permission, GitHub lists at most 300 files of a comparison, and the action requests at most 20 comparisons in a run.',
      },
    ])
  })

  it.each<[string, Given, string[]]>([
    ['known', {}, []],
    ['not live', { instance: {} }, []],
    ['deployed in any case', { settings: new Map() }, [key]],
  ])('omits one that is %s', (_, given, changing) => {
    expect(warned(given, changing)).toEqual([])
  })
})

describe('a run', () => {
  it.each<[RawInputs, boolean]>([
    [{ environment: 'production', 'only-changed': 'true' }, true],
    [{ environment: 'production', 'only-changed': 'true', force: 'true' }, false],
    [{ environment: 'production' }, false],
    [{ command: 'list' }, false],
  ])('of %j deploys only changed services: %s', (raw, expected) => {
    expect(isSelective(inputsOf(raw))).toBe(expected)
  })
})

describe('the settings to read', () => {
  const selective = { environment: 'production', 'only-changed': 'true' }
  const needed = (
    raw: RawInputs,
    instance: Partial<ServiceInstance>,
    comparisons = compared(['x']),
  ) =>
    neededSettings(
      inputsOf(raw),
      selectionOf([service('web', instance)]),
      comparisons,
      new Map(),
    ).map((target) => target.instance.service.name)

  it.each<[string, RawInputs, Partial<ServiceInstance>, Comparisons, string[]]>([
    ['of a service with changes', selective, has(b), compared(['x']), ['web']],
    ['of none without changes', selective, has(b), compared([]), []],
    ['of none that is not compared', selective, has(b), new Map(), []],
    ['of none that is not live', selective, {}, compared(['x']), []],
    [
      'of none if everything is deployed',
      { environment: 'production' },
      has(b),
      compared(['x']),
      [],
    ],
    [
      'of none of another repository',
      selective,
      { ...has(b), source: { kind: 'repository', repository: 'acme/billing' } },
      compared(['x']),
      [],
    ],
  ])('are those %s', (_, raw, instance, comparisons, names) => {
    expect(needed(raw, instance, comparisons)).toEqual(names)
  })

  it('are those of the promoted deployment', () => {
    const raw = { ...selective, 'from-environment': 'staging' }
    const there = environment('staging', [service('web', has(a))])
    const settings = (promoted: ReadonlyMap<string, typeof there>) =>
      neededSettings(
        inputsOf(raw),
        selectionOf([service('web', has(b))]),
        compared(['x']),
        promoted,
      )
    expect(settings(new Map([['e-production', there]]))).toHaveLength(1)
    expect(settings(new Map())).toEqual([])
    expect(settings(new Map([['e-production', environment('staging', [])]]))).toEqual([])
  })
})
