import { describe, expect, it } from '@jest/globals'
import {
  type Behaviour,
  planRefusals,
  type Script,
  type SeedDeployment,
  scripts,
  type World,
} from '../../local/railway/index.ts'
import { pullRequest } from '../../local/runner/index.ts'
import { rows } from './fleet.ts'
import { commit, type Run, repository, type Stage, type StageOptions, setStage } from './stage.ts'

interface Shop extends Stage {
  project: ReturnType<World['project']>
}

async function shop(
  services: number,
  { live, ...options }: Omit<StageOptions, 'fill'> & { live?: SeedDeployment } = {},
  more: (world: World) => void = () => {},
): Promise<Shop> {
  const projects: Shop['project'][] = []
  const stage = await setStage({
    ...options,
    fill: (world) => {
      const acme = world.workspace('Acme')
      const project = world.project(acme, 'shop')
      projects.push(project)
      for (let index = 0; index < services; index += 1) {
        const service = world.service(project, `s${index}`, {
          source: { repo: repository },
          ...(live && { live }),
        })
        world.script(service, 'production', [scripts.never, scripts.never])
      }
      more(world)
      return world.workspaceToken(acme)
    },
  })
  const [project] = projects
  if (!project) throw new Error('the world was not filled')
  return { ...stage, project }
}

const deploy = (stage: Stage) => stage.run({ environment: 'production', projects: 'shop' })

function preview(stage: Stage, inputs: Record<string, string> = {}) {
  const event = pullRequest({ number: 7 })
  return stage.run(
    { command: 'preview', comment: 'false', 'github-deployments': 'false', ...inputs },
    { event },
  )
}

/** Seconds from the incident, which is so many seconds after the start, to the end of the run. */
const secondsToReport = (run: Run, incident: number) => run.seconds - incident

describe('a token that is revoked during the run', () => {
  it.each([
    { services: 1, seconds: 5 },
    { services: 1, seconds: 13 },
    { services: 1, seconds: 40 },
    { services: 30, seconds: 40 },
    { services: 1, seconds: 95 },
    { services: 30, seconds: 131 },
    { services: 1, seconds: 301 },
  ])(
    'is reported within 15 seconds while $services deployments are followed for $seconds seconds',
    async ({ services, seconds }) => {
      const stage = await shop(services)
      stage.world.revoke(stage.token, { seconds })
      const run = await deploy(stage)
      expect(run.codes).toEqual(['token-invalid'])
      expect(run.errors[0]).toMatch(/no longer valid: Railway accepted it \d+ s ago/)
      expect(secondsToReport(run, seconds)).toBeLessThan(15)
      expect(new Set(rows(run).map(({ status }) => status))).toEqual(new Set(['unknown']))
      expect(stage.railway.requests.length).toBeLessThan(services + 40)
    },
  )

  it.each([20, 45, 110, 200, 290])(
    'is reported within 15 seconds if the deployment is expected to take longer: %i seconds',
    async (seconds) => {
      const build: Script = [{ status: 'BUILDING', seconds: 400 }, 'SUCCESS']
      const stage = await shop(1, { live: { script: build } })
      stage.world.revoke(stage.token, { seconds })
      const run = await deploy(stage)
      expect(run.codes).toEqual(['token-invalid'])
      expect(secondsToReport(run, seconds)).toBeLessThan(15)
    },
  )

  it.each([0, 3])(
    'is reported by the change that it refuses, after %i others',
    async (requests) => {
      const stage = await shop(12)
      stage.world.revoke(stage.token, { requests: requests + 1, root: 'serviceInstanceDeployV2' })
      const run = await deploy(stage)
      expect(run.codes).toEqual(['token-invalid'])
      expect(run.seconds).toBeLessThan(30)
      const refused = rows(run).filter(({ status }) => status === 'refused')
      expect(refused.length + stage.world.newDeployments().length).toBe(12)
    },
  )
})

describe('a token that is still valid', () => {
  it('is called valid only after a check', async () => {
    const stage = await shop(1)
    stage.world.refuse('Not Authorized')
    const run = await deploy(stage)
    expect(run.codes).toEqual(['operation-not-permitted'])
    expect(run.errors[0]).toContain('Railway still accepts the workspace token')
    const last = stage.railway.requests.map(({ operationName }) => operationName)
    expect(last.lastIndexOf('TokenWorkspaces')).toBeGreaterThan(last.indexOf('DeployService'))
  })

  it('is not judged without a check', async () => {
    const stage = await shop(1)
    stage.world.refuse('Something else entirely')
    const run = await deploy(stage)
    expect(run.errors.join()).not.toContain('good one')
  })
})

describe('a token for which no check gets a response', () => {
  const silent = ['status-502-html', 'reset-before-effect', 'slower-than-patience'] as const
  it.each(silent)('is checked once for refusals in a row, after %s', async (fault) => {
    const probes = ['WhoAmI', 'TokenWorkspaces', 'ProjectTokenScope', 'Workspaces']
    const stage = await shop(12)
    const again = probes.map((operation) => ({ operation, nth: 2, times: Infinity, fault }))
    for (const rule of again) stage.railway.inject(rule)
    stage.world.refuse('Not Authorized')
    const inputs = { environment: 'production', projects: 'shop', 'max-parallel': '1' }
    const run = await stage.run({ ...inputs, timeout: '1h' })
    expect(run.codes[0]).toBe('operation-not-permitted')
    expect(run.errors.join()).not.toContain('good one')
    expect(rows(run).map(({ status }) => status)).toEqual(Array(12).fill('refused'))
    const tokenChecks = stage.railway.requests.filter(({ operationName }) =>
      probes.includes(operationName ?? ''),
    )
    expect(tokenChecks.length).toBeLessThan(45)
  })
})

describe('an object that is deleted during the run', () => {
  it.each(['not-found', 'not-authorized'] as const)(
    'is reported by the refusal of a change, with %s',
    async (deletedProject) => {
      const stage = await shop(12, { behaviour: { deletedProject } })
      stage.world.deleteProject(stage.project, { requests: 1, root: 'serviceInstanceDeployV2' })
      const run = await deploy(stage)
      const deleted = run.errors.filter((error) => error.includes('was deleted during this run'))
      expect(deleted.length).toBeGreaterThan(5)
      expect(stage.railway.requests.length).toBeLessThan(60)
    },
  )
})

describe('a project of 60 services that is deleted while their deployments are followed', () => {
  it.each(['not-found', 'not-authorized', 'problem'] as const)(
    'takes few requests, with %s',
    async (deletedProject) => {
      const stage = await shop(60, { behaviour: { deletedProject } })
      stage.world.deleteProject(stage.project, { seconds: 20 })
      const run = await deploy(stage)
      expect(run.exitCode).toBe(1)
      expect(new Set(rows(run).map(({ status }) => status))).toEqual(new Set(['unknown']))
      // One request started each deployment, so the rest is the cost of the deletion and of the earlier polls.
      expect(stage.railway.requests.length).toBeLessThanOrEqual(60 + 1.5 * 60 + 20)
    },
  )
})

describe('a refusal that names its cause', () => {
  it.each([
    'Invalid name "PLAN"',
    'Problem processing request',
    'trial and error',
    'The upgrade of the service is under way',
  ])('is not reported in %j', async (message) => {
    const stage = await shop(1)
    stage.world.refuse(message)
    const run = await deploy(stage)
    expect(run.annotations.map(({ title }) => title).join()).not.toContain('refused by the plan')
  })

  it.each(Object.values(planRefusals))('is repeated within 5 seconds: %s', async (message) => {
    const stage = await shop(10)
    stage.world.refuse(message)
    const run = await deploy(stage)
    expect(new Set(run.codes.slice(0, 9))).toEqual(new Set(['operation-not-permitted']))
    expect(run.errors[0]).toContain(message)
    expect(run.seconds).toBeLessThan(5)
    expect(stage.world.newDeployments()).toEqual([])
  })
})

describe('a trial that expires during the run', () => {
  it('is reported at once for the services that are not deployed yet', async () => {
    const stage = await shop(6)
    const when = { requests: 2, root: 'serviceInstanceDeployV2' }
    stage.world.refuse(planRefusals.trialEnded, { when })
    const inputs = { environment: 'production', projects: 'shop', wait: 'false' }
    const run = await stage.run(inputs)
    expect(rows(run).map(({ status }) => status)).toEqual([
      'accepted',
      'accepted',
      ...Array(4).fill('refused'),
    ])
    for (const error of run.errors) expect(error).toContain(planRefusals.trialEnded)
    expect(run.seconds).toBeLessThan(5)
  })
})

describe('an environment that is deleted during the run', () => {
  it('is reported while its deployments are followed', async () => {
    const stage = await shop(8)
    stage.world.deleteEnvironmentNamed(stage.project, 'production', { seconds: 20 })
    const run = await deploy(stage)
    expect(run.errors).toHaveLength(8)
    for (const error of run.errors) {
      expect(error).toContain('Environment "production" of project "shop" was deleted')
    }
    expect(secondsToReport(run, 20)).toBeLessThan(20)
  })
})

describe('a commit that Railway does not know', () => {
  it.each([3, 20, 59])('for %i seconds is deployed after that', async (seconds) => {
    const stage = await shop(3, {}, (world) => world.hideCommit(commit, seconds))
    const run = await stage.run({ environment: 'production', projects: 'shop', wait: 'false' })
    expect(run.exitCode).toBe(0)
    expect(stage.world.newDeployments()).toHaveLength(3)
  })

  it('for longer is reported after a minute, for any number of services', async () => {
    const stage = await shop(30, {}, (world) => world.hideCommit(commit, 3_600))
    const run = await deploy(stage)
    expect(new Set(run.codes.slice(0, 9))).toEqual(new Set(['commit-not-found']))
    expect(run.seconds).toBeGreaterThan(59)
    expect(run.seconds).toBeLessThan(75)
    expect(stage.railway.requests.length).toBeLessThan(100)
  })

  it('is not waited for beyond `timeout`', async () => {
    const stage = await shop(1, {}, (world) => world.hideCommit(commit, 3_600))
    const run = await stage.run({ environment: 'production', projects: 'shop', timeout: '20s' })
    expect(run.codes).toEqual(['commit-not-found'])
    expect(run.seconds).toBeLessThan(21)
  })
})

describe('the preview of a run', () => {
  it.each<[string, number, Partial<Behaviour>]>([
    ['as taken, for 5 seconds', 5, {}],
    ['as taken, for 40 seconds', 40, {}],
    ['as taken, for 2 minutes', 120, {}],
    ['without a cause, for 5 seconds', 5, { nameReservedError: 'problem' }],
    ['without a cause, for 2 minutes', 120, { nameReservedError: 'problem' }],
  ])('is made after Railway has rejected its name %s', async (_, seconds, behaviour) => {
    const stage = await shop(1, { behaviour })
    stage.world.reserveName(stage.project, 'pr-7', seconds)
    const run = await preview(stage)
    expect(run.codes).toEqual([])
    expect(run.outputs['environment-created']).toBe('true')
    const names = stage.project.environments.map(({ name }) => name)
    expect(names.filter((name) => name === 'pr-7')).toHaveLength(1)
  })

  it('is not requested for minutes in every project if Railway always rejects it', async () => {
    const stage = await shop(1, { behaviour: { nameReservedError: 'problem' } }, (world) => {
      const [acme] = world.workspaces.values()
      if (!acme) throw new Error('there is no workspace')
      for (const name of ['blog', 'labs', 'docs']) {
        world.service(world.project(acme, name), 'web', { source: { repo: repository } })
      }
    })
    for (const project of stage.world.projects.values()) {
      stage.world.reserveName(project, 'pr-7', 36_000)
    }
    const run = await preview(stage)
    expect(new Set(run.codes)).toEqual(new Set(['operation-not-permitted']))
    // The first one takes 270 seconds, and the others 90 each, in which the environment may still appear.
    expect(run.seconds).toBeLessThan(270 + 3 * 95)
  })

  it.each([
    ['1m', 'name-taken', {}],
    ['2m', 'name-taken', {}],
    ['3m', 'operation-not-permitted', { nameReservedError: 'problem' }],
    ['4m', 'operation-not-permitted', { nameReservedError: 'problem' }],
  ] as const)(
    'reports the rejection of its name, and no timeout, with `timeout: %s`: %s',
    async (timeout, code, behaviour) => {
      const stage = await shop(1, { behaviour })
      stage.world.reserveName(stage.project, 'pr-7', 36_000)
      const run = await preview(stage, { timeout })
      expect(run.codes).toEqual([code])
      expect(run.outputs.changed).toBe('false')
      expect(rows(run)[0]?.status).toBe('refused')
    },
  )

  it('takes few requests while a name is reserved', async () => {
    const stage = await shop(1)
    stage.world.reserveName(stage.project, 'pr-7', 36_000)
    await preview(stage)
    expect(stage.railway.requests.length).toBeLessThan(35)
  })

  it('reports that a name is reserved for longer', async () => {
    const stage = await shop(1)
    stage.world.reserveName(stage.project, 'pr-7', 600)
    const run = await preview(stage)
    expect(run.codes).toEqual(['name-taken'])
    expect(run.errors[0]).toContain('Railway keeps the names of deleted environments for a while')
    expect(run.seconds).toBeLessThan(180)
  })

  it.each([1, 5])(
    'reports that the token was revoked %i seconds after it began',
    async (seconds) => {
      const stage = await shop(1, { behaviour: { cloneSeconds: 150 } })
      stage.world.revoke(stage.token, { seconds })
      const run = await preview(stage)
      expect(run.codes).toEqual(['token-invalid'])
      expect(secondsToReport(run, seconds)).toBeLessThan(15)
    },
  )

  it('reports within 5 seconds that the plan refuses it', async () => {
    const stage = await shop(1)
    stage.world.refuse(planRefusals.environments, { roots: ['environmentCreate'] })
    const run = await preview(stage)
    expect(run.errors[0]).toContain(planRefusals.environments)
    expect(run.seconds).toBeLessThan(5)
  })
})
