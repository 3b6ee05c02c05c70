import { describe, expect, it } from '@jest/globals'
import {
  type FaultName,
  type FaultRule,
  faultCatalogue,
  type World,
} from '../../local/railway/index.ts'
import { disagreements } from './agreement.ts'
import { type Run, repository, setStage } from './stage.ts'
import { refer, storedIn } from './variables-stage.ts'

const old = { KEEP: 'kept-value', CHANGE: 'old-value-1', REMOVE: 'gone-value-1' }
const values = { CHANGE: 'new-value-%-::1', ADD: '##[group]added\nline-22' }
const wanted = { KEEP: old.KEEP, ...values }

/** Two services, and shared variables that one of them uses. */
function fill(world: World): string {
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  const source = { repo: repository }
  world.service(project, 'api', { source, variables: { ...old, SHARED: refer('shared.CHANGE') } })
  world.service(project, 'web', { source, variables: old })
  world.sharedVariables(world.environmentOf(project, 'production'), old)
  return world.workspaceToken(acme)
}

const inputs = {
  command: 'variables',
  environment: 'production',
  projects: 'shop',
  variables: JSON.stringify(values),
  'remove-variables': 'REMOVE',
  timeout: '30m',
}
const own = { ...inputs, services: 'api\nweb' }
const shared = { ...inputs, 'shared-variables': 'true' }
const lostCommit: FaultRule = { operation: 'CommitStaged', fault: 'reset-after-effect' }

const operations: Record<string, { inputs: Record<string, string>; provoke?: FaultRule }> = {
  ServiceVariables: { inputs: own },
  EnvironmentVariables: { inputs: own },
  MoreEnvironmentVariables: { inputs: own },
  StagedChanges: { inputs: own },
  WriteServiceVariables: { inputs: own },
  StageChange: { inputs: own },
  CommitStaged: { inputs: own },
  WorkflowState: { inputs: own },
  PatchState: { inputs: own, provoke: lostCommit },
  DeployService: { inputs: own },
  SharedVariables: { inputs: shared },
  WriteSharedVariables: { inputs: shared },
}

/** What is stored at a place: of a service, or of the environment. */
function stored(world: World, service: string | null): Record<string, string> {
  world.settle()
  const found = [...world.services.values()].find(({ name }) => name === service)
  if (found) {
    const { SHARED: _, ...rest } = storedIn(world, found, 'production')
    return rest
  }
  const [environment] = world.environments.values()
  return Object.fromEntries([...(environment?.sharedVariables ?? [])].map(([k, v]) => [k, v.value]))
}

/** What must be stored where a write ended so. `null`: anything. */
const consequences: Record<string, Record<string, string> | null> = {
  success: wanted,
  refused: old,
  'not-started': old,
  failed: { ...wanted, REMOVE: old.REMOVE },
  unknown: null,
}

function variableDisagreements(run: Run, world: World): string[] {
  const results = (run.json('results') ?? []) as Record<string, string | null>[]
  const found: string[] = []
  const setFor = (service: string | null) =>
    results.find((one) => one.action === 'set-variables' && one.service === service)
  for (const service of [...new Set(results.map((one) => one.service ?? null))]) {
    const row = setFor(service)
    if (!row) continue
    const expected = consequences[row.status ?? '']
    if (expected === undefined) found.push(`${service}: an unexpected ${row.status}`)
    else if (expected && !same(expected, stored(world, service))) {
      found.push(`${service} is ${row.status} and has ${JSON.stringify(stored(world, service))}`)
    }
  }
  if (results.length === 0) {
    for (const service of ['api', 'web', null]) {
      if (!same(old, stored(world, service))) found.push(`${service} was changed, and not reported`)
    }
  }
  for (const { service, status, action } of results) {
    const before = setFor(service ?? null) ?? setFor(null)
    if (action === 'deploy' && status === 'success' && before?.status !== 'success') {
      found.push(`${service} was deployed although its variables are ${before?.status}`)
    }
  }
  for (const value of [...Object.values(old), ...Object.values(values)]) {
    for (const place of run.leaks(value)) found.push(`a value leaked: ${place}`)
  }
  return found
}

const same = (a: Record<string, string>, b: Record<string, string>) =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())

async function runWith(name: string, fault: FaultName, times: number) {
  const { inputs, provoke } = operations[name] ?? { inputs: own }
  const faults = [...(provoke ? [provoke] : []), { operation: name, fault, times }]
  const stage = await setStage({ fill, faults, pages: { max: 3 } })
  const result = await stage.run(inputs, { debug: true })
  const found = [
    ...disagreements(result, stage.world),
    ...variableDisagreements(result, stage.world),
  ]
  return { ...stage, inputs, result, found }
}

/** Faults that cannot be mended by asking again, although they happen once. */
const lasting = new Set<string>(['refused', 'problem', 'wrong-name', 'wrong-type', 'redirect'])

describe.each(Object.keys(operations))('%s', (name) => {
  it.each(Object.keys(faultCatalogue) as FaultName[])('%s, once', async (fault) => {
    const once = await runWith(name, fault, 1)
    expect(once.found).toEqual([])
    expect(once.railway.injected.map((one) => one.name)).toContain(fault)
    if (!lasting.has(fault)) expect(once.result.codes).toEqual([])
  })
})

/** What never ends has the same end for many faults, so one of each sort stands for the others. */
const sorts: FaultName[] = [
  'reset-after-effect',
  'silence-before-effect',
  'status-500-after-effect',
  'late-effect',
  'truncated',
  'wrong-name',
  'rate-limited',
  'throttled',
  'problem',
  'refused',
]

describe.each(Object.keys(operations))('%s', (name) => {
  it('every sort of fault, always', async () => {
    const found: string[] = []
    for (const fault of sorts) {
      const always = await runWith(name, fault, Infinity)
      found.push(...always.found.map((one) => `${fault}: ${one}`))
    }
    expect(found).toEqual([])
  }, 60_000)
})

it('a run after one that was cut off while removing finishes what was staged', async () => {
  const stage = await setStage({
    fill,
    faults: [{ operation: 'CommitStaged', fault: 'refused' }],
  })
  const first = await stage.run(own)
  expect(first.codes).toEqual(['operation-not-permitted', 'operation-not-permitted'])
  expect(variableDisagreements(first, stage.world)).toEqual([])
  const second = await stage.run(own)
  expect(second.codes).toEqual([])
  expect(stored(stage.world, 'api')).toEqual(wanted)
})
