import { describe, expect, it } from '@jest/globals'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import type { ServiceInstance } from '../../src/inventory/inventory.ts'
import type { Comparisons } from '../../src/plan/comparisons.ts'
import {
  isSelective,
  keepUnchanged,
  neededSettings,
  unknownChanges,
} from '../../src/plan/only-changed.ts'
import type { SourceSettings } from '../../src/plan/ports.ts'
import { toStep } from '../../src/plan/step-id.ts'
import { deployment, environment, inputsOf, selectionOf, service, targetOf } from '../fixtures.ts'

const sha = 'a'.repeat(40)
const old = 'b'.repeat(40)
const older = 'c'.repeat(40)
const key = 'p-shop/e-production/s-web'

const compared = (files: string[] | null, base = old): Comparisons =>
  new Map([[`${base}...${sha}`, { relation: 'newer', files }]])
const rootAt = (
  rootDirectory: string,
  watchPatterns: string[] = [],
): ReadonlyMap<string, SourceSettings> => new Map([[key, { rootDirectory, watchPatterns }]])
const at = (...commits: (string | null)[]) => ({
  active: commits.map((commit, index) => deployment(`d${index}`, { commit })),
})

const step = (instance: Partial<ServiceInstance>) =>
  toStep({
    action: 'deploy',
    revision: { kind: 'commit', sha },
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
const kept = (given: Given, changing: string[] = []) =>
  keepUnchanged(step(given.instance ?? at(old)), facts(given), new Set(changing))

const notKnown = 'commit aaaaaaa; it is not known which of its files changed: '

describe('a service whose files', () => {
  it.each<[string, Given, string, string]>([
    ['changed', {}, 'deploy', 'commit aaaaaaa; its files changed since bbbbbbb'],
    [
      'did not change',
      { settings: rootAt('api') },
      'keep',
      'none of its files changed since bbbbbbb, which is live',
    ],
    [
      'are not among none',
      { comparisons: compared([]), settings: new Map() },
      'keep',
      'none of its files changed since bbbbbbb, which is live',
    ],
    [
      'are live at the commit',
      { instance: at(sha.toUpperCase()), comparisons: new Map(), settings: new Map() },
      'keep',
      'none of its files changed since aaaaaaa, which is live',
    ],
    [
      'were never deployed',
      { instance: {} },
      'deploy',
      'commit aaaaaaa; it has no live deployment to compare with',
    ],
    [
      'crashed',
      { instance: { active: [deployment('d', { commit: old, status: 'CRASHED' })] } },
      'deploy',
      'commit aaaaaaa; it has no live deployment to compare with',
    ],
    [
      'are of a commit that Railway does not tell',
      { instance: at(null) },
      'deploy',
      `${notKnown}Railway does not report which commit is live`,
    ],
    [
      'could not be compared',
      { comparisons: new Map() },
      'deploy',
      `${notKnown}the list of changed files is not available or not complete`,
    ],
    [
      'could not be compared completely',
      { comparisons: compared(null) },
      'deploy',
      `${notKnown}the list of changed files is not available or not complete`,
    ],
    [
      'are nowhere told',
      { settings: new Map() },
      'deploy',
      `${notKnown}its watch patterns and root directory could not be read`,
    ],
    [
      'did not change since the live one, and did since that on its way',
      {
        instance: { ...at(old), latest: deployment('x', { status: 'BUILDING', commit: older }) },
        comparisons: new Map([...compared([]), ...compared(['web/a.ts'], older)]),
      },
      'deploy',
      'commit aaaaaaa; its files changed since bbbbbbb',
    ],
    [
      'did not change since the one on its way, which is all there is',
      {
        instance: { latest: deployment('x', { status: 'BUILDING', commit: old }) },
        settings: rootAt('api'),
      },
      'keep',
      'none of its files changed since bbbbbbb, which is live',
    ],
    [
      'changed since the failed one, which does not count',
      {
        instance: { ...at(old), latest: deployment('x', { status: 'FAILED', commit: older }) },
        comparisons: compared([]),
      },
      'keep',
      'none of its files changed since bbbbbbb, which is live',
    ],
  ])('%s', (_, given, action, detail) => {
    expect(kept(given)).toMatchObject({ action, detail })
  })

  it('is kept as unchanged', () => {
    expect(kept({ settings: rootAt('api') })).toMatchObject({ because: 'unchanged' })
  })

  it('is deployed in any case if its variables change', () => {
    expect(kept({ settings: rootAt('api') }, [key])).toEqual(step(at(old)))
    expect(kept({ settings: rootAt('api') }, ['other'])).toMatchObject({ action: 'keep' })
  })

  it('is not looked at if it is kept anyway, or is no commit', () => {
    const target = targetOf(service('web', at(old)))
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
    unknownChanges([step(given.instance ?? at(old))], facts(given), new Set(changing))

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
  ])('is not for one that is %s', (_, given, changing) => {
    expect(warned(given, changing)).toEqual([])
  })
})

describe('a run', () => {
  it.each<[RawInputs, boolean]>([
    [{ environment: 'production', 'only-changed': 'true' }, true],
    [{ environment: 'production', 'only-changed': 'true', force: 'true' }, false],
    [{ environment: 'production' }, false],
    [{ command: 'list' }, false],
  ])('of %j is selective: %s', (raw, expected) => {
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
    ['of a service with changes', selective, at(old), compared(['x']), ['web']],
    ['of none without changes', selective, at(old), compared([]), []],
    ['of none that is not compared', selective, at(old), new Map(), []],
    ['of none that is not live', selective, {}, compared(['x']), []],
    [
      'of none if everything is deployed',
      { environment: 'production' },
      at(old),
      compared(['x']),
      [],
    ],
    [
      'of none of another repository',
      selective,
      { ...at(old), source: { kind: 'repository', repository: 'acme/billing' } },
      compared(['x']),
      [],
    ],
  ])('are those %s', (_, raw, instance, comparisons, names) => {
    expect(needed(raw, instance, comparisons)).toEqual(names)
  })

  it('follow what is promoted', () => {
    const raw = { ...selective, 'from-environment': 'staging' }
    const there = environment('staging', [service('web', at(sha))])
    const settings = (promoted: ReadonlyMap<string, typeof there>) =>
      neededSettings(
        inputsOf(raw),
        selectionOf([service('web', at(old))]),
        compared(['x']),
        promoted,
      )
    expect(settings(new Map([['e-production', there]]))).toHaveLength(1)
    expect(settings(new Map())).toEqual([])
    expect(settings(new Map([['e-production', environment('staging', [])]]))).toEqual([])
  })
})
