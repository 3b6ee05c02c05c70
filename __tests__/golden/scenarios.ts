import type { Script, World } from '../../local/railway/index.ts'
import { scripts } from '../../local/railway/index.ts'
import { pullRequest, push, type RunnerEvent } from '../../local/runner/index.ts'

/** A run whose transcript is in `<name>.md` beside this file. */
export interface GoldenScenario {
  name: string
  /** The situation, in a sentence. */
  situation: string
  inputs: Readonly<Record<string, string>>
  /** The event; a push to `main` by default. */
  event?: RunnerEvent
  /** Fills the world, and returns the token of the run. The default is the world of {@link fillShop}. */
  fill?: (world: World) => string
  /** A run that happens before, and is not part of the transcript. */
  before?: Pick<GoldenScenario, 'inputs' | 'event'>
}

const quick: Script = [{ status: 'BUILDING', seconds: 1 }, 'SUCCESS']
const failing: Script = {
  ...scripts.buildFails,
  steps: [{ status: 'BUILDING', seconds: 1 }, 'FAILED'],
}

/** A shop with two services of the repository and a database, and a blog of another repository. */
export function fillShop(world: World, { api = quick }: { api?: Script } = {}): string {
  const acme = world.workspace('Acme')
  const shop = world.project(acme, 'shop', { environments: ['production'] })
  const own = {
    source: { repo: 'acme/shop' },
    domain: true,
    // Railway does not deploy on pushes itself.
    trigger: false,
    variables: { LOG_LEVEL: 'info' },
    history: [{ commit: 'a'.repeat(40), minutesAgo: 400 }],
    live: { commit: 'c'.repeat(40), minutesAgo: 200 },
  }
  for (const [name, script] of [
    ['web', quick],
    ['api', api],
  ] as const) {
    const service = world.service(shop, name, own)
    for (const environment of ['production', 'pr-7']) world.script(service, environment, [script])
  }
  const postgres = world.service(shop, 'postgres', {
    source: { image: 'postgres:17' },
    volume: '/var/lib/postgresql/data',
  })
  world.script(postgres, 'pr-7', [[{ status: 'DEPLOYING', seconds: 1 }, 'SUCCESS']])
  const blog = world.project(acme, 'blog', { environments: ['production'] })
  world.service(blog, 'site', { source: { repo: 'acme/blog' }, domain: true, trigger: false })
  return world.workspaceToken(acme)
}

const production = { environment: 'production' }
const opened = pullRequest({ action: 'opened' })

export const scenarios: readonly GoldenScenario[] = [
  {
    name: 'check',
    situation: 'Asks what the token is, and what it reaches.',
    inputs: { command: 'check' },
  },
  {
    name: 'list',
    situation: 'Lists the services of every project, and what is live.',
    inputs: { command: 'list' },
  },
  {
    name: 'dry-run',
    situation: 'Shows what a deployment would do.',
    inputs: { ...production, 'dry-run': 'true' },
  },
  {
    name: 'deploy',
    situation: 'Deploys the services of the repository.',
    inputs: production,
  },
  {
    name: 'failing-build',
    situation: 'Deploys two services, and one of them does not build.',
    inputs: production,
    fill: (world) => fillShop(world, { api: failing }),
  },
  {
    name: 'wrong-scope',
    situation: 'Uses the token of one workspace for another.',
    inputs: { ...production, workspace: 'Globex' },
  },
  {
    name: 'variables',
    situation: 'Sets variables, and deploys what they change.',
    inputs: {
      ...production,
      command: 'variables',
      variables: 'LOG_LEVEL=debug\nCACHE_URL=redis://cache:6379',
    },
  },
  {
    name: 'preview-opened',
    situation: 'Makes the preview of a pull request that was opened.',
    inputs: { command: 'preview' },
    event: opened,
  },
  {
    name: 'preview-closed',
    situation: 'Deletes the preview of a pull request that was closed.',
    inputs: { command: 'preview' },
    event: pullRequest({ action: 'closed' }),
    before: { inputs: { command: 'preview' }, event: opened },
  },
  {
    name: 'rollback',
    situation: 'Returns to the deployments before those that are live.',
    inputs: { ...production, command: 'rollback' },
  },
]

/** Returns the event of a scenario. */
export const eventOf = ({ event }: Pick<GoldenScenario, 'event'>): RunnerEvent => event ?? push()
