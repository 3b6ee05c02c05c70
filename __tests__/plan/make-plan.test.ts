import { describe, expect, it } from '@jest/globals'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import { type Inputs, parseInputs } from '../../src/inputs/read-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'
import type {
  Deployment,
  Environment,
  Project,
  ServiceInstance,
} from '../../src/inventory/inventory.ts'
import type { Selection } from '../../src/inventory/selection.ts'
import { collectFacts } from '../../src/plan/collect-facts.ts'
import { noFacts, type PlanFacts } from '../../src/plan/facts.ts'
import { makePlan } from '../../src/plan/make-plan.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { CommitRelation, PlanSources, Scan } from '../../src/plan/ports.ts'
import { collectSecretValues } from '../../src/plan/secret-values.ts'
import type { StoredVariable } from '../../src/plan/variables/state.ts'
import type { TokenScope } from '../../src/scope/token-scope.ts'
import { Secret } from '../../src/secret.ts'

const sha = 'a'.repeat(40)
const old = 'b'.repeat(40)
const now = Date.UTC(2026, 0, 5, 9)
const place = { environment: 'production', projects: 'shop' }

/** A removal must name its targets. */
const named = (raw: Readonly<Record<string, string>>) =>
  raw['remove-variables'] && !raw['shared-variables']
    ? { projects: 'shop', services: '@repository' }
    : {}

function inputsOf(raw: RawInputs, event: object = {}): Inputs {
  const environment = {
    GITHUB_REPOSITORY: 'acme/shop',
    GITHUB_SHA: sha,
    GITHUB_REF: 'refs/heads/main',
  }
  const parsed = parseInputs(
    { ...place, ...named(raw), ...raw },
    null,
    parseContext(environment, event),
  )
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.failures))
  return parsed.value
}

const deployment = (id: string, status: string, commit: string | null = old): Deployment => ({
  id,
  status,
  createdAt: `2026-01-0${id}T00:00:00Z`,
  commit,
  image: null,
})

const service = (name: string, more: Partial<ServiceInstance> = {}): ServiceInstance => ({
  service: { id: `id-${name}`, name },
  source: { kind: 'repository', repository: 'acme/shop' },
  latest: deployment('3', 'SUCCESS'),
  active: [deployment('3', 'SUCCESS')],
  triggers: [],
  domains: [],
  cron: false,
  configFile: null,
  ...more,
})

/** A service that is live at a commit, which is one letter forty times. */
const live = (letter: string) => ({
  latest: deployment('3', 'SUCCESS', letter.repeat(40)),
  active: [deployment('3', 'SUCCESS', letter.repeat(40))],
})

const environment = (name: string, more: Partial<Environment> = {}): Environment => ({
  id: `id-${name}`,
  name,
  accessible: true,
  ephemeral: false,
  instances: [],
  ...more,
})

function selectionOf(instances: ServiceInstance[], others: Environment[] = []): Selection {
  const production = environment('production', { instances })
  const project: Project = {
    id: 'id-shop',
    name: 'shop',
    workspaceId: 'w',
    baseEnvironmentId: production.id,
    prDeploys: false,
    environments: [production, ...others],
  }
  return {
    environments: [{ project, environment: production, instances }],
    named: new Set(),
    warnings: [],
    emptyReason: null,
  }
}

const stored = (value: string | null): StoredVariable => ({
  value: value === null ? null : new Secret(value),
  references: [],
  provided: false,
})

const tree: Scan = {
  kind: 'tree',
  tree: {
    root: '/checkout/site',
    entries: [{ path: 'index.html', isDirectory: false, bytes: 10 }],
    files: 1,
    bytes: 10,
    leftOut: [],
    ignored: { count: 0, complete: true, first: [] },
    linkedIgnoreFiles: [],
  },
}

const workspaceToken: TokenScope = {
  kind: 'workspace',
  workspace: { id: 'w', name: 'Acme' },
  uncertainties: [],
}

/** Sources that return literals and record the queries. */
function sourcesOf(
  more: {
    scope?: TokenScope
    staged?: string[]
    stored?: Record<string, string | null>
    scan?: Scan
    relation?: CommitRelation
  } = {},
): { sources: PlanSources; queries: string[] } {
  const queries: string[] = []
  const note = <Value>(question: string, value: Value): Value => {
    queries.push(question)
    return value
  }
  const state = new Map(
    Object.entries(more.stored ?? {}).map(([name, value]) => [name, stored(value)]),
  )
  const sources: PlanSources = {
    scope: more.scope ?? workspaceToken,
    variables: {
      read: async (targets) =>
        note(`variables of ${targets.length}`, { ok: true, value: targets.map(() => state) }),
      stagedPaths: async (environments) =>
        note(`staged in ${environments.map(({ environment: { name } }) => name)}`, {
          ok: true,
          value: new Map(environments.map((one) => [one.environment.id, more.staged ?? []])),
        }),
      stagedSince: async () => new Map(),
    },
    histories: {
      read: async (targets) =>
        note(
          `histories of ${targets.length}`,
          targets.map(() => ({
            ok: true as const,
            deployments: [
              { ...deployment('3', 'SUCCESS'), canRollback: true },
              { ...deployment('2', 'REMOVED', 'c'.repeat(40)), canRollback: true },
            ],
          })),
        ),
    },
    roots: { rootDirectory: async () => note('root directory', '') },
    directories: { scan: async (path) => note(`scan ${path}`, more.scan ?? tree) },
    previews: {
      records: async (environments) =>
        note(
          `records of ${environments.map(({ name }) => name)}`,
          new Map(
            environments.map(({ id, name, ephemeral }) => [
              id,
              {
                id,
                name,
                ephemeral,
                createdAt: '2026-01-01T00:00:00Z',
                sourceId: 'id-production',
                pullRequest: null,
              },
            ]),
          ),
        ),
    },
    commits: {
      compare: async (base) =>
        note(`comparison with ${base}`, { relation: more.relation ?? 'newer', files: null }),
    },
    sourceSettings: {
      read: async (targets) =>
        note(
          `source settings of ${targets.length}`,
          targets.map(() => ({ rootDirectory: '', watchPatterns: [] })),
        ),
    },
    pullRequests: {
      state: async (number) => note(`pull request ${number}`, { state: 'closed', errors: [] }),
    },
  }
  return { sources, queries }
}

/** Returns the plan after a check that it is equal to its copy as JSON, and contains no value of a variable. */
function copyOf(plan: Plan): Plan {
  const text = JSON.stringify(plan)
  expect(JSON.parse(text)).toEqual(plan)
  expect(text).not.toContain('***')
  expect(text).not.toContain('hunter2')
  return plan
}

async function planOf(inputs: Inputs, selection: Selection, sources: PlanSources) {
  const facts = await collectFacts(inputs, selection, sources)
  if (!facts.ok) return { codes: facts.failures.map(({ code }) => code), steps: [], facts: noFacts }
  const plan = makePlan(inputs, selection, facts.value, now)
  if (!plan.ok) {
    return { codes: plan.failures.map(({ code }) => code), steps: [], facts: facts.value }
  }
  return { codes: [], steps: copyOf(plan.value).steps, plan: plan.value, facts: facts.value }
}

const pullRequest = {
  pull_request: {
    number: 7,
    state: 'open',
    head: { sha, ref: 'feature', repo: { full_name: 'acme/shop' } },
    base: { repo: { full_name: 'acme/shop' } },
  },
  number: 7,
}
const preview = environment('pr-7', { ephemeral: true, instances: [service('web')] })

describe('a plan', () => {
  it.each<[string, RawInputs, Selection, string[], string[]]>([
    [
      'a commit',
      {},
      selectionOf([service('web')]),
      [`comparison with ${old}`],
      ['deploy shop/production/web'],
    ],
    [
      'a commit that is live',
      { 'commit-sha': old },
      selectionOf([service('web')]),
      [],
      ['keep shop/production/web'],
    ],
    [
      'a directory',
      { directory: 'site' },
      selectionOf([service('web')]),
      ['scan site', 'root directory'],
      ['upload shop/production/web'],
    ],
    [
      'a directory for two services',
      { directory: 'site' },
      selectionOf([service('web'), service('api')]),
      [],
      ['input-invalid'],
    ],
    [
      'a return',
      { command: 'rollback' },
      selectionOf([service('web')]),
      ['histories of 1'],
      ['rollback shop/production/web'],
    ],
    [
      'variables',
      { command: 'variables', variables: 'KEY=hunter2' },
      selectionOf([service('web')]),
      ['variables of 1'],
      [
        'set-variables shop/production/web',
        'deploy shop/production/web after set-variables shop/production/web',
      ],
    ],
    [
      'a removal',
      { command: 'variables', services: 'web', 'remove-variables': 'OLD', redeploy: 'false' },
      selectionOf([service('web')]),
      ['variables of 1', 'staged in production'],
      ['set-variables shop/production/web'],
    ],
    [
      'shared variables',
      { command: 'variables', variables: 'KEY=hunter2', 'shared-variables': 'true' },
      selectionOf([service('web')]),
      ['variables of 2'],
      ['set-variables shop/production'],
    ],
    [
      'a deployment with variables',
      { variables: 'KEY=hunter2' },
      selectionOf([service('web')]),
      ['variables of 1', `comparison with ${old}`],
      [
        'set-variables shop/production/web',
        'deploy shop/production/web after set-variables shop/production/web',
      ],
    ],
    [
      'a new preview',
      { command: 'preview' },
      selectionOf([service('web')]),
      [],
      ['create-preview shop/pr-7', 'deploy shop/pr-7/web after create-preview shop/pr-7'],
    ],
    [
      'a preview whose variables are checked',
      { command: 'preview', 'require-overrides': 'KEY' },
      selectionOf([service('web')]),
      ['variables of 2'],
      ['create-preview shop/pr-7', 'deploy shop/pr-7/web after create-preview shop/pr-7'],
    ],
    [
      'an existing preview, with a new value',
      { command: 'preview', variables: 'KEY=hunter2' },
      selectionOf([service('web')], [preview]),
      [`comparison with ${old}`, 'records of pr-7'],
      ['update-preview shop/pr-7', 'deploy shop/pr-7/web after update-preview shop/pr-7'],
    ],
    [
      'the deletion of a preview',
      { command: 'preview', 'preview-action': 'delete' },
      selectionOf([service('web')], [preview]),
      ['records of pr-7'],
      ['delete-preview shop/pr-7'],
    ],
    [
      'the deletion of a preview that does not exist',
      { command: 'preview', 'preview-action': 'delete' },
      selectionOf([service('web')]),
      [],
      ['keep shop/pr-7'],
    ],
    [
      'the pruning of previews',
      { command: 'preview', 'preview-action': 'prune' },
      selectionOf([service('web')], [preview]),
      ['records of pr-7', 'pull request 7'],
      ['delete-preview shop/pr-7'],
    ],
    [
      'a canary',
      { canary: 'web' },
      selectionOf([service('web'), service('api')]),
      [`comparison with ${old}`],
      ['deploy shop/production/web', 'deploy shop/production/api in wave 1'],
    ],
  ])('of %s reads only the facts that it needs', async (_, raw, selection, questions, expected) => {
    const { sources, queries } = sourcesOf({ stored: { OLD: 'hunter2' } })
    const { codes, steps } = await planOf(inputsOf(raw, pullRequest), selection, sources)
    const lines = steps.map(
      ({ id, after, wave = 0 }) =>
        `${id}${after.length > 0 ? ` after ${after}` : ''}${wave > 0 ? ` in wave ${wave}` : ''}`,
    )
    expect([...codes, ...lines]).toEqual(expected)
    expect(queries).toEqual(questions)
  })

  it('of a preview with a project token is refused before anything is read', async () => {
    const scope: TokenScope = {
      kind: 'project',
      projectId: 'id-shop',
      environmentId: 'e',
      uncertainties: [],
    }
    const { sources, queries } = sourcesOf({ scope })
    const { codes } = await planOf(
      inputsOf({ command: 'preview' }, pullRequest),
      selectionOf([service('web')]),
      sources,
    )
    expect({ codes, queries }).toEqual({ codes: ['token-project-scoped'], queries: [] })
  })
})

describe('the text of a plan', () => {
  const staging = environment('staging', { instances: [service('web', live('c'))] })
  const promoted = selectionOf([service('web')], [staging])
  const redis = service('cache', { source: { kind: 'image', image: 'redis:7' } })
  const crashed = service('web', { active: [] })

  interface Expected {
    readonly steps: string[]
    readonly warnings?: string[]
    readonly notices?: string[]
  }

  it.each<[string, RawInputs, Selection, CommitRelation, Expected]>([
    ['a commit', {}, selectionOf([service('web')]), 'newer', { steps: ['deploy: commit aaaaaaa'] }],
    [
      'a commit that is older',
      {},
      selectionOf([service('web')]),
      'older',
      { steps: ['keep: bbbbbbb is newer than aaaaaaa'], warnings: ['newer commit not replaced'] },
    ],
    [
      'a commit of which that is not known, of the services that are deployed',
      {},
      selectionOf([service('web'), service('api', live('a'))]),
      'unknown',
      {
        steps: ['deploy: commit aaaaaaa', 'keep: aaaaaaa is already live'],
        notices: ['order of commits not known'],
      },
    ],
    [
      'changed files that are not known',
      { 'only-changed': 'true' },
      selectionOf([service('web')]),
      'newer',
      {
        steps: [
          'deploy: commit aaaaaaa; it is not known which of its files changed: the list of changed files is not available or not complete',
        ],
        notices: ['changed files not known'],
      },
    ],
    [
      'changed files that do not matter for new variables',
      { 'only-changed': 'true', variables: 'KEY=hunter2' },
      selectionOf([service('web')]),
      'newer',
      { steps: ['set-variables: adds KEY', 'deploy: commit aaaaaaa'] },
    ],
    [
      'an image',
      { image: 'redis:8' },
      selectionOf([redis]),
      'newer',
      { steps: ['deploy: image redis:8, in place of redis:7'] },
    ],
    [
      'a promotion',
      { 'from-environment': 'staging' },
      promoted,
      'newer',
      {
        steps: [
          'deploy: commit ccccccc from staging (deployed there 2 days ago), in place of bbbbbbb',
        ],
      },
    ],
    [
      'a promotion that is forced',
      { 'from-environment': 'staging', force: 'true' },
      selectionOf([service('web', live('c'))], [staging]),
      'newer',
      {
        steps: [
          'deploy: commit ccccccc from staging (deployed there 2 days ago), in place of ccccccc',
        ],
      },
    ],
    [
      'a promotion of files that are not known',
      { 'from-environment': 'staging', 'only-changed': 'true' },
      promoted,
      'newer',
      {
        steps: [
          'deploy: commit ccccccc from staging (deployed there 2 days ago), in place of bbbbbbb; it is not known which of its files changed: the list of changed files is not available or not complete',
        ],
        notices: ['changed files not known'],
      },
    ],
    [
      'variables, at the live revision',
      { command: 'variables', variables: 'KEY=hunter2' },
      selectionOf([service('web')]),
      'newer',
      {
        steps: [
          'set-variables: adds KEY',
          'deploy: commit bbbbbbb, which is live, with the new variables',
        ],
      },
    ],
    [
      'variables of a deployment, together with its commit',
      { variables: 'KEY=hunter2' },
      selectionOf([service('web')]),
      'newer',
      { steps: ['set-variables: adds KEY', 'deploy: commit aaaaaaa'] },
    ],
    [
      'a rollback on failure for live services',
      { 'on-failure': 'rollback' },
      selectionOf([service('web')]),
      'newer',
      { steps: ['deploy: commit aaaaaaa'] },
    ],
    [
      'no rollback on failure for services that are not live',
      { 'on-failure': 'rollback' },
      selectionOf([crashed]),
      'newer',
      { steps: ['deploy: commit aaaaaaa'], warnings: ['rollback not possible'] },
    ],
    [
      'no rollback on failure without a request',
      {},
      selectionOf([crashed]),
      'newer',
      { steps: ['deploy: commit aaaaaaa'] },
    ],
    [
      'a health check that cannot be made',
      { 'health-check': '/healthz' },
      selectionOf([service('web')]),
      'newer',
      { steps: ['deploy: commit aaaaaaa'], warnings: ['health not checked'] },
    ],
  ])('%s', async (_, raw, selection, relation, { steps, warnings = [], notices = [] }) => {
    const { sources } = sourcesOf({ relation })
    const { plan } = await planOf(inputsOf(raw), selection, sources)
    expect({
      steps: plan?.steps.map(({ action, detail }) => `${action}: ${detail}`),
      warnings: plan?.warnings.map(({ title }) => title),
      notices: plan?.notices?.map(({ title }) => title) ?? [],
    }).toEqual({ steps, warnings, notices })
  })
})

describe('the staged changes of an environment', () => {
  const removal = { command: 'variables', services: 'web', 'remove-variables': 'OLD' }
  const ours = '/services/id-web/variables/OLD'
  it.each<[string, string[], string[], string[]]>([
    ['nothing', [], [], []],
    ['the same removal, left behind by an earlier run', [ours], [], [ours]],
    ['a removal of another variable', ['/services/id-web/variables/NEW'], ['staged-changes'], []],
    [
      'the same removal, and something else',
      [ours, '/services/id-web/source'],
      ['staged-changes'],
      [],
    ],
    [
      'a removal of the same name from the shared variables',
      ['/sharedVariables/OLD'],
      ['staged-changes'],
      [],
    ],
  ])('%s', async (_, staged, codes, leftover) => {
    const { sources } = sourcesOf({ staged, stored: { OLD: 'hunter2' } })
    const made = await planOf(inputsOf(removal), selectionOf([service('web')]), sources)
    expect(made.codes).toEqual(codes)
    const paths = made.steps.flatMap((step) =>
      step.action === 'set-variables' ? step.variables.leftoverPaths : [],
    )
    expect(paths).toEqual(leftover)
  })
})

describe('the values of a plan', () => {
  const secretsOf = (plan: Plan, inputs: Inputs, facts: PlanFacts) =>
    [...collectSecretValues(plan, inputs, facts)].map(([id, values]) => [
      id,
      Object.fromEntries([...values].map(([name, value]) => [name, value.reveal()])),
    ])

  it.each<[string, RawInputs, Record<string, string | null>, [string, Record<string, string>][]]>([
    [
      'are those that differ from the stored ones',
      { command: 'variables', variables: 'NEW=1\nSAME=2\nOTHER=3' },
      { SAME: '2', OTHER: 'old' },
      [['set-variables shop/production/web', { NEW: '1', OTHER: '3' }]],
    ],
    [
      'are written again if they are sealed',
      { command: 'variables', variables: 'SEALED=1' },
      { SEALED: null },
      [['set-variables shop/production/web', { SEALED: '1' }]],
    ],
    [
      'are none for a removal',
      { command: 'variables', services: 'web', 'remove-variables': 'OLD' },
      { OLD: '1' },
      [['set-variables shop/production/web', {}]],
    ],
    [
      'are those of the inputs for a preview',
      { command: 'preview', variables: 'KEY=1' },
      {},
      [['create-preview shop/pr-7', { KEY: '1' }]],
    ],
  ])('%s', async (_, raw, state, expected) => {
    const inputs = inputsOf(raw, pullRequest)
    const { sources } = sourcesOf({ stored: state })
    const { plan, facts } = await planOf(inputs, selectionOf([service('web')]), sources)
    expect(plan && secretsOf(plan, inputs, facts)).toEqual(expected)
  })
})
