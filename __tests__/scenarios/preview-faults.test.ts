import { describe, expect, it } from '@jest/globals'
import type { GitHubFaultName } from '../../local/github/index.ts'
import { gitHubFaults } from '../../local/github/index.ts'
import {
  type Behaviour,
  type FaultName,
  type FaultRule,
  faultCatalogue,
  type World,
} from '../../local/railway/index.ts'
import { disagreements } from './agreement.ts'
import { setPreviewStage } from './preview-stage.ts'
import { commit, repository } from './stage.ts'

/** A database, and a service with a domain. */
function fill(world: World): string {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop')
  world.service(shop, 'Postgres', { source: { image: 'postgres:16' } })
  world.service(shop, 'web', { source: { repo: repository }, domain: true })
  return world.workspaceToken(acme)
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

/** Requests that change something, after which a second run has to find what there is. */
const changing = new Set(['CreateEnvironment', 'StageChanges', 'CommitStaged', 'CreateDomain'])

const faults = Object.keys(faultCatalogue) as FaultName[]
const quiet = { comment: 'false', 'github-deployments': 'false', timeout: '30m' }

describe.each(Object.entries(creating))('making a preview: %s', (operation, situation) => {
  it.each(faults)(
    '%s, once: no second environment, none that the next run does not find',
    async (fault) => {
      const { provoke = [], behaviour = {}, inputs = {} } = situation
      const stage = await setPreviewStage({
        fill,
        behaviour,
        faults: [...provoke, { operation, fault, nth: 1 }],
      })
      const run = await stage.preview({ action: 'opened', sha: commit }, { ...quiet, ...inputs })
      expect(stage.railway.injected.map(({ name }) => name)).toContain(fault)
      expect(stage.environments('shop').length).toBeLessThanOrEqual(2)
      expect(disagreements(run, stage.world)).toEqual([])
      expect(run.codes).not.toContain('internal-error')

      if (changing.has(operation)) {
        const next = await stage.preview({ sha: commit }, { ...quiet, ...inputs })
        expect(next.errors).toEqual([])
        expect(stage.environments('shop')).toEqual(['production', 'pr-7'])
      }

      const closed = await stage.preview({ action: 'closed' }, quiet)
      expect(closed.errors).toEqual([])
      expect(stage.environments('shop')).toEqual(['production'])
    },
  )
})

describe.each(['EnvironmentRecords', 'DeleteEnvironment', 'ProjectRecords'])(
  'deleting a preview: %s',
  (operation) => {
    it.each(faults)('%s, once: it is gone, or the next run deletes it', async (fault) => {
      const stage = await setPreviewStage({ fill })
      const shop = [...stage.world.projects.values()][0]
      if (!shop) throw new Error('no project')
      const preview = stage.world.environment(shop, 'pr-7', {
        ephemeral: true,
        source: 'production',
      })
      const web = shop.services.find(({ name }) => name === 'web')
      if (web) stage.world.addInstance(web, preview, 0).source = { repo: repository, image: null }
      stage.railway.inject({ operation, fault })
      const run = await stage.preview({ action: 'closed' }, quiet)
      expect(run.codes).not.toContain('internal-error')
      const isThere = stage.environments('shop').includes('pr-7')
      if (run.exitCode === 0) expect(run.outputs.status === 'success').toBe(!isThere)
      const next = await stage.preview({ action: 'closed' }, quiet)
      expect(next.errors).toEqual([])
      expect(stage.environments('shop')).toEqual(['production'])
    })
  },
)

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
const creations = new Set(['listComments', 'createComment', 'createDeployment'])

describe.each(routes)('telling GitHub: %s', (route) => {
  const hubFaults = Object.keys(gitHubFaults) as GitHubFaultName[]
  it.each(hubFaults)(
    '%s, once and always: never a failure, never a second comment',
    async (fault) => {
      for (const times of creations.has(route) ? [1, Infinity] : [Infinity]) {
        const stage = await setPreviewStage({ fill })
        stage.github.inject({ route, fault, times })
        const run = await stage.preview({ action: 'opened', sha: commit })
        expect(run.exitCode).toBe(0)
        expect(run.outputs.status).toBe('success')
        expect(stage.hub.comments.length).toBeLessThanOrEqual(1)
        expect(stage.hub.deployments.length).toBeLessThanOrEqual(1)
        if (times !== 1) continue
        const next = await stage.preview({ sha: 'a'.repeat(40) })
        expect(next.warnings).toEqual([])
        expect(stage.hub.comments).toHaveLength(1)
        expect(stage.hub.comments[0]?.body).toContain('aaaaaaa')
      }
    },
  )
})
