import { describe, expect, it } from '@jest/globals'
import { largeWorkspace, type World } from '../../local/railway/index.ts'
import { type Run, type Stage, setStage } from './stage.ts'

const everything = { environment: 'production', projects: '*', services: '*' }
const fleet = (projects: number, servicesPerProject: number) => (world: World) =>
  largeWorkspace(world, { projects, servicesPerProject }).token

/** Runs every shard at the same time, as the jobs of a matrix. */
const inShards = ({ run }: Stage, of: number, inputs: Record<string, string>): Promise<Run[]> =>
  Promise.all(
    Array.from({ length: of }, (_, index) => run({ ...inputs, shard: `${index + 1}/${of}` })),
  )

interface Row {
  project: string
  service: string
}

const targetsOf = (runs: readonly Run[], output: string): string[] =>
  runs
    .flatMap((run) => run.json(output) as Row[])
    .map(({ project, service }) => `${project}/${service}`)
    .sort()

describe('the shards of a matrix', () => {
  it.each([
    [1, 3, 1],
    [7, 2, 3],
    [23, 3, 5],
    [40, 1, 8],
  ])('plan %i projects of %i services in %i parts exactly once', async (projects, each, of) => {
    const stage = await setStage({ fill: fleet(projects, each), limits: 'pro' })
    const whole = await stage.run({ ...everything, 'dry-run': 'true' })
    const parts = await inShards(stage, of, { ...everything, 'dry-run': 'true' })
    expect(parts.flatMap(({ codes }) => codes)).toEqual([])
    expect(targetsOf(parts, 'plan')).toEqual(targetsOf([whole], 'plan'))
    expect(targetsOf([whole], 'plan')).toHaveLength(projects * each)
  })

  it('deploy everything once, within one rate limit and one budget', async () => {
    const stage = await setStage({ fill: fleet(20, 3), limits: 'hobby' })
    const runs = await inShards(stage, 5, everything)
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0])
    const made = stage.world.newDeployments().map(({ project, service }) => `${project}/${service}`)
    expect(new Set(made).size).toBe(60)
    expect(made).toHaveLength(60)
    expect(stage.railway.requests.filter(({ status }) => status === 429)).toEqual([])
  })

  const firstShard = ['project-001', 'project-002', 'project-003']
  it.each<[string, Record<string, string>]>([
    ['`canary` names a project', { canary: 'project-002' }],
    ['`canary` names one without another', { canary: 'project-001\n!project-003' }],
    ['`order` names a service by its id', { order: '$id' }],
    ['`projects` names each', { projects: firstShard.join('\n') }],
    ['`services` names one by its id', { services: 'service-2\n$id' }],
  ])('all succeed if only one of them has %s', async (_, given) => {
    const stage = await setStage({ fill: fleet(7, 2), limits: 'pro' })
    const id = [...stage.world.services.values()].find(({ name }) => name === 'service-1')?.id ?? ''
    const inputs = Object.fromEntries(
      Object.entries(given).map(([name, text]) => [name, text.replace('$id', id)]),
    )
    const runs = await inShards(stage, 3, { ...everything, 'dry-run': 'true', ...inputs })
    expect(runs.flatMap(({ codes }) => codes)).toEqual([])
    const whole = await stage.run({ ...everything, 'dry-run': 'true', ...inputs })
    expect(targetsOf(runs, 'plan')).toEqual(targetsOf([whole], 'plan'))
  })

  it.each<[string, Record<string, string>]>([
    ['canary', { canary: 'project-999' }],
    ['order', { order: 'service-9\nservice-1' }],
    ['projects', { projects: 'project-001\nproject-999' }],
    ['services', { services: 'service-1\nservice-9' }],
  ])('all fail if `%s` names a target that none of them has', async (_, inputs) => {
    const stage = await setStage({ fill: fleet(7, 2), limits: 'pro' })
    const runs = await inShards(stage, 3, { ...everything, ...inputs })
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([1, 1, 1])
    expect(stage.world.newDeployments()).toEqual([])
  })

  it('say that a canary of another shard holds nothing back', async () => {
    const stage = await setStage({ fill: fleet(7, 2), limits: 'pro' })
    const runs = await inShards(stage, 3, {
      ...everything,
      canary: 'project-001',
      'dry-run': 'true',
    })
    const warned = runs.map(({ warnings }) => warnings.filter((one) => one.includes('The canary')))
    expect(warned.map(({ length }) => length).toSorted()).toEqual([0, 1, 1])
    expect(warned.flat()[0]).toContain('(project-001) belongs to another shard')
  })

  it('are refused before any change if a fifth of the budget is too little', async () => {
    const stage = await setStage({ fill: fleet(40, 5), limits: 'free' })
    const whole = await stage.run({ ...everything, shard: '1/5', timeout: '30m' })
    expect(whole.codes).toEqual(['rate-limited'])
    expect(whole.errors[0]).toMatch(
      /needs about \d+ more requests, and 1\d are left for this shard/,
    )
    expect(Number(whole.outputs['rate-limit-remaining'])).toBeGreaterThan(90)
    expect(stage.world.newDeployments()).toEqual([])
  })
})
