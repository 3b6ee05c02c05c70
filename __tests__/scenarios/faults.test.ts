import { describe, expect, it } from '@jest/globals'
import { type FaultName, type FaultRule, scripts, type World } from '../../local/railway/index.ts'
import { disagreements } from './agreement.ts'
import { rows } from './fleet.ts'
import { everyFault, lasting, passing, pausing, within } from './project-per-fault.ts'
import { commit, repository, type Stage, setStage } from './stage.ts'

/** Two services in each project: they are deployed, or `web` fails and its failure must be explained. */
const fill =
  ({ failing, projects }: { failing: boolean; projects: readonly string[] }) =>
  (world: World) => {
    const acme = world.workspace('Acme')
    for (const name of projects) {
      const project = world.project(acme, name)
      const web = world.service(project, 'web', { source: { repo: repository } })
      // It sleeps when it is read, so that it counts later and is read once more at the end.
      const api = world.service(project, 'api', { source: { repo: repository } })
      world.script(api, 'production', [[{ status: 'BUILDING', seconds: 120 }, 'SLEEPING']])
      if (failing) world.script(web, 'production', [scripts.crashes])
    }
    return world.workspaceToken(acme)
  }

/** The requests that are sent once for all projects. */
const common = [
  'WhoAmI',
  'TokenWorkspaces',
  'WorkspaceProjects',
  'ServedDeployments',
  'InstanceStates',
]

interface Situation {
  /** A fault that makes the request unnecessary. */
  provoke?: FaultRule
  failing?: boolean
}

const lostDeploy: FaultRule = { operation: 'DeployService', fault: 'reset-after-effect' }
const notAtOnce: FaultRule = { operation: 'AllLogs', times: Infinity, fault: 'refused' }
const noLogs: FaultRule = { root: 'deploymentLogs', times: Infinity, fault: 'refused' }

/** The requests for a single service. */
const single: Record<string, Situation> = {
  DeployService: {},
  ServiceDeployments: { provoke: lostDeploy },
  DeploymentSteps: { failing: true },
  DeploymentDiagnosis: { failing: true },
  AllLogs: { failing: true },
  DeploymentLogs: { failing: true, provoke: notAtOnce },
  BuildLogs: { failing: true, provoke: noLogs },
}

/** The faults that a retry cannot fix although they happen once, and their error code. */
const fatalOnce: Partial<Record<string, Partial<Record<FaultName, string>>>> = {
  WorkspaceProjects: {
    refused: 'operation-not-permitted',
    'wrong-name': 'api-incompatible',
    'wrong-type': 'api-incompatible',
  },
  DeployService: { refused: 'operation-not-permitted', problem: 'operation-not-permitted' },
}

async function runOn({ run, world, railway }: Stage, timeout: string) {
  const result = await run({ environment: 'production', timeout }, { debug: true })
  const happened = new Set(railway.injected.map(({ name }) => name))
  const times = railway.injected.length
  return { result, world, happened, times, found: disagreements(result, world, commit) }
}

/** Injects the fault into every one of these operations, in one run. */
async function alone(operations: readonly string[], fault: FaultName, times: number) {
  const [operation = ''] = operations
  const { provoke, failing = false } = single[operation] ?? {}
  const rules = operations.map((name) => ({ operation: name, fault, times }))
  const faults = [...(provoke ? [provoke] : []), ...rules]
  const stage = await setStage({ fill: fill({ failing, projects: ['shop'] }), faults })
  return runOn(stage, '6m')
}

/** Injects every fault into a project of its own, in one run. */
async function together(operation: string, projects: readonly FaultName[], times: number) {
  const { provoke, failing = false } = single[operation] ?? {}
  const stage = await setStage({ fill: fill({ failing, projects }) })
  for (const fault of projects) {
    if (provoke) stage.railway.inject(within(stage.world, fault, provoke))
    stage.railway.inject(within(stage.world, fault, { operation, fault, times }))
  }
  const ran = await runOn(stage, '30m')
  return { ...ran, unaffected: projects.filter((fault) => !ran.happened.has(fault)) }
}

describe('the requests for all projects together', () => {
  it.each(passing)('%s, once each', async (fault) => {
    const once = await alone(common, fault, 1)
    expect(once.found).toEqual([])
    expect(once.result.codes).toEqual([])
    expect(once.times).toBe(common.length)
  })
})

describe.each(common)('%s', (name) => {
  it.each(lasting)('%s, once', async (fault) => {
    const once = await alone([name], fault, 1)
    expect(once.found).toEqual([])
    expect(once.result.codes[0]).toBe(fatalOnce[name]?.[fault])
    expect(once.happened).toContain(fault)
  })

  it.each(everyFault)('%s, always', async (fault) => {
    const always = await alone([name], fault, Infinity)
    expect(always.found).toEqual([])
    expect(always.happened).toContain(fault)
  })
})

describe.each(Object.keys(single))('%s', (name) => {
  const { failing = false } = single[name] ?? {}

  it('every fault, once: only faults that a retry cannot fix are reported, and only for their project', async () => {
    const once = await together(name, everyFault, 1)
    expect(once.found).toEqual([])
    expect(once.unaffected).toEqual([])
    const shown = rows(once.result).flatMap(({ project, service, errorCode }) =>
      errorCode ? [`${project}/${service}: ${errorCode}`] : [],
    )
    const expected = failing
      ? everyFault.map((fault) => `${fault}/web: deployment-failed`)
      : Object.entries(fatalOnce[name] ?? {}).map(([fault, code]) => `${fault}/web: ${code}`)
    expect(shown.sort()).toEqual(expected.sort())
  })

  it('every fault, always: the report is true', async () => {
    const always = await together(
      name,
      everyFault.filter((fault) => !pausing.includes(fault)),
      Infinity,
    )
    expect(always.found).toEqual([])
    expect(always.unaffected).toEqual([])
  })

  it.each(pausing)('%s, always', async (fault) => {
    const always = await alone([name], fault, Infinity)
    expect(always.found).toEqual([])
    expect(always.happened).toContain(fault)
  })
})
