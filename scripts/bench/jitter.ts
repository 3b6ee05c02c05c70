import { z } from 'zod'
import { largeWorkspace, planLimits } from '../../local/railway/index.ts'
import { simulate } from './simulated-run.ts'

/** A deployment of a workspace over a network with variable delays. */
export const jitterRow = z.object({
  services: z.number(),
  plan: z.enum(['hobby', 'pro']),
  /** Largest delay of a request, in milliseconds. The smallest is 0. */
  jitter: z.number(),
  /** Number of responses with status 429. */
  refused: z.number(),
  /** Average number of deployments that were started per second. */
  perSecond: z.number(),
  permittedPerSecond: z.number(),
})

export type JitterRow = z.infer<typeof jitterRow>

const size = { projects: 60, servicesPerProject: 5 }
const everything = { environment: 'production', projects: '*', services: '*' }

/** Returns a function that returns pseudorandom numbers in [0, 1). The sequence depends on the seed only. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
}

/** Deploys a workspace for each plan with a limit per second and each jitter. Throws if a run fails. */
export async function measureJitter(): Promise<JitterRow[]> {
  const rows: JitterRow[] = []
  for (const plan of ['hobby', 'pro'] as const) {
    for (const jitter of [0, 100, 300]) {
      const random = randomFrom(jitter)
      const { exitCode, refused, timeline, shown } = await simulate({
        fill: (world) => largeWorkspace(world, size).token,
        inputs: everything,
        limits: plan,
        networkDelay: () => Math.round(random() * jitter),
      })
      if (exitCode !== 0) throw new Error(`${jitter} ms: ${shown.slice(-2_000)}`)
      const started = timeline.filter(([name]) => name === 'DeployService').map(([, at]) => at)
      const duration = Math.max(...started) - Math.min(...started)
      const services = size.projects * size.servicesPerProject
      const perSecond = Math.round((10 * (started.length - 1)) / duration) / 10
      const permittedPerSecond = planLimits[plan].perSecond
      rows.push({ services, plan, jitter, refused, perSecond, permittedPerSecond })
    }
  }
  return rows
}
