import { largeWorkspace, planLimits } from '../../local/railway/index.ts'
import { liveAfter, simulate } from './simulated-run.ts'

/** A deployment of a whole workspace, on simulated time. */
export interface RequestsRow {
  readonly services: number
  readonly projects: number
  readonly plan: 'free' | 'hobby' | 'pro'
  /** Seconds until Railway shows what was made. */
  readonly lag: number
  /** Whether the previous deployments took the same time. */
  readonly known: boolean
  readonly requests: number
  readonly seconds: number
  readonly refused: number
}

/** The time of a deployment in relation to the time that it takes at Railway. */
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

/** Deploys workspaces of each size, on each plan whose hourly limit is enough. */
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

/** Deploys one service that takes each time, as its previous deployment did or without one to go by. */
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
