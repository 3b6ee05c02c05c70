import { afterEach, describe, expect, it } from '@jest/globals'
import { scripts } from '../../local/railway/index.ts'
import { type Sample, startSample } from '../../local/sample.ts'
import { groupBy } from '../../src/collections.ts'
import { workflowOf } from './find.ts'
import { runRecipe } from './promises.ts'
import { pushed } from './situations.ts'
import { told } from './told.ts'

const open: Sample[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((sample) => sample.close()))
})

async function start(): Promise<Sample> {
  const sample = await startSample()
  open.push(sample)
  return sample
}

/**
 * Returns the deployments that a recipe starts, those of the same moment together, and whether each began after the end
 * of the previous ones.
 */
async function wavesOf(anchor: string, sample: Sample): Promise<string[][]> {
  await runRecipe(workflowOf(anchor), { event: pushed }, sample)
  const waves = groupBy(
    sample.world.newDeployments().map(({ id }) => id),
    (id) => String(Math.round(startOf(sample, id) / 10_000)),
  )
  return [...waves.values()].map((ids) => ids.map((id) => nameOf(sample, id)).toSorted())
}

const find = ({ world }: Sample, id: string) => {
  const found = world.deployments.get(id)
  if (!found) throw new Error(`There is no deployment ${id}.`)
  return found
}
const startOf = (sample: Sample, id: string) => find(sample, id).createdAt
const nameOf = (sample: Sample, id: string) => {
  const { service } = find(sample, id).instance
  return `${service.project.name}/${service.name}`
}

describe('the order of deployments', () => {
  it('follows the lines in the recipe with migrations', async () => {
    expect(await wavesOf('run-migrations-before-the-services', await start())).toEqual([
      ['shop/api'],
      ['shop/nightly-report', 'shop/worker'],
      ['shop/web'],
    ])
  })

  it('is one by one in the rolling recipe', async () => {
    const waves = await wavesOf('roll-through-the-services-one-by-one', await start())
    expect(waves.map((wave) => wave.length)).toEqual([1, 1, 1, 1, 1, 1])
  })

  it('begins with the canary', async () => {
    const anchor = 'let-a-canary-go-first-and-roll-back-when-something-fails'
    expect(await wavesOf(anchor, await start())).toEqual([
      ['shop-eu/api', 'shop-eu/web'],
      ['shop/api', 'shop/nightly-report', 'shop/web', 'shop/worker'],
    ])
  })
})

describe('a failure', () => {
  it('of the canary starts nothing else, and the canary returns to its previous deployment', async () => {
    const sample = await start()
    const { world, workspace } = sample
    const before = commits(sample)
    world.script(workspace.services.apiEu, 'production', [scripts.buildFails])
    const workflow = workflowOf('let-a-canary-go-first-and-roll-back-when-something-fails')
    const ran = await runRecipe(workflow, { event: pushed }, sample)
    expect(told(ran)).toEqual([
      'deploy: failure [deployment-failed]',
      '  deploy shop/production/web: not-started',
      '  deploy shop/production/api: not-started',
      '  deploy shop/production/worker: not-started',
      '  deploy shop/production/nightly-report: not-started',
      '  deploy shop-eu/production/web: rolled-back',
      '  deploy shop-eu/production/api: failed',
    ])
    expect(commits(sample)).toEqual(before)
  })

  it('of a health check stops the rolling recipe', async () => {
    const sample = await start()
    sample.sites.set('api-production.up.railway.app', [500])
    const workflow = workflowOf('roll-through-the-services-one-by-one')
    const ran = await runRecipe(workflow, { event: pushed }, sample)
    expect(told(ran)).toEqual([
      'deploy: partial [unhealthy]',
      '  deploy shop/production/web: success',
      '  deploy shop/production/api: failed',
      '  deploy shop/production/worker: not-started',
      '  deploy shop/production/nightly-report: not-started',
      '  deploy shop-eu/production/web: not-started',
      '  deploy shop-eu/production/api: not-started',
    ])
  })

  it('in staging promotes nothing', async () => {
    const sample = await start()
    const { world, workspace } = sample
    world.script(workspace.services.api, 'staging', [scripts.buildFails])
    const workflow = workflowOf('promote-from-staging-to-production-after-a-smoke-test')
    const ran = await runRecipe(workflow, { event: pushed }, sample)
    expect(told(ran)).toEqual([
      'promote: partial [deployment-failed]',
      '  deploy shop/staging/web: success',
      '  deploy shop/staging/api: failed',
    ])
    expect(
      world.newDeployments().filter(({ environment }) => environment === 'production'),
    ).toEqual([])
  })
})

/** The commit that each service serves. */
const commits = ({ world }: Sample) =>
  Object.fromEntries(
    Object.entries(world.snapshot()).map(([place, serving]) => [place, serving?.commit]),
  )
