import { beforeAll, describe, expect, it } from '@jest/globals'
import pLimit from 'p-limit'
import { type GitHubFaultName, gitHubFaults } from '../../local/github/index.ts'
import {
  type Behaviour,
  type FaultName,
  type FaultRule,
  faultCatalogue,
  type World,
} from '../../local/railway/index.ts'
import { disagreements } from './agreement.ts'
import { type PreviewStage, setPreviewStage } from './preview-stage.ts'
import { commit, type Run, repository } from './stage.ts'

/** A database, and a service with a domain. */
function fill(world: World): string {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop')
  world.service(shop, 'Postgres', { source: { image: 'postgres:16' } })
  world.service(shop, 'web', { source: { repo: repository }, domain: true })
  return world.workspaceToken(acme)
}

const faults = Object.keys(faultCatalogue) as FaultName[]
const hubFaults = Object.keys(gitHubFaults) as GitHubFaultName[]
const quiet = { comment: 'false', 'github-deployments': 'false', timeout: '30m' }

/** Does the same with every fault, a few side by side, before the promises about each are looked at. */
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
  /** Faults that make the action send the request at all. */
  provoke?: FaultRule[]
  behaviour?: Partial<Behaviour>
  inputs?: Record<string, string>
}

const lostCreation: FaultRule = { operation: 'CreateEnvironment', fault: 'reset-after-effect' }

/** Every request that making a preview takes, besides those that every command makes. */
const creating: Record<string, Situation> = {
  BaseVariables: { inputs: { 'require-overrides': 'SECRET' } },
  CreateEnvironment: {},
  ProjectRecords: { provoke: [lostCreation] },
  PreviewState: {},
  SwitchAutoDeploy: {},
  StagePreview: {},
  CommitPreview: {},
  EnvironmentConfig: { behaviour: { cloneOmits: ['web'] } },
  DomainPorts: {},
  CreateDomain: {},
  DeployService: {},
}

describe.each(Object.entries(creating))('making a preview: %s', (operation, situation) => {
  const played = withEach(faults, async (fault) => {
    const { provoke = [], behaviour = {}, inputs = {} } = situation
    const rules = [...provoke, { operation, fault }]
    const stage = await setPreviewStage({ fill, behaviour, faults: rules })
    const run = await stage.preview({ action: 'opened', sha: commit }, { ...quiet, ...inputs })
    const after = stage.environments('shop')
    const disagree = disagreements(run, stage.world)
    const again = run.exitCode !== 0 || operation === 'CreateEnvironment'
    const next = again ? await stage.preview({ sha: commit }, { ...quiet, ...inputs }) : null
    return { stage, run, after, disagree, next }
  })

  it.each(faults)('%s: one environment at most, and the next run finds it', (fault) => {
    const { stage, run, after, disagree, next } = played(fault)
    expect(stage.railway.injected.map(({ name }) => name)).toContain(fault)
    expect(['production', 'pr-7'].slice(0, after.length)).toEqual(after)
    expect(disagree).toEqual([])
    expect(run.codes).not.toContain('internal-error')
    expect(next?.errors ?? []).toEqual([])
    expect(stage.environments('shop')).toEqual(['production', 'pr-7'])
  })
})

describe.each(['EnvironmentRecords', 'DeleteEnvironment', 'ProjectRecords'])(
  'deleting a preview: %s',
  (operation) => {
    const played = withEach(faults, async (fault) => {
      const stage = await setPreviewStage({ fill, faults: [{ operation, fault }] })
      addPreview(stage)
      const run = await stage.preview({ action: 'closed' }, quiet)
      const isThere = stage.environments('shop').includes('pr-7')
      const next = isThere ? await stage.preview({ action: 'closed' }, quiet) : null
      return { stage, run, isThere, next }
    })

    it.each(faults)('%s: it is gone, or the run says so and the next one deletes it', (fault) => {
      const { stage, run, isThere, next } = played(fault)
      expect(run.codes).not.toContain('internal-error')
      if (isThere) expect(run.outputs.status).not.toBe('success')
      expect(next?.errors ?? []).toEqual([])
      expect(stage.environments('shop')).toEqual(['production'])
    })
  },
)

/** A preview that an earlier run has made. */
function addPreview({ world }: PreviewStage): void {
  const shop = [...world.projects.values()][0]
  const web = shop?.services.find(({ name }) => name === 'web')
  if (!shop || !web) throw new Error('the world is not filled')
  const preview = world.environment(shop, 'pr-7', { ephemeral: true, source: 'production' })
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

/** Where a lost answer could lead to a second one. */
const creations = new Set(['createComment', 'createDeployment'])

describe.each(routes)('telling GitHub: %s', (route) => {
  const played = withEach(hubFaults, async (fault) => {
    const always = await tellWith(route, fault, Infinity)
    if (!creations.has(route)) return { always, once: null, next: null }
    const once = await tellWith(route, fault, 1)
    const next = await once.stage.preview({ sha: 'a'.repeat(40) })
    return { always, once, next }
  })

  it.each(hubFaults)('%s: never a failure, never a second comment or deployment', (fault) => {
    const { always, once, next } = played(fault)
    for (const told of [always, ...(once ? [once] : [])]) {
      expect([told.run.exitCode, told.run.outputs.status]).toEqual([0, 'success'])
      expect(told.comments).toBeLessThanOrEqual(1)
      expect(told.deployments).toBeLessThanOrEqual(1)
    }
    expect(next?.warnings ?? []).toEqual([])
    if (next)
      expect(once?.stage.hub.comments.map(({ body }) => /aaaaaaa/.test(body))).toEqual([true])
  })
})

async function tellWith(
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
