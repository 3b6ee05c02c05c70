import { describe, expect, it } from '@jest/globals'
import { planRefusals, type World } from '../../local/railway/index.ts'
import { pullRequest, type RunOptions } from '../../local/runner/index.ts'
import { disagreements } from './agreement.ts'
import { rows } from './fleet.ts'
import { type Run, repository, type Stage, type StageOptions, setStage } from './stage.ts'

interface Shop extends Stage {
  project: ReturnType<World['project']>
  web: ReturnType<World['service']>
}

/** A shop with `services` services of the repository, and a site that is fed by uploads. */
async function shop(services: number, behaviour: StageOptions['behaviour'] = {}): Promise<Shop> {
  const made: Pick<Shop, 'project' | 'web'>[] = []
  const stage = await setStage({
    behaviour: { cloneDomains: false, ...behaviour },
    fill: (world) => {
      const acme = world.workspace('Acme')
      const project = world.project(acme, 'shop')
      const options = {
        source: { repo: repository },
        variables: { OLD: 'a value', KEPT: 'another' },
        history: [{ commit: 'a'.repeat(40) }],
        domain: true,
        targetPort: 8080,
      }
      const [web] = Array.from({ length: services }, (_, index) =>
        world.service(project, index === 0 ? 'web' : `s${index}`, options),
      )
      if (web) made.push({ project, web })
      world.service(project, 'site', {})
      return world.workspaceToken(acme)
    },
  })
  const [shop] = made
  if (!shop) throw new Error('the world was not filled')
  return { ...stage, ...shop }
}

interface Write {
  inputs: Record<string, string>
  options?: Omit<RunOptions, 'inputs' | 'clock'>
  /** The environment that is written to, and the one that the write needs. */
  environment?: string
  root: string
}

const production = { environment: 'production', projects: 'shop', timeout: '10m' }
const setting = { ...production, command: 'variables', services: '@repository' }
const preview: Omit<Write, 'root'> = {
  inputs: {
    command: 'preview',
    comment: 'false',
    'github-deployments': 'false',
    variables: 'NEW=1',
    timeout: '10m',
  },
  options: { event: pullRequest({ number: 7 }) },
  environment: 'pr-7',
}

/** Every way in which the action changes something at Railway. */
const writes: Record<string, Write> = {
  'a deployment': { inputs: production, root: 'serviceInstanceDeployV2' },
  'the newest commit': {
    inputs: { ...production, 'commit-sha': 'latest' },
    root: 'serviceInstanceDeploy',
  },
  'an image': {
    inputs: { ...production, services: 'web', image: 'ghcr.io/acme/web:2' },
    root: 'serviceInstanceUpdate',
  },
  'a rollback': { inputs: { ...production, command: 'rollback' }, root: 'deploymentRollback' },
  'an upload': {
    inputs: { ...production, services: 'site', directory: 'site' },
    options: { workspaceFiles: { 'site/index.html': '<h1>hello</h1>' } },
    root: 'up',
  },
  'variables of a service': {
    inputs: { ...setting, variables: 'NEW=1' },
    root: 'variableCollectionUpsert',
  },
  'shared variables': {
    inputs: {
      ...production,
      command: 'variables',
      'shared-variables': 'true',
      variables: 'NEW=1',
    },
    root: 'variableCollectionUpsert',
  },
  'the staging of a removal': {
    inputs: { ...setting, 'remove-variables': 'OLD' },
    root: 'environmentStageChanges',
  },
  'the commit of a removal': {
    inputs: { ...setting, 'remove-variables': 'OLD' },
    root: 'environmentPatchCommitStaged',
  },
  'the environment of a preview': {
    ...preview,
    environment: 'production',
    root: 'environmentCreate',
  },
  'the pushes of a preview': { ...preview, root: 'serviceInstanceAutoDeployUpdate' },
  'the changes of a preview': { ...preview, root: 'environmentStageChanges' },
  'the commit of a preview': { ...preview, root: 'environmentPatchCommitStaged' },
  'the domain of a preview': { ...preview, root: 'serviceDomainCreate' },
}

const named = (skip: readonly string[] = []) =>
  Object.entries(writes).filter(([name]) => !skip.includes(name))

/** The requests of these operations. */
const count = ({ railway }: Stage, operations: readonly string[]) =>
  railway.requests.filter(({ operationName }) => operations.includes(operationName ?? '')).length

const lookups = ['InstanceExistence', 'EnvironmentExistence', 'ProjectExistence']
const probes = ['WhoAmI', 'TokenWorkspaces', 'ProjectTokenScope']

/** Calls a function when a request with this root field arrives, before it is executed. */
function rightBefore(stage: Stage, root: string, happen: () => void): void {
  const matching = () => {
    happen()
    return false
  }
  stage.railway.inject({ root, matching, fault: 'refused' })
}

function write(stage: Stage, { inputs, options }: Write): Promise<Run> {
  return stage.run(inputs, options)
}

describe('an environment that is deleted right before', () => {
  const answers = ['answered', 'not-found', 'not-authorized'] as const
  const cases = named().flatMap(([name, one]) =>
    answers.map((answer) => [name, answer, one] as const),
  )
  it.each(cases)('%s, and is %s', async (_, deletedEnvironment, one) => {
    const stage = await shop(6, { deletedEnvironment })
    const { root, environment = 'production' } = one
    const { world, project } = stage
    rightBefore(stage, root, () => world.deleteEnvironmentNamed(project, environment))
    const run = await write(stage, one)
    expect(run.errors[0]).toContain(
      `Environment "${environment}" of project "shop" was deleted during this run.`,
    )
    expect(new Set(run.codes.slice(0, 9))).toEqual(new Set(['operation-not-permitted']))
    expect(run.seconds).toBeLessThan(30)
    expect(count(stage, lookups)).toBeLessThanOrEqual(3)
    // One question when the run begins, and one for the refusals.
    expect(count(stage, probes)).toBeLessThanOrEqual(6)
  })
})

describe('an environment that is deleted after the first', () => {
  const starting = ['a deployment', 'the newest commit', 'a rollback', 'an upload'] as const
  const answers = ['answered', 'not-found', 'not-authorized'] as const
  const cases = starting.flatMap((name) => answers.map((answer) => [name, answer] as const))
  it.each(cases)('%s is reported, if it is %s', async (name, deletedEnvironment) => {
    const stage = await shop(6, { deletedEnvironment })
    const one = writes[name]
    if (!one) throw new Error(name)
    const after = { requests: 1, root: one.root }
    stage.world.deleteEnvironmentNamed(stage.project, 'production', after)
    const run = await write(stage, one)
    expect(run.codes.length).toBeGreaterThan(0)
    expect(run.errors.filter((error) => !error.includes('was deleted during this run'))).toEqual([])
    expect(run.seconds).toBeLessThan(60)
    expect(count(stage, lookups)).toBeLessThanOrEqual(6)
  })
})

describe('a project that is deleted right before', () => {
  const answers = ['not-found', 'not-authorized'] as const
  const cases = named().flatMap(([name, one]) =>
    answers.map((answer) => [name, answer, one] as const),
  )
  it.each(cases)('%s, and is %s', async (_, deletedProject, one) => {
    const stage = await shop(6, { deletedProject })
    rightBefore(stage, one.root, () => stage.world.deleteProject(stage.project))
    const run = await write(stage, one)
    expect(run.errors[0]).toContain('Project "shop" was deleted during this run.')
    expect(run.seconds).toBeLessThan(30)
    expect(count(stage, lookups)).toBeLessThanOrEqual(3)
  })
})

describe('a service that is removed right before', () => {
  const ofService = ['a deployment', 'a rollback', 'variables of a service'] as const
  it.each(ofService)('%s is named, and the others are written', async (name) => {
    const stage = await shop(3)
    const one = writes[name]
    if (!one) throw new Error(name)
    const { world, web } = stage
    const instance = world.instance(web, 'production')
    rightBefore(stage, one.root, () => world.removeService(instance))
    const run = await write(stage, one)
    expect(run.codes).toEqual(['operation-not-permitted'])
    expect(run.errors[0]).toContain(
      'Service "web" of project "shop" in environment "production" was deleted during this run.',
    )
    expect(rows(run).filter(({ status }) => status === 'refused')).toHaveLength(1)
    expect(run.outputs.status).toBe('partial')
    expect(count(stage, lookups)).toBe(2)
  })
})

describe('a token that is revoked right before', () => {
  it.each(named())('%s', async (_, one) => {
    const stage = await shop(6)
    rightBefore(stage, one.root, () => stage.world.revoke(stage.token))
    const run = await write(stage, one)
    expect(new Set(run.codes)).toEqual(new Set(['token-invalid']))
    expect(run.errors[0]).toMatch(/no longer valid: Railway accepted it \d+ s ago/)
    expect(run.seconds).toBeLessThan(30)
    expect(count(stage, lookups)).toBe(0)
    expect(count(stage, probes)).toBeLessThanOrEqual(6)
  })
})

describe('a refusal by the plan', () => {
  const cases = named(['the pushes of a preview', 'the domain of a preview']).flatMap(
    ([name, one]) => Object.values(planRefusals).map((message) => [name, message, one] as const),
  )
  it.each(cases)('of %s is quoted: %s', async (_, message, one) => {
    const stage = await shop(2)
    stage.world.refuse(message, { roots: [one.root] })
    const run = await write(stage, one)
    expect(run.annotations.map(({ title }) => title).join()).toContain('not allowed by the plan')
    expect(run.errors[0]).toContain(message)
    expect(run.seconds).toBeLessThan(15)
    expect(count(stage, lookups)).toBe(0)
  })

  it('of a domain is a warning with its message, and the preview is deployed', async () => {
    const stage = await shop(1)
    stage.world.refuse(planRefusals.resources, { roots: ['serviceDomainCreate'] })
    const run = await write(stage, { ...preview, root: 'serviceDomainCreate' })
    expect(run.exitCode).toBe(0)
    expect(run.warnings.join()).toContain(planRefusals.resources)
    expect(count(stage, ['CreateDomain'])).toBe(1)
  })
})

describe('a write that is refused although everything exists', () => {
  it.each(named(['the pushes of a preview', 'the domain of a preview']))('%s', async (_, one) => {
    const stage = await shop(2)
    stage.world.refuse('Not Authorized', { roots: [one.root] })
    const run = await write(stage, one)
    expect(run.codes[0]).toBe('operation-not-permitted')
    expect(run.errors.join()).toContain('Railway still accepts the workspace token')
    expect(run.errors.join()).not.toContain('deleted meanwhile')
  })
})

describe('a change that Railway makes although it reports a problem, and whose object it does not return', () => {
  it.each(named())('%s is not reported as rejected or deleted', async (_, one) => {
    const stage = await shop(2)
    stage.railway.inject({ root: one.root, fault: 'problem-after-effect' })
    for (const operation of lookups) {
      stage.railway.inject({ operation, times: Infinity, fault: 'refused' })
    }
    const run = await write(stage, one)
    expect(stage.railway.requests.filter(({ effect }) => effect).length).toBeGreaterThan(0)
    // A preview skips the service that has no source, and its job succeeds nevertheless.
    const isExpected = (one: string) =>
      one === 'exit code 0 with success, skipped, success, success'
    const found = disagreements(run, stage.world)
    expect(found.filter((one) => !isExpected(one))).toEqual([])
    expect(rows(run).map(({ status }) => status)).not.toContain('refused')
    expect(run.errors.filter((error) => error.includes('was deleted'))).toEqual([])
  })
})
