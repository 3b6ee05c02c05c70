import { describe, expect, it } from '@jest/globals'
import type { FaultName, FaultRule, World } from '../../local/railway/index.ts'
import { disagreements } from './agreement.ts'
import { everyFault, lasting, passing, pausing, within } from './project-per-fault.ts'
import { type Run, repository, setStage } from './stage.ts'
import { refer, storedIn } from './variables-stage.ts'

const old = { KEEP: 'kept-value', CHANGE: 'old-value-1', REMOVE: 'gone-value-1' }
const values = { CHANGE: 'new-value-%-::1', ADD: '##[group]added\nline-22' }
const wanted = { KEEP: old.KEEP, ...values }

/** Two services, and shared variables that one of them uses. */
function fillProject(world: World, workspace: ReturnType<World['workspace']>, name: string) {
  const project = world.project(workspace, name)
  const source = { repo: repository }
  world.service(project, 'api', { source, variables: { ...old, SHARED: refer('shared.CHANGE') } })
  world.service(project, 'web', { source, variables: old })
  world.sharedVariables(world.environmentOf(project, 'production'), old)
}

const fill =
  (...projects: string[]) =>
  (world: World) => {
    const acme = world.workspace('Acme')
    for (const name of projects) fillProject(world, acme, name)
    return world.workspaceToken(acme)
  }

const inputs = {
  command: 'variables',
  environment: 'production',
  projects: '*',
  variables: JSON.stringify(values),
  'remove-variables': 'REMOVE',
  timeout: '8m',
}
const own = { ...inputs, services: 'api\nweb' }
const shared = { ...inputs, 'shared-variables': 'true' }
const lostCommit: FaultRule = { operation: 'CommitStaged', fault: 'reset-after-effect' }

/** The requests before anything is changed: a fault for one target is a fault of the plan. */
const planning: Record<string, Record<string, string>> = {
  ServiceVariables: own,
  EnvironmentVariables: own,
  MoreEnvironmentVariables: own,
  StagedChanges: own,
  SharedVariables: shared,
}

/** The requests for a single project. */
const changing: Record<string, { inputs: Record<string, string>; provoke?: FaultRule }> = {
  WriteServiceVariables: { inputs: own },
  StageChange: { inputs: own },
  CommitStaged: { inputs: own },
  WorkflowState: { inputs: own },
  PatchState: { inputs: own, provoke: lostCommit },
  DeployService: { inputs: own },
  WriteSharedVariables: { inputs: shared },
}

/** The values that are stored for a service, or for the environment. */
function stored(world: World, project: string, service: string | null): Record<string, string> {
  world.runDueEvents()
  const place = [...world.projects.values()].find(({ name }) => name === project)
  const found = place?.services.find(({ name }) => name === service)
  if (found) {
    const { SHARED: _, ...rest } = storedIn(world, found, 'production')
    return rest
  }
  const shared = place?.environments[0]?.sharedVariables ?? []
  return Object.fromEntries([...shared].map(([name, { value }]) => [name, value]))
}

/** The values that must be stored after a write with this result. `null`: anything. */
const consequences: Record<string, Record<string, string> | null> = {
  success: wanted,
  refused: old,
  'not-started': old,
  failed: { ...wanted, REMOVE: old.REMOVE },
  unknown: null,
}

interface Row {
  project: string
  service: string | null
  action: string
  status: string
}

const rowsOf = (run: Run) => (run.json('results') ?? []) as Row[]

function variableDisagreements(run: Run, world: World): string[] {
  const results = rowsOf(run)
  const found: string[] = []
  const setFor = (project: string, service: string | null) =>
    results.find(
      (one) => one.action === 'set-variables' && one.project === project && one.service === service,
    )
  for (const { project, service, status, action } of results) {
    if (action !== 'set-variables') continue
    const place = `${project}/${service}`
    const is = stored(world, project, service)
    const expected = consequences[status]
    if (expected === undefined) found.push(`${place}: an unexpected ${status}`)
    else if (expected && !same(expected, is)) {
      found.push(`${place} is ${status} and has ${JSON.stringify(is)}`)
    }
  }
  if (results.length === 0) {
    for (const { name } of world.projects.values()) {
      for (const service of ['api', 'web', null]) {
        const isAsBefore = same(old, stored(world, name, service))
        if (!isAsBefore) found.push(`${name}/${service} was changed, and not reported`)
      }
    }
  }
  for (const { project, service, status, action } of results) {
    const before = setFor(project, service) ?? setFor(project, null)
    if (action === 'deploy' && status === 'success' && before?.status !== 'success') {
      found.push(`${project}/${service} was deployed although its variables are ${before?.status}`)
    }
  }
  for (const value of [...Object.values(old), ...Object.values(values)]) {
    for (const place of run.leaks(value)) found.push(`a value leaked: ${place}`)
  }
  return found
}

const same = (a: Record<string, string>, b: Record<string, string>) =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort())

/**
 * The faults that are tested without end. Many faults have the same result if they never end, so one of each kind is
 * tested for all.
 */
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

/** Injects the fault into every one of these operations, in one run. */
async function alone(
  operations: readonly string[],
  { inputs, provoke }: { inputs: Record<string, string>; provoke?: FaultRule },
  fault: FaultName,
  times: number,
) {
  const rules = operations.map((operation) => ({ operation, fault, times }))
  const faults = [...(provoke ? [provoke] : []), ...rules]
  const stage = await setStage({ fill: fill('shop'), faults, pages: { max: 3 } })
  const result = await stage.run(inputs, { debug: true })
  const found = [
    ...disagreements(result, stage.world),
    ...variableDisagreements(result, stage.world),
  ]
  const happened = stage.railway.injected
    .filter(({ name }) => name === fault)
    .map(({ operationName }) => operationName ?? '')
  return { ...stage, result, found, happened: [...new Set(happened)] }
}

/** The requests of one run, in either mode of writing. */
const plannedQueries = [...new Set(Object.values(planning))].map((inputs) => ({
  inputs,
  operations: Object.keys(planning).filter((name) => planning[name] === inputs),
}))

describe.each(plannedQueries)('planning: $operations', ({ inputs, operations }) => {
  it.each(passing)('%s, once each', async (fault) => {
    const once = await alone(operations, { inputs }, fault, 1)
    expect(once.found).toEqual([])
    expect(once.happened.toSorted()).toEqual(operations.toSorted())
    expect(once.result.codes).toEqual([])
  })
})

describe.each(Object.entries(planning))('%s', (name, inputs) => {
  it.each(lasting)('%s, once', async (fault) => {
    const once = await alone([name], { inputs }, fault, 1)
    expect(once.found).toEqual([])
    expect(once.happened).toEqual([name])
  })

  it.each(sorts)('%s, always', async (fault) => {
    const always = await alone([name], { inputs }, fault, Infinity)
    expect(always.found).toEqual([])
    expect(always.railway.injected.map((one) => one.name)).toContain(fault)
  })
})

/** Injects every fault into a project of its own, in one run. */
async function together(operation: string, all: readonly FaultName[], times: number) {
  const { inputs, provoke } = changing[operation] ?? { inputs: own }
  const stage = await setStage({ fill: fill(...all) })
  for (const fault of all) {
    if (provoke) stage.railway.inject(within(stage.world, fault, provoke))
    stage.railway.inject(within(stage.world, fault, { operation, fault, times }))
  }
  const result = await stage.run({ ...inputs, timeout: '20m' }, { debug: true })
  const found = [
    ...disagreements(result, stage.world),
    ...variableDisagreements(result, stage.world),
  ]
  const happened = new Set(stage.railway.injected.map((one) => one.name))
  const unaffected = all.filter((fault) => !happened.has(fault))
  const bad = new Set(
    rowsOf(result)
      .filter(({ status }) => status !== 'success')
      .map(({ project }) => project),
  )
  return { ...stage, result, found, unaffected, bad: [...bad].sort() }
}

describe.each(Object.keys(changing))('%s', (name) => {
  it('every fault, once: only faults that a retry cannot fix are reported, and only for their project', async () => {
    const once = await together(name, everyFault, 1)
    expect(once.found).toEqual([])
    expect(once.unaffected).toEqual([])
    expect(once.bad.filter((project) => !lasting.some((fault) => fault === project))).toEqual([])
  })

  it('every fault, always: the report is true', async () => {
    const all = everyFault.filter((fault) => !pausing.includes(fault))
    const always = await together(name, all, Infinity)
    expect(always.found).toEqual([])
    expect(always.unaffected).toEqual([])
  })

  it.each(pausing)('%s, always', async (fault) => {
    const always = await alone([name], changing[name] ?? { inputs: own }, fault, Infinity)
    expect(always.found).toEqual([])
    expect(always.railway.injected.map((one) => one.name)).toContain(fault)
  })
})

it('a run after one that was interrupted while removing finishes the staged changes', async () => {
  const stage = await setStage({
    fill: fill('shop'),
    faults: [{ operation: 'CommitStaged', fault: 'refused' }],
  })
  const first = await stage.run(own)
  expect(first.codes).toEqual(['operation-not-permitted', 'staged-changes'])
  expect(variableDisagreements(first, stage.world)).toEqual([])
  const second = await stage.run(own)
  expect(second.codes).toEqual([])
  expect(stored(stage.world, 'shop', 'api')).toEqual(wanted)
})
