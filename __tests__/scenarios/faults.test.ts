import { describe, expect, it } from '@jest/globals'
import {
  type FaultName,
  type FaultRule,
  faultCatalogue,
  scripts,
  type World,
} from '../../local/railway/index.ts'
import { disagreements } from './agreement.ts'
import { commit, repository, setStage } from './stage.ts'

/** Two services that deploy well. */
function fill(world: World): string {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop')
  world.service(shop, 'web', { source: { repo: repository } })
  world.service(shop, 'api', { source: { repo: repository } })
  return world.workspaceToken(acme)
}

/** The same, and `web` fails, so that its failure has to be explained. */
function fillFailing(world: World): string {
  const token = fill(world)
  const web = [...world.services.values()].find(({ name }) => name === 'web')
  if (web) world.script(web, 'production', [scripts.crashes])
  return token
}

const operations = {
  WhoAmI: fill,
  TokenWorkspaces: fill,
  WorkspaceProjects: fill,
  DeployService: fill,
  ServiceDeployments: fill,
  DeploymentStates: fill,
  InstanceStates: fill,
  DeploymentSteps: fillFailing,
  DeploymentDiagnosis: fillFailing,
  DeploymentLogs: fillFailing,
  BuildLogs: fillFailing,
}

type Name = keyof typeof operations

/** Looking for a deployment happens only after an answer was lost. */
const provoke: Partial<Record<Name, FaultRule[]>> = {
  ServiceDeployments: [{ operation: 'DeployService', fault: 'reset-after-effect' }],
  BuildLogs: [{ operation: 'DeploymentLogs', times: Infinity, fault: 'refused' }],
}

/** Faults that, happening once, cannot be mended, and the code that says so. */
const fatalOnce: Partial<Record<FaultName, Partial<Record<Name, string>>>> = {
  refused: {
    WorkspaceProjects: 'operation-not-permitted',
    DeployService: 'operation-not-permitted',
  },
  'wrong-name': { WorkspaceProjects: 'api-incompatible' },
  'wrong-type': { WorkspaceProjects: 'api-incompatible' },
  problem: { DeployService: 'operation-not-permitted' },
}

async function runWith(name: Name, fault: FaultName, times: number) {
  const faults = [...(provoke[name] ?? []), { operation: name, fault, times }]
  const stage = await setStage({ fill: operations[name], faults })
  const result = await stage.run({ environment: 'production', timeout: '15m' }, { debug: true })
  return { ...stage, result }
}

describe.each(Object.keys(operations) as Name[])('%s', (name) => {
  it.each(Object.keys(faultCatalogue) as FaultName[])('%s, first and repeated', async (fault) => {
    const [once, always] = await Promise.all([
      runWith(name, fault, 1),
      runWith(name, fault, Infinity),
    ])
    expect(disagreements(once.result, once.world, commit)).toEqual([])
    expect(disagreements(always.result, always.world, commit)).toEqual([])
    const failing = operations[name] === fillFailing
    const fatal = fatalOnce[fault]?.[name]
    expect(once.result.codes[0]).toBe(failing ? 'deployment-failed' : fatal)
    expect(once.railway.injected.map((one) => one.name)).toContain(fault)
  })
})
