import { z } from 'zod'
import type { Behaviour, World } from '../../local/railway/index.ts'
import { pullRequest, workflowDispatch } from '../../local/runner/index.ts'
import { liveAfter, simulate } from './simulated-run.ts'

/** A run of `preview` or `rollback` in a project with four services, on simulated time. */
export const previewRow = z.object({
  run: z.enum(['preview', 'preview, quick clone', 'preview, health checks', 'rollback']),
  services: z.number(),
  requests: z.number(),
  seconds: z.number(),
  /** The part of `seconds` that Railway needs: to clone, to apply the changes, and for one deployment. */
  railwaySeconds: z.number(),
})

export type PreviewRow = z.infer<typeof previewRow>

/** Duration of a deployment, in seconds. */
const deployment = 8.1
/** Duration of the deployment of a rollback at the local Railway, in seconds. */
const rollback = 10
const repository = 'acme/shop'
const usual = { cloneSeconds: 8, patchSeconds: 3 }
const quick = { cloneSeconds: 0.3, patchSeconds: 0.3 }

/**
 * Adds a project with a database, two services of the repository and one of another repository. Each has a live
 * deployment. Returns a workspace token.
 */
function fill(world: World, { healthChecks = false } = {}): string {
  const script = liveAfter(deployment)
  world.defaults.build = script
  world.defaults.image = script
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop')
  const common = {
    live: { script },
    history: [{ commit: world.ids.commit('shop', '1') }],
    ...(healthChecks && { healthcheckPath: '/healthz' }),
  }
  world.service(shop, 'Postgres', { ...common, source: { image: 'postgres:16' } })
  world.service(shop, 'web', { ...common, source: { repo: repository }, domain: true })
  world.service(shop, 'api', { ...common, source: { repo: repository } })
  world.service(shop, 'mailer', { ...common, source: { repo: 'acme/mailer' } })
  return world.workspaceToken(acme)
}

const runs: readonly (readonly [PreviewRow['run'], Partial<Behaviour>, healthChecks: boolean])[] = [
  ['preview', usual, false],
  ['preview, quick clone', quick, false],
  ['preview, health checks', usual, true],
]

/** Creates a preview with each behaviour, and rolls back two services. Throws if a run fails. */
export async function measurePreviews(): Promise<PreviewRow[]> {
  const rows: PreviewRow[] = []
  for (const [run, behaviour, healthChecks] of runs) {
    const { exitCode, requests, seconds, shown } = await simulate({
      fill: (world) => fill(world, { healthChecks }),
      inputs: { command: 'preview' },
      event: pullRequest({ action: 'opened', number: 7 }),
      behaviour,
    })
    if (exitCode !== 0) throw new Error(`${run}: ${shown.slice(-2_000)}`)
    const railwaySeconds =
      (behaviour.cloneSeconds ?? 0) + (behaviour.patchSeconds ?? 0) + deployment
    rows.push({ run, services: 4, requests, seconds, railwaySeconds })
  }
  const { exitCode, requests, seconds, shown } = await simulate({
    fill: (world) => fill(world),
    inputs: {
      command: 'rollback',
      environment: 'production',
      projects: 'shop',
      services: 'web\napi',
    },
    event: workflowDispatch(),
  })
  if (exitCode !== 0) throw new Error(`rollback: ${shown.slice(-2_000)}`)
  rows.push({ run: 'rollback', services: 2, requests, seconds, railwaySeconds: rollback })
  return rows
}
