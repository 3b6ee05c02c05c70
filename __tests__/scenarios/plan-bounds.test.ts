import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { World } from '../../local/railway/index.ts'
import type { ServiceInstance } from '../../local/railway/model.ts'
import type { ServiceInstanceOptions } from '../../local/railway/world-options.ts'
import {
  event,
  HEAD_SHA,
  pullRequest,
  push,
  type RunnerEvent,
  schedule,
  workflowDispatch,
} from '../../local/runner/index.ts'
import { type PreviewStage, setPreviewStage } from './preview-stage.ts'
import { type Run, repository } from './stage.ts'

/** Properties of every run, for random workspaces, inputs and events. */

interface Workspace {
  projects: { services: Source[]; staging: boolean; shared: boolean }[]
}

const earlier = [{ commit: 'b'.repeat(40) }, { commit: 'c'.repeat(40) }]
const sources: Record<string, ServiceInstanceOptions> = {
  ours: { source: { repo: repository }, history: earlier },
  others: { source: { repo: 'acme/other' } },
  image: {
    source: { image: 'ghcr.io/acme/web:1.0.0' },
    history: [{ digest: `sha256:${'1'.repeat(64)}` }],
  },
  none: { source: 'none' },
}
type Source = 'ours' | 'others' | 'image' | 'none'

const variables = { STRIPE_KEY: 'sk_live_stored', LOG_LEVEL: 'info', EMPTY: '' }
const serviceNames = ['web', 'api', 'worker-1', 'worker-2']

function fill(workspace: Workspace) {
  return (world: World): string => {
    const acme = world.workspace('Acme')
    for (const [index, { services, staging, shared }] of workspace.projects.entries()) {
      const project = world.project(acme, ['shop', 'blog', 'shop-eu'][index] ?? 'more')
      if (shared) world.sharedVariables(world.environmentOf(project, 'production'), variables)
      for (const [at, source] of services.entries()) {
        world.service(project, serviceNames[at] ?? 'more', { ...sources[source], variables })
      }
      if (staging) world.environment(project, 'staging')
    }
    return world.workspaceToken(acme)
  }
}

const anyWorkspace: fc.Arbitrary<Workspace> = fc.record({
  projects: fc.array(
    fc.record({
      services: fc.array(
        fc.constantFrom<Source>('ours', 'ours', 'ours', 'others', 'image', 'none'),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
      staging: fc.boolean(),
      shared: fc.boolean(),
    }),
    { minLength: 1, maxLength: 3 },
  ),
})

type Choices = Readonly<Record<string, readonly string[]>>

const selection: Choices = {
  projects: ['*', 'shop', 'shop*', 'sh{op,ip}', '*\n!blog', '["shop"]', '[]', '*', 'SHOP', 'x'],
  services: ['*', 'web', '@repository', 'worker-{1..2}', '*\n!api', '[]', 'w[!x]*'],
}
const running: Choices = {
  canary: ['web'],
  'fail-fast': ['true'],
  'on-failure': ['rollback'],
  wait: ['false'],
  'dry-run': ['true'],
}
const writing: Choices = {
  variables: ['LOG_LEVEL=debug', 'NEW=1', 'STRIPE_KEY=', '{"A":"1"}', 'LOG_LEVEL=debug\nNEW=1'],
  'variables-from': ['staging'],
  'allow-empty-values': ['true'],
}

/** The inputs that each command may take, with values. `environment` is nearly always set. */
const choices: Readonly<Record<string, Choices>> = {
  deploy: {
    ...selection,
    ...running,
    ...writing,
    image: ['ghcr.io/acme/web:1.1.0'],
    'commit-sha': ['a'.repeat(40), 'latest'],
    'from-environment': ['staging'],
    force: ['true'],
    shard: ['1/2'],
  },
  variables: {
    ...selection,
    ...running,
    ...writing,
    'remove-variables': ['LOG_LEVEL', 'NONE'],
    'variables-mode': ['replace', 'merge'],
    'shared-variables': ['true'],
    redeploy: ['false'],
  },
  rollback: { ...selection, ...running },
  preview: {
    ...selection,
    variables: writing.variables ?? [],
    'require-overrides': ['STRIPE_*'],
    'preview-action': ['delete', 'create', 'prune'],
    'preview-name': ['pr-7', 'production', 'staging'],
  },
  check: selection,
  list: selection,
}

/** The inputs without which a command refuses nearly every random case. */
const usual: Readonly<Record<string, readonly string[]>> = {
  variables: ['projects', 'services', 'variables'],
}

/**
 * Inputs as a workflow may set them: up to four of those that a command takes. Some contradict each other, and such
 * runs must change nothing.
 */
const anyInputs: fc.Arbitrary<Record<string, string>> = fc
  .constantFrom(
    ...[
      'deploy',
      'deploy',
      'deploy',
      'variables',
      'variables',
      'rollback',
      'preview',
      'preview',
      'list',
    ],
  )
  .chain((command) => {
    const own = Object.entries(choices[command] ?? {})
    const given = own.filter(([name]) => usual[command]?.includes(name))
    const some = fc.subarray(own, { maxLength: Math.min(4, own.length) })
    const environment =
      command === 'preview'
        ? fc.constant('')
        : fc.constantFrom('production', 'production', 'production', 'staging')
    return fc.tuple(
      fc.constant(command),
      environment,
      some.map((more) => [...given, ...more]),
      fc.nat({ max: 99 }),
    )
  })
  .map(([command, environment, some, draw]) => ({
    command,
    ...(environment && { environment }),
    ...Object.fromEntries(
      some.map(([name, values]) => [name, values[(draw + name.length) % values.length] ?? '']),
    ),
  }))

const stranger = '5'.repeat(40)

const workflowRun = (fork: boolean): RunnerEvent =>
  event('workflow_run', {
    sha: HEAD_SHA,
    ref: 'refs/heads/main',
    payload: {
      workflow_run: {
        id: 1,
        event: fork ? 'pull_request' : 'push',
        conclusion: 'success',
        head_branch: 'main',
        head_sha: fork ? stranger : HEAD_SHA,
        head_repository: { full_name: fork ? 'stranger/shop' : repository, fork },
        pull_requests: [],
      },
    },
  })

const events: readonly (() => RunnerEvent)[] = [
  () => push(),
  () => schedule(),
  () => workflowDispatch(),
  () => pullRequest(),
  () => pullRequest({ action: 'closed' }),
  () => pullRequest({ merged: true }),
  () => pullRequest({ fork: true, sha: stranger }),
  () => pullRequest({ fork: true, sha: stranger, target: true }),
  () => workflowRun(false),
  () => workflowRun(true),
  () => event('merge_group', { sha: HEAD_SHA, ref: 'refs/heads/gh-readonly-queue/main/pr-7' }),
  () =>
    event('issue_comment', {
      sha: HEAD_SHA,
      ref: 'refs/heads/main',
      payload: { action: 'created', issue: { number: 7, pull_request: {} } },
    }),
]

/** Half of the runs are for events of this repository, so that most of them have something to do. */
const anyEvent = fc
  .oneof(
    fc.constantFrom(
      () => push(),
      () => pullRequest(),
    ),
    fc.constantFrom(...events),
  )
  .map((make) => make())

/** Everything that a run may change, by `project/environment` and `project/environment/service`. */
function stateOf(world: World): Map<string, string> {
  const places = new Map<string, string>()
  for (const environment of world.environments.values()) {
    if (environment.deletedAt !== null || environment.project.deletedAt !== null) continue
    const place = `${environment.project.name}/${environment.name}`
    places.set(place, JSON.stringify([...environment.sharedVariables]))
    for (const instance of environment.instances) {
      if (instance.deletedAt !== null) continue
      places.set(`${place}/${instance.service.name}`, JSON.stringify(stateOfService(instance)))
    }
  }
  return places
}

const stateOfService = (instance: ServiceInstance) => ({
  source: instance.source,
  settings: instance.settings,
  variables: [...instance.variables],
  autoDeploy: instance.autoDeploy,
  domains: [...instance.serviceDomains, ...instance.customDomains].map(({ domain }) => domain),
  deployments: instance.deployments.map(({ id }) => id),
})

interface PlanRow {
  action: string
  project: string
  environment: string
  service: string | null
}

const planOf = (run: Run): PlanRow[] =>
  ((run.json('plan') ?? []) as PlanRow[]).filter(({ action }) => action !== 'keep')

/** Whether a row of the plan names a service, or its environment if the row is about the whole environment. */
const names = (row: PlanRow, place: string) => {
  const environment = `${row.project}/${row.environment}`
  if (row.service !== null) return place === `${environment}/${row.service}`
  return (
    place === environment || (/preview/.test(row.action) && place.startsWith(`${environment}/`))
  )
}

function changedPlaces(before: Map<string, string>, after: Map<string, string>): string[] {
  const places = new Set([...before.keys(), ...after.keys()])
  return [...places].filter((place) => before.get(place) !== after.get(place))
}

const prepare = (workspace: Workspace): Promise<PreviewStage> =>
  setPreviewStage({ fill: fill(workspace) })

const runOn = (
  { run, github }: PreviewStage,
  inputs: Record<string, string>,
  occasion: RunnerEvent,
) => run(inputs, { event: occasion, github: { apiUrl: github.url } })

describe('for any workspace, inputs and event', () => {
  it('a run changes nothing that its plan does not name, and a dry run nothing at all', async () => {
    let changing = 0
    const property = fc.asyncProperty(
      anyWorkspace,
      anyInputs,
      anyEvent,
      async (workspace, inputs, occasion) => {
        const stage = await prepare(workspace)
        const before = stateOf(stage.world)
        const result = await runOn(stage, inputs, occasion)
        const changed = changedPlaces(before, stateOf(stage.world))
        await stage.railway.close()
        const rows = planOf(result)
        if (changed.length > 0) changing += 1
        const allowed = inputs['dry-run'] === 'true' ? [] : rows
        expect(changed.filter((place) => !allowed.some((row) => names(row, place)))).toEqual([])
        expect(result.codes).not.toContain('internal-error')
        const commits = stage.world.newDeployments().map(({ commit }) => commit)
        expect(commits).not.toContain(stranger)
      },
    )
    await fc.assert(property, { numRuns: 150, seed: 20_261_126, endOnFailure: false })
    expect(changing).toBeGreaterThan(20)
  }, 300_000)

  it('an expression whose value is empty stops the run before the first request', async () => {
    const property = fc.asyncProperty(
      anyInputs,
      fc.constantFrom(
        ...['projects', 'services', 'environment', 'workspace', 'variables', 'remove-variables'],
        ...['image', 'commit-sha', 'canary', 'variables-from', 'preview-name', 'shard'],
      ),
      async (inputs, name) => {
        const stage = await prepare({
          projects: [{ services: ['ours'], staging: true, shared: true }],
        })
        const given = { ...inputs, [name]: '' }
        const lines = Object.keys(given).map((key) =>
          key === name
            ? `          ${key}: \${{ vars.NOT_THERE }}`
            : `          ${key}: ${JSON.stringify(given[key as keyof typeof given])}`,
        )
        const workflow = [
          'on: push',
          'jobs:',
          '  deploy:',
          '    runs-on: ubuntu-latest',
          '    steps:',
          '      - uses: acme/railway-workspace-deploy@v1',
          '        with:',
          ...lines,
          '',
        ].join('\n')
        const result = await stage.run(given, {
          workspaceFiles: { '.github/workflows/deploy.yml': workflow },
        })
        await stage.railway.close()
        expect(result.codes).toContain('input-invalid')
        expect(result.summary).toContain('vars.NOT&#95;THERE')
        expect(stage.railway.requests).toEqual([])
      },
    )
    await fc.assert(property, { numRuns: 60, seed: 20_261_126, endOnFailure: false })
  }, 300_000)

  it('an empty input without a workflow file never permits more deletions', async () => {
    const erasing = fc.constantFrom<Record<string, string>>(
      { 'variables-mode': 'replace', variables: 'A=1' },
      { 'remove-variables': 'LOG_LEVEL' },
      { 'variables-mode': 'replace', variables: 'A=1', 'dry-run': 'true' },
    )
    const emptied = fc.constantFrom<string[]>(['projects'], ['services'], ['projects', 'services'])
    const property = fc.asyncProperty(
      anyWorkspace,
      erasing,
      emptied,
      async (workspace, inputs, names) => {
        const stage = await prepare(workspace)
        const before = stateOf(stage.world)
        const selection = Object.fromEntries(
          ['projects', 'services'].map((name) => [name, names.includes(name) ? '' : '*']),
        )
        const result = await stage.run({
          command: 'variables',
          environment: 'production',
          ...inputs,
          ...selection,
        })
        await stage.railway.close()
        expect(result.codes).toContain('input-invalid')
        expect(changedPlaces(before, stateOf(stage.world))).toEqual([])
      },
    )
    await fc.assert(property, { numRuns: 25, seed: 20_261_126, endOnFailure: false })
  }, 300_000)
})
