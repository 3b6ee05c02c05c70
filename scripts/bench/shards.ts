import { z } from 'zod'
import { realClock } from '../../local/clock.ts'
import { createWorld, largeWorkspace, startLocalRailway } from '../../local/railway/index.ts'
import { HEAD_SHA, push, runBundle } from '../../local/runner/index.ts'
import { liveAfter, type SimulatedCost, type SimulatedRun, simulateAll } from './simulated-run.ts'

/** A workspace that is planned and deployed by the shards of a matrix. */
export const shardsRow = z.object({
  projects: z.number(),
  services: z.number(),
  shards: z.number(),
  /** The most that planning takes in one shard. */
  planning: z.object({ requests: z.number(), seconds: z.number() }),
  /** Services that no shard plans, or more than one. */
  notOnce: z.number(),
  /** What deploying takes in the first shard, whose services are `services`. */
  deploying: z.object({
    services: z.number(),
    requests: z.number(),
    seconds: z.number(),
    refused: z.number(),
  }),
  /** The most memory that the bundled action takes to plan the first shard, in MB. */
  peakMegabytes: z.number(),
})

export type ShardsRow = z.infer<typeof shardsRow>

const everything = { environment: 'production', projects: '*', services: '*' }

/** A limit that is enough for the workspace: one request for each service, and what planning takes. */
const limits = { perHour: 100_000, perSecond: 50 }

/** The part of the report file that lists the plan. Outputs of a large workspace are cut, and the file is not. */
const planned = z.object({
  plan: z.array(z.object({ project: z.string(), service: z.string() })),
})

/** Plans a workspace in parts, deploys the first of them, and counts what is not in exactly one part. */
export async function measureShards(
  projects: number,
  servicesPerProject: number,
  shards: number,
): Promise<ShardsRow> {
  const size = { projects, servicesPerProject, live: { script: liveAfter(52) } }
  const shard = (part: number) => ({ ...everything, shard: `${part}/${shards}` })
  const plans = Array.from(
    { length: shards },
    (_, index): SimulatedRun => ({
      inputs: { ...shard(index + 1), 'dry-run': 'true' },
    }),
  )
  const runs = [...plans, { inputs: { ...shard(1), timeout: '1h' } }]
  const costs = await simulateAll(
    { fill: (world) => largeWorkspace(world, size).token, limits },
    runs,
  )
  const failed = costs.find(({ exitCode }) => exitCode !== 0)
  if (failed) throw new Error(failed.shown.slice(-2_000))
  const planning = costs.slice(0, shards)
  const deploying = costs[shards]
  if (!deploying) throw new Error('no shard was deployed')
  const services = projects * servicesPerProject
  return {
    projects,
    services,
    shards,
    planning: {
      requests: Math.max(...planning.map(({ requests }) => requests)),
      seconds: Math.max(...planning.map(({ seconds }) => seconds)),
    },
    notOnce: services - countOnce(planning),
    deploying: {
      services: deploying.operations.DeployService ?? 0,
      requests: deploying.requests,
      seconds: deploying.seconds,
      refused: deploying.refused,
    },
    peakMegabytes: await peakMegabytes(size, shard(1)),
  }
}

/** Counts the services that exactly one of the plans has. */
function countOnce(plans: readonly SimulatedCost[]): number {
  const times = new Map<string, number>()
  for (const { report } of plans) {
    for (const { project, service } of planned.parse(JSON.parse(report)).plan) {
      const name = `${project}/${service}`
      times.set(name, (times.get(name) ?? 0) + 1)
    }
  }
  return [...times.values()].filter((count) => count === 1).length
}

/** Plans in a process of its own, in real time, and returns the most memory that it took. */
async function peakMegabytes(
  size: { projects: number; servicesPerProject: number },
  inputs: Record<string, string>,
): Promise<number> {
  const clock = realClock()
  const world = createWorld({ clock })
  const { token } = largeWorkspace(world, size)
  const railway = await startLocalRailway({ world, clock, limits })
  try {
    const { exitCode, peakRss, shown } = await runBundle({
      event: push({ sha: HEAD_SHA }),
      inputs: { token, 'api-url': railway.url, ...inputs, 'dry-run': 'true' },
      measureMemory: true,
      killAfter: 600,
    })
    if (exitCode !== 0 || peakRss === undefined) throw new Error(shown.slice(-2_000))
    return Math.round(peakRss / 1024 / 1024)
  } finally {
    await railway.close()
  }
}
