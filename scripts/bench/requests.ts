import { largeWorkspace, planLimits } from '../../local/railway/index.ts'
import { liveAfter, simulate } from './simulated-run.ts'

/** The requests and the simulated time of a deployment of a whole workspace. */
export interface RequestsRow {
  readonly services: number
  readonly projects: number
  readonly plan: 'free' | 'hobby' | 'pro'
  /** Seconds before Railway shows a new deployment. */
  readonly lag: number
  /** Whether there are earlier deployments, with the same duration. */
  readonly known: boolean
  readonly requests: number
  readonly seconds: number
  /** Number of responses with status 429. */
  readonly refused: number
}

/** The requests and the simulated time of a run that deploys one service. `deployment` is the duration at Railway. */
export interface DurationRow {
  readonly deployment: number
  readonly known: boolean
  readonly requests: number
  readonly seconds: number
}

const everything = { environment: 'production', projects: '*', services: '*' }

const sizes = [
  [1, 1],
  [1, 4],
  [2, 5],
  [20, 5],
  [40, 5],
  [200, 5],
] as const

/** Deploys a workspace of each size, for each plan whose limit per hour is sufficient. */
export async function measureRequests(): Promise<RequestsRow[]> {
  const rows: RequestsRow[] = []
  for (const [projects, servicesPerProject] of sizes) {
    for (const plan of ['free', 'hobby', 'pro'] as const) {
      const services = projects * servicesPerProject
      if (services * 1.2 > planLimits[plan].perHour) continue
      for (const [lag, known] of [
        [0, false],
        [0, true],
        [30, false],
      ] as const) {
        const { exitCode, requests, seconds, refused, shown } = await simulate({
          fill: (world) =>
            largeWorkspace(world, {
              projects,
              servicesPerProject,
              ...(known && { live: { script: liveAfter(52) } }),
            }).token,
          inputs: everything,
          limits: plan,
          behaviour: { listLagSeconds: lag, notFoundLagSeconds: lag },
        })
        if (exitCode !== 0) throw new Error(shown.slice(-2_000))
        rows.push({ services, projects, plan, lag, known, requests, seconds, refused })
      }
    }
  }
  return rows
}

/** Deploys one service for each duration of a deployment, with and without an earlier deployment of that duration. */
export async function measureDurations(): Promise<DurationRow[]> {
  const rows: DurationRow[] = []
  for (const deployment of [20, 52, 67, 90, 180, 400]) {
    for (const known of [false, true]) {
      const { requests, seconds } = await simulate({
        fill: (world) => {
          world.defaults.build = liveAfter(deployment)
          const size = { projects: 1, servicesPerProject: 1 }
          const live = known && { live: { script: liveAfter(deployment) } }
          return largeWorkspace(world, { ...size, ...live }).token
        },
        inputs: everything,
      })
      rows.push({ deployment, known, requests, seconds })
    }
  }
  return rows
}
