import { describe, expect, it } from '@jest/globals'
import type { RawInputs } from '../../../src/inputs/raw-inputs.ts'
import type {
  Environment,
  MissingField,
  ServiceInstance,
} from '../../../src/inventory/inventory.ts'
import { noFacts, type PlanFacts } from '../../../src/plan/facts.ts'
import type { EnvironmentRecord } from '../../../src/plan/ports.ts'
import { planPreview } from '../../../src/plan/preview/plan-preview.ts'
import { deployment, environment, inputsOf, selectionOf, service } from '../../fixtures.ts'
import { type PlainVariables, variableState } from '../fixtures.ts'

const [sha, old] = ['a'.repeat(40), 'b'.repeat(40)]
const now = Date.UTC(2026, 0, 31)

const pullRequest = (more: object = {}, repository = 'acme/shop') => ({
  pull_request: {
    number: 7,
    state: 'open',
    head: { sha, ref: 'topic', repo: { full_name: repository } },
    ...more,
  },
})

const web = service('web')
const cache = service('cache', { source: { kind: 'image', image: 'redis:7' } })
const search = service('search', { source: { kind: 'image', image: 'elastic:8' } })
const all = [web, cache, search]

const at = (commit: string): Partial<ServiceInstance> => ({
  latest: deployment('d', { commit }),
  active: [deployment('d', { commit })],
})
const preview = (
  name: string,
  instances: ServiceInstance[] = all,
  more: Partial<Environment> = {},
) => environment(name, instances, { ephemeral: true, ...more })

const recordOf = ({ id, name }: Environment): EnvironmentRecord => ({
  id,
  name,
  ephemeral: true,
  createdAt: '2026-01-01T00:00:00Z',
  sourceId: null,
  pullRequest: null,
})

interface Given {
  readonly raw?: RawInputs
  readonly event?: object
  readonly selected?: readonly ServiceInstance[]
  readonly others?: readonly Environment[]
  readonly facts?: Partial<PlanFacts>
  readonly missingFields?: readonly MissingField[]
}

function plan({
  raw,
  event = pullRequest(),
  selected = all,
  others = [],
  facts,
  missingFields,
}: Given) {
  const selection = selectionOf(all, { others })
  const chosen = selection.environments.map((one) => ({ ...one, instances: selected }))
  return planPreview(
    inputsOf({ command: 'preview', ...raw }, { GITHUB_EVENT_NAME: 'pull_request' }, event),
    { ...selection, environments: chosen, ...(missingFields && { missingFields }) },
    {
      ...noFacts,
      records: new Map(others.map((one) => [one.id, recordOf(one)])),
      pullRequests: { states: new Map(), errors: [] },
      ...facts,
    },
    now,
  )
}

function planned(given: Given) {
  const made = plan(given)
  if (!made.ok) throw new Error(JSON.stringify(made.failures))
  return made.value
}

/** Returns the spec of the one step that prepares a preview. */
function specOf(given: Given) {
  const [step] = planned(given).steps
  if (step?.action !== 'create-preview' && step?.action !== 'update-preview') {
    throw new Error(`${step?.action} prepares no preview`)
  }
  return step.preview
}

const linesOf = (given: Given) =>
  planned(given).steps.map(({ action, target, detail }) => {
    const place = target.instance?.service.name ?? target.environment.name
    return `${action} ${place}: ${detail}`
  })

const variables = (values: Readonly<Record<string, PlainVariables>>) => ({
  previewVariables: new Map(
    Object.entries(values).map(([key, plain]) => [key, variableState(plain)]),
  ),
})

describe('the changes of a preview', () => {
  const named = (name: string) => ({ service: { id: `s-${name}`, name } })
  const branch = { ...named('web'), branch: 'topic' }
  it.each<[string, Given, object[]]>([
    ['the branch', {}, [branch]],
    [
      'no branch of a fork',
      { raw: { 'commit-sha': sha }, event: pullRequest({}, 'mallory/shop') },
      [],
    ],
    [
      'variables of the selected services',
      { raw: { variables: 'A=1\nB=2' }, selected: [cache] },
      [branch, { ...named('cache'), variables: ['A', 'B'] }],
    ],
    [
      'variables of all',
      { raw: { variables: 'A=1' } },
      [
        { ...branch, variables: ['A'] },
        { ...named('cache'), variables: ['A'] },
        { ...named('search'), variables: ['A'] },
      ],
    ],
    [
      'an image if another tag of it runs',
      { raw: { image: 'docker.io/library/redis:8' } },
      [branch, { ...named('cache'), image: 'docker.io/library/redis:8' }],
    ],
    ['an image that runs nowhere', { raw: { image: 'postgres:16' } }, [branch]],
    [
      'an image and variables',
      { raw: { image: 'redis:8', variables: 'A=1' }, selected: [search] },
      [branch, { ...named('cache'), image: 'redis:8' }, { ...named('search'), variables: ['A'] }],
    ],
  ])('are %s', (_, given, changes) => {
    expect(specOf(given).changes).toEqual(changes)
  })

  it('follow the branch of the run if there is no pull request', () => {
    const spec = specOf({ raw: { 'preview-name': 'demo' }, event: {} })
    expect([spec.changes, spec.message]).toEqual([[], 'Preview of acme/shop'])
    const inputs = inputsOf(
      { command: 'preview', 'preview-name': 'demo' },
      { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/next' },
    )
    const pushed = planPreview(inputs, selectionOf(all), noFacts, now)
    expect(pushed.ok && pushed.value.steps[0]).toMatchObject({
      preview: { changes: [{ ...named('web'), branch: 'next' }] },
    })
  })

  it.each<[string, Given, string[]]>([
    ['all', {}, ['s-web', 's-cache', 's-search']],
    ['the selected ones', { raw: { services: 'web', projects: '*' }, selected: [web] }, ['s-web']],
    [
      'all, though only the default is selected',
      { selected: [web] },
      ['s-web', 's-cache', 's-search'],
    ],
  ])('come with the services to deploy: %s', (_, given, deployed) => {
    expect(specOf(given).deployed).toEqual(deployed)
  })

  it('name the services to deploy', () => {
    expect(specOf({ raw: { force: 'true' } }).request).toEqual({
      commit: { kind: 'commit', sha },
      force: true,
      newer: [],
      context: { repository: 'acme/shop', branch: null },
    })
  })
})

describe('a preview with another commit', () => {
  const triggers = [{ repository: 'acme/shop', branch: 'topic' }]
  const present = preview('pr-7', [
    service('web', { ...at(old), triggers }),
    service('cache', { source: cache.source, ...at(old) }),
    service('search', { source: search.source, ...at(old) }),
  ])
  const compared = (relation: 'older' | 'unknown') => ({
    comparisons: new Map([[`${old}...${sha}`, { relation, files: null }]]),
  })
  const given = { others: [present] }

  it('is kept if that is newer, with a warning', () => {
    const made = planned({ ...given, facts: compared('older') })
    expect(made.steps.map(({ action }) => action)).toEqual(['keep', 'keep', 'keep', 'keep'])
    expect(made.warnings).toEqual([
      {
        title: 'newer commit not replaced',
        message:
          'These services are not deployed, because a newer commit than the requested one is live or being deployed: shop/web (bbbbbbb is newer than aaaaaaa) in environment "pr-7". To go back to the older commit, run the command `rollback`, or `deploy` with `force: true`.',
      },
    ])
    expect(made.notices).toEqual([])
  })

  it('is deployed if the order is not known, with a notice', () => {
    const made = planned({ ...given, facts: compared('unknown') })
    expect(made.steps.map(({ action }) => action)).toEqual(['keep', 'keep', 'deploy'])
    expect(made.warnings).toEqual([])
    expect(made.notices).toEqual([
      {
        title: 'order of commits not known',
        message:
          'The action could not find out whether commit aaaaaaa is newer than the commit that is live or being deployed. It deploys aaaaaaa to shop/web (has bbbbbbb) in environment "pr-7". To compare commits, the action needs a checkout with `fetch-depth: 0`, or the permission `contents: read` for the job. It compares at most 20 pairs of commits in a run.',
      },
    ])
  })
})

describe('variables that a preview would inherit', () => {
  const raw = { 'require-overrides': 'URL\nKEY' }

  it('are refused, together with all other errors', () => {
    const persistent = environment('pr-7', all)
    const facts = {
      ...variables({ 'e-production/s-web': { URL: 'postgres://x' } }),
      records: new Map([[persistent.id, recordOf(persistent)]]),
    }
    const made = plan({ raw: { ...raw, variables: 'A=' }, others: [persistent], facts })
    expect(made).toMatchObject({
      ok: false,
      failures: [
        { code: 'name-taken', facts: { project: 'shop', environment: 'pr-7' } },
        {
          code: 'inherited-variable',
          facts: { project: 'shop', environment: 'pr-7', service: 'web', variable: 'URL' },
        },
      ],
    })
    expect(made.ok ? [] : made.failures).toHaveLength(2)
  })

  it('are refused even if the preview could be made', () => {
    const facts = variables({ 'e-production/s-web': { URL: 'x' } })
    const made = plan({ raw, facts })
    expect(made.ok ? [] : made.failures.map(({ code }) => code)).toEqual(['inherited-variable'])
  })

  it('are not read if none is required', () => {
    const facts = variables({ 'e-production/s-web': { URL: 'x', KEY: null } })
    expect(planned({ facts }).warnings).toEqual([])
  })

  it('have a warning if they are sealed, which a clone does not have', () => {
    const facts = variables({
      'e-production/s-web': { KEY: null, OPEN: ref('x.Y') },
      'e-production/s-cache': { TOKEN: null },
    })
    expect(planned({ raw, facts }).warnings).toEqual([
      {
        title: 'sealed variables without a value',
        message:
          'The preview "pr-7" has no value for 2 sealed variables of its base: KEY of service "web" of project "shop"; TOKEN of service "cache" of project "shop". Railway does not copy sealed variables into a preview. Set their values with `variables`.',
      },
    ])
    const one = variables({ 'e-production/s-web': { KEY: null } })
    expect(planned({ raw, facts: one }).warnings.map(({ message }) => message)).toEqual([
      'The preview "pr-7" has no value for a sealed variable of its base: KEY of service "web" of project "shop". Railway does not copy sealed variables into a preview. Set its value with `variables`.',
    ])
    expect(planned({ raw, facts: variables({}) }).warnings).toEqual([])
  })

  it.each([
    [20, ''],
    [22, '; those of 2 more services'],
  ])('have a warning of at most 20 services, of %i', (number, rest) => {
    const many = Array.from({ length: number }, (_, index) => service(`s${index}`))
    const states = many.map(({ service: { id } }) => [
      `e-production/${id}`,
      { KEY: null, TOKEN: null },
    ])
    const made = planPreview(
      inputsOf({ command: 'preview', ...raw }, {}, pullRequest()),
      selectionOf(many),
      { ...noFacts, ...variables(Object.fromEntries(states)) },
      now,
    )
    const listed = Array.from(
      { length: 20 },
      (_, index) => `KEY, TOKEN of service "s${index}" of project "shop"`,
    ).join('; ')
    expect(made.ok && made.value.warnings.map(({ message }) => message)).toEqual([
      `The preview "pr-7" has no value for ${2 * number} sealed variables of its base: ${listed}${rest}. Railway does not copy sealed variables into a preview. Set their values with \`variables\`.`,
    ])
  })

  it('are refused if an empty value would delete one, and new empty ones have a warning', () => {
    const base = variables({ 'e-production/s-web': { A: '1' } })
    const made = plan({ raw: { variables: 'A=' }, facts: base })
    expect(made.ok ? [] : made.failures.map(({ code }) => code)).toEqual(['empty-value'])
    const fresh = planned({ raw: { variables: 'A=' }, facts: variables({}) })
    expect(fresh.warnings.map(({ title }) => title)).toEqual(['new variables are empty'])
  })
})

const ref = (name: string) => `\${{${name}}}`

describe('the deletion of previews', () => {
  const raw = { 'preview-action': 'delete' }
  const closed = pullRequest({ state: 'closed' })

  it.each<[string, Given, string[]]>([
    [
      'of a closed pull request',
      { event: closed, others: [preview('pr-7')] },
      ['delete-preview pr-7: the pull request is closed'],
    ],
    [
      'that was requested',
      { raw, others: [preview('pr-7')] },
      ['delete-preview pr-7: its deletion was requested'],
    ],
    [
      'that was requested without a pull request',
      { raw: { ...raw, 'preview-name': 'demo' }, event: {}, others: [preview('demo')] },
      ['delete-preview demo: its deletion was requested'],
    ],
    ['that do not exist', { raw }, ['keep pr-7: there is no environment "pr-7"']],
    [
      'from which previews are cloned',
      { raw: { ...raw, environment: 'PR-7' }, others: [preview('pr-7')] },
      ['keep pr-7: it is the environment that previews are cloned from'],
    ],
  ])('%s', (_, given, lines) => {
    expect(linesOf(given)).toEqual(lines)
  })
})

describe('the pruning of previews', () => {
  const raw = { 'preview-action': 'prune' }
  const two = [
    preview('pr-7', [service('web', at(old))]),
    preview('pr-8', [service('web', at(old))]),
  ]
  const states = new Map([
    [7, 'closed'],
    [8, 'open'],
  ] as const)
  const known = { pullRequests: { states, errors: [] } }
  const gap = { place: 'x', environmentId: 'e-pr-8', field: 'y', message: 'z' }

  it.each<[string, Given, string[], string[]]>([
    [
      'deletes those of closed pull requests',
      { raw, others: two, facts: known },
      ['delete-preview pr-7: pull request #7 is closed', 'keep pr-8: pull request #8 is open'],
      [],
    ],
    [
      'deletes old ones, too',
      { raw: { ...raw, 'older-than': '14d' }, others: two, facts: known },
      [
        'delete-preview pr-7: pull request #7 is closed',
        'delete-preview pr-8: pull request #8 is open, and it was last deployed 25 days ago',
      ],
      [],
    ],
    [
      'keeps those of unknown age',
      { raw: { ...raw, 'older-than': '14d' }, others: two, facts: known, missingFields: [gap] },
      [
        'delete-preview pr-7: pull request #7 is closed',
        'keep pr-8: pull request #8 is open, and the time of its last deployment is not known',
      ],
      ['previews that may be left over'],
    ],
    [
      'keeps all without a token',
      { raw, others: two.slice(0, 1), facts: { pullRequests: null } },
      ['keep pr-7: GitHub did not report whether pull request #7 is closed'],
      ['previews that may be left over', 'nothing pruned'],
    ],
    ['mentions no token if there are none', { raw, facts: { pullRequests: null } }, [], []],
    [
      'reports the refusals of GitHub',
      {
        raw,
        others: two.slice(0, 1),
        facts: {
          pullRequests: {
            states,
            errors: [
              { kind: 'missing-permission', permission: 'pull-requests: read', for: 'pruning' },
            ],
          },
        },
      },
      ['delete-preview pr-7: pull request #7 is closed'],
      ['GitHub permission missing'],
    ],
  ])('%s', (_, given, lines, warnings) => {
    expect(linesOf(given)).toEqual(lines)
    expect(planned(given).warnings.map(({ title }) => title)).toEqual(warnings)
  })
})
