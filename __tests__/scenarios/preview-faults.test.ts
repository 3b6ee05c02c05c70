import { beforeAll, describe, expect, it } from '@jest/globals'
import pLimit from 'p-limit'
import { type GitHubFaultName, gitHubFaults } from '../../local/github/index.ts'
import type { Behaviour, FaultRule, World } from '../../local/railway/index.ts'
import { cancelJob, pullRequest } from '../../local/runner/index.ts'
import { disagreements } from './agreement.ts'
import { rows } from './fleet.ts'
import { type PreviewStage, setPreviewStage } from './preview-stage.ts'
import { everyFault, within } from './project-per-fault.ts'
import { commit, type Run, repository } from './stage.ts'

/** A database and a service with a domain in each project. */
const fill = (world: World) => fillWith(world, ['shop'])
function fillWith(world: World, projects: readonly string[]): string {
  const acme = world.workspace('Acme')
  for (const name of projects) {
    const project = world.project(acme, name)
    world.service(project, 'Postgres', { source: { image: 'postgres:16' } })
    world.service(project, 'web', { source: { repo: repository }, domain: true })
  }
  return world.workspaceToken(acme)
}

const hubFaults = Object.keys(gitHubFaults) as GitHubFaultName[]
const quiet = { comment: 'false', 'github-deployments': 'false' }

/** Runs the same with every fault, a few in parallel, before the assertions about each are checked. */
function withEach<Fault extends string, Result>(
  all: readonly Fault[],
  play: (fault: Fault) => Promise<Result>,
): (fault: Fault) => Result {
  const results = new Map<Fault, Result>()
  beforeAll(async () => {
    const limit = pLimit(3)
    await Promise.all(all.map((fault) => limit(async () => results.set(fault, await play(fault)))))
  }, 600_000)
  return (fault) => {
    const result = results.get(fault)
    if (!result) throw new Error(`nothing was played for ${fault}`)
    return result
  }
}

interface Situation {
  /** The faults after which the action sends the request at all. */
  provoke?: FaultRule
  behaviour?: Partial<Behaviour>
  inputs?: Record<string, string>
}

const lostCreation: FaultRule = { operation: 'CreateEnvironment', fault: 'reset-after-effect' }

/** A stage with a project for every fault, which is injected there into this operation. */
async function setTogether(operation: string, { provoke, behaviour = {} }: Situation) {
  const stage = await setPreviewStage({
    fill: (world) => fillWith(world, everyFault),
    behaviour,
  })
  for (const fault of everyFault) {
    if (provoke) stage.railway.inject(within(stage.world, fault, provoke))
    stage.railway.inject(within(stage.world, fault, { operation, fault }))
  }
  return stage
}

/**
 * Every request that making a preview takes, besides those that every command makes. If Railway permits a name twice,
 * only the action itself prevents two environments.
 */
const creating: Record<string, Situation> = {
  CreateEnvironment: { behaviour: { duplicateEnvironmentNames: 'allowed' } },
  ProjectRecords: { provoke: lostCreation },
  PreviewState: {},
  StopAutoDeploy: {},
  StagePreview: {},
  CommitPreview: {},
  EnvironmentConfig: { behaviour: { cloneOmits: ['web'] } },
  CreateDomain: {},
  DeployService: {},
}

const environmentsIn = (stage: PreviewStage, projects: readonly string[]) =>
  Object.fromEntries(projects.map((name) => [name, stage.environments(name)]))

/** The same for every fault. */
const each = <Value>(value: Value) => Object.fromEntries(everyFault.map((fault) => [fault, value]))

const happenedTo = (stage: PreviewStage) =>
  [...new Set(stage.railway.injected.map(({ name }) => name))].sort()

describe.each(Object.entries(creating))('making a preview: %s', (operation, situation) => {
  it('every fault: one environment at most, and the next run finds it', async () => {
    const inputs = { ...quiet, timeout: '30m' }
    const stage = await setTogether(operation, situation)
    const run = await stage.preview({ action: 'opened', sha: commit }, inputs)
    expect(happenedTo(stage)).toEqual(expect.arrayContaining(everyFault.toSorted()))
    const after = environmentsIn(stage, everyFault)
    for (const names of Object.values(after)) {
      expect(['production', 'pr-7'].slice(0, names.length)).toEqual(names)
    }
    expect(disagreements(run, stage.world)).toEqual([])
    const next = await stage.preview({ sha: commit }, inputs)
    expect(next.errors).toEqual([])
    expect(environmentsIn(stage, everyFault)).toEqual(each(['production', 'pr-7']))
  })
})

describe.each(['DeleteEnvironment', 'ProjectRecords'])('deleting a preview: %s', (operation) => {
  it('every fault: it is deleted, or the run says so and the next one deletes it', async () => {
    const inputs = { ...quiet, timeout: '30m' }
    const stage = await setTogether(operation, {})
    for (const fault of everyFault) addPreview(stage, fault)
    const run = await stage.preview({ action: 'closed' }, inputs)
    expect(happenedTo(stage)).toEqual(everyFault.toSorted())
    expect(run.codes).not.toContain('internal-error')
    const claimed = new Map(rows(run).map(({ project, status }) => [project, status]))
    for (const fault of everyFault) {
      const isThere = stage.environments(fault).includes('pr-7')
      expect([fault, isThere && claimed.get(fault) === 'success']).toEqual([fault, false])
    }
    const next = await stage.preview({ action: 'closed' }, inputs)
    expect(next.errors).toEqual([])
    expect(environmentsIn(stage, everyFault)).toEqual(each(['production']))
  })
})

describe('the state of a preview with missing parts', () => {
  it.each(['source', 'latestDeployment'])('`%s`: is not taken as complete', async (field) => {
    const gap = { operation: 'PreviewState', fault: { kind: 'gap', field } as const }
    const inputs = { ...quiet, timeout: '5m' }
    const once = await setPreviewStage({ fill, faults: [{ ...gap, nth: 2, times: 3 }] })
    const run = await once.preview({ action: 'opened', sha: commit }, inputs)
    expect(run.errors).toEqual([])
    expect(once.deployed()).toHaveLength(2)
    const always = await setPreviewStage({ fill, faults: [{ ...gap, times: Infinity }] })
    const blind = await always.preview({ action: 'opened', sha: commit }, inputs)
    expect(blind.exitCode).toBe(1)
    expect(always.deployed()).toEqual([])
  })
})

/** The requests that are sent once for all projects before anything is changed. */
describe('planning', () => {
  const making = withEach(everyFault, async (fault) => {
    const stage = await setPreviewStage({
      fill,
      faults: [{ operation: 'ServiceVariables', fault }],
    })
    const inputs = { ...quiet, 'require-overrides': 'SECRET' }
    const run = await stage.preview({ action: 'opened', sha: commit }, inputs)
    const after = stage.environments('shop')
    const disagree = disagreements(run, stage.world)
    const next = run.exitCode === 0 ? null : await stage.preview({ sha: commit }, inputs)
    return { stage, run, after, disagree, next }
  })

  it.each(everyFault)(
    'ServiceVariables: %s: all or nothing, and the next run makes it',
    (fault) => {
      const { stage, run, after, disagree, next } = making(fault)
      expect(stage.railway.injected.map(({ name }) => name)).toContain(fault)
      expect(disagree).toEqual([])
      expect(after).toEqual(run.exitCode === 0 ? ['production', 'pr-7'] : ['production'])
      expect(next?.errors ?? []).toEqual([])
      expect(stage.environments('shop')).toEqual(['production', 'pr-7'])
    },
  )

  const deleting = withEach(everyFault, async (fault) => {
    const faults = [{ operation: 'EnvironmentRecords', fault }]
    const stage = await setPreviewStage({ fill, faults })
    addPreview(stage, 'shop')
    const run = await stage.preview({ action: 'closed' }, quiet)
    const isThere = stage.environments('shop').includes('pr-7')
    const next = isThere ? await stage.preview({ action: 'closed' }, quiet) : null
    return { stage, run, isThere, next }
  })

  it.each(everyFault)(
    'EnvironmentRecords: %s: it is deleted, or the job says that it is not',
    (fault) => {
      const { stage, run, isThere, next } = deleting(fault)
      const preview = 'nvironment "pr-7" of project "shop"'
      expect(stage.railway.injected.map(({ name }) => name)).toContain(fault)
      const messages = [...run.errors, ...run.warnings.filter((one) => one.includes(preview))]
      expect([run.outputs.status === 'success', messages.length]).toEqual(
        isThere ? [false, 1] : [true, 0],
      )
      expect(next?.errors ?? []).toEqual([])
      expect(stage.environments('shop')).toEqual(['production'])
    },
  )
})

/** A preview that an earlier run has made. */
function addPreview({ world }: PreviewStage, name: string): void {
  const project = [...world.projects.values()].find((one) => one.name === name)
  const web = project?.services.find((one) => one.name === 'web')
  if (!project || !web) throw new Error(`there is no project ${name} with a service`)
  const preview = world.environment(project, 'pr-7', { ephemeral: true, source: 'production' })
  world.addInstance(web, preview, 0).source = { repo: repository, image: null }
}

const routes = [
  'listComments',
  'createComment',
  'updateComment',
  'createDeployment',
  'createStatus',
  'listDeployments',
  'listStatuses',
]

/** The requests after whose lost response a retry could create a second object. */
const creations = new Set(['createComment', 'createDeployment'])

describe.each(routes)('reporting to GitHub: %s', (route) => {
  const outcomesOf = withEach(hubFaults, async (fault) => {
    const always = await reportWith(route, fault, Infinity)
    if (!creations.has(route)) return { always, once: null, next: null }
    const once = await reportWith(route, fault, 1)
    const next = await once.stage.preview({ sha: 'a'.repeat(40) })
    return { always, once, next }
  })

  it.each(hubFaults)('%s: never a failure, never a second comment or deployment', (fault) => {
    const { always, once, next } = outcomesOf(fault)
    for (const outcome of [always, ...(once ? [once] : [])]) {
      expect([outcome.run.exitCode, outcome.run.outputs.status]).toEqual([0, 'success'])
      expect(outcome.comments).toBeLessThanOrEqual(1)
      expect(outcome.deployments).toBeLessThanOrEqual(1)
    }
    expect(next?.warnings ?? []).toEqual([])
    if (next)
      expect(once?.stage.hub.comments.map(({ body }) => /aaaaaaa/.test(body))).toEqual([true])
  })
})

describe('a GitHub that', () => {
  const names = Array.from({ length: 12 }, (_, index) => `shop-${index}`)
  async function deployBeside(fault: GitHubFaultName): Promise<Run> {
    const stage = await setPreviewStage({ fill: (world) => fillWith(world, names) })
    stage.github.inject({ fault, times: Infinity })
    return stage.run(
      {
        command: 'deploy',
        environment: 'production',
        'github-deployments': 'true',
        comment: 'true',
        timeout: '5m',
      },
      {
        event: pullRequest({ action: 'opened', sha: commit }),
        github: { apiUrl: stage.github.url },
      },
    )
  }

  it('never responds costs the timeout of one request, and one warning', async () => {
    const run = await deployBeside('silence-before-effect')
    expect([run.exitCode, run.outputs.status]).toEqual([0, 'success'])
    expect(run.seconds).toBeLessThan(120)
    const messages = run.warnings.filter((warning) => warning.includes('GitHub'))
    expect(messages).toEqual([expect.stringContaining('sends no more requests to GitHub')])
  })

  it('responds slowly delays the end of the run by at most one minute', async () => {
    const run = await deployBeside('slow')
    expect([run.exitCode, run.outputs.status]).toEqual([0, 'success'])
    expect(run.seconds).toBeLessThan(75 + 60 + 10)
    const messages = run.warnings.filter((warning) => warning.includes('GitHub'))
    expect(messages).toEqual([expect.stringContaining('took longer than 60 s')])
  })

  // The question whether the pull request is still open takes up to a minute if it gets no response.
  it.each(
    hubFaults.map((fault) => ({ fault, seconds: /^(silence|slower)/.test(fault) ? 90 : 40 })),
  )('does not prevent the report of a cancelled job: $fault', async ({ fault, seconds }) => {
    const stage = await setPreviewStage({ fill })
    stage.github.inject({ fault, times: Infinity })
    const run = await stage.preview(
      { action: 'opened', sha: commit },
      {},
      { signals: cancelJob(seconds) },
    )
    expect([run.signal, run.exitCode, run.codes]).toEqual([null, 1, ['cancelled']])
    expect(run.outputs).toMatchObject({ changed: 'true', 'environment-name': 'pr-7' })
    expect(run.summary).toContain('pr-7')
  })
})

async function reportWith(
  route: string,
  fault: GitHubFaultName,
  times: number,
): Promise<{ stage: PreviewStage; run: Run; comments: number; deployments: number }> {
  const stage = await setPreviewStage({ fill })
  stage.github.inject({ route, fault, times })
  const run = await stage.preview({ action: 'opened', sha: commit })
  const { comments, deployments } = stage.hub
  return { stage, run, comments: comments.length, deployments: deployments.length }
}
