import { z } from 'zod'
import { realClock } from '../../local/clock.ts'
import { createWorld, largeWorkspace, startLocalRailway } from '../../local/railway/index.ts'
import { HEAD_SHA, push, runBundle } from '../../local/runner/index.ts'
import { liveAfter, type SimulatedCost, type SimulatedRun, simulateAll } from './simulated-run.ts'

/** The measurements of a workspace that is deployed in shards. */
export const shardsRow = z.object({
  projects: z.number(),
  services: z.number(),
  shards: z.number(),
  /** The largest number of requests, and the longest time, for the plan of one shard. */
  planning: z.object({ requests: z.number(), seconds: z.number() }),
  /** Number of services that are not in the plan of exactly one shard. */
  notOnce: z.number(),
  /** The deployment of the first shard. */
  deploying: z.object({
    services: z.number(),
    requests: z.number(),
    seconds: z.number(),
    refused: z.number(),
  }),
  /** Peak memory of the bundled action for the plan of the first shard, in MB. */
  peakMegabytes: z.number(),
})

export type ShardsRow = z.infer<typeof shardsRow>

const everything = { environment: 'production', projects: '*', services: '*' }

/** Rate limits that are sufficient for one request for each service, and for the requests of the plans. */
const limits = { perHour: 100_000, perSecond: 50 }

/** The plan in the report file. The outputs of a large workspace are truncated, and the file is not. */
const planned = z.object({
  plan: z.array(z.object({ project: z.string(), service: z.string() })),
})

/** Plans every shard of a workspace, and deploys the first one. Throws if a run fails. */
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
  if (!deploying) throw new Error('No shard was deployed.')
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

/** Counts the services that are in exactly one of the plans. */
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

/** Plans in a separate process, in real time. Returns the peak memory of the process, in MB. */
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
