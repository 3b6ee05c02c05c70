import {
  type GitHubState,
  GitHubWorld,
  type LocalGitHub,
  startLocalGitHub,
} from './github/index.ts'
import {
  createWorld,
  type LocalRailway,
  type SampleWorkspace,
  sampleWorkspace,
  startLocalRailway,
  type World,
  type WorldState,
} from './railway/index.ts'
import { liveDeployments } from './railway/lifecycle.ts'
import { HEAD_SHA } from './runner/index.ts'
import { SimulatedClock } from './simulated-clock.ts'
import { type LocalSites, type SiteAnswer, startLocalSites } from './sites/index.ts'

/** Local servers for one workspace: Railway, GitHub and the web sites of its services. All use one simulated clock. */
export interface Sample {
  clock: SimulatedClock
  world: World
  workspace: SampleWorkspace
  railway: LocalRailway
  hub: GitHubWorld
  github: LocalGitHub
  sites: LocalSites
  close(): Promise<void>
}

/** Number of the pull request in the sample's repository. */
export const pullRequestNumber = 7

/** Files of the sample's repository that the documentation names: path → content. */
export const sampleFiles: Readonly<Record<string, string>> = {
  'deploy/production.env': 'LOG_LEVEL=debug\n',
  'deploy/staging.env': '# What api has in staging.\nLOG_LEVEL=warn\nFEATURE_CART=on\n',
  'dist/index.html': '<h1>Sample</h1>\n',
}

/** The state of a sample as plain data, from which a later process can start it again. */
export interface SampleState {
  /** Simulated time, in milliseconds since the epoch. */
  now: number
  world: WorldState
  hub: GitHubState
}

/**
 * Starts the servers that a workflow of the sample's repository sends requests to.
 *
 * @param state the state at the end of an earlier run; without it, the workspace is new
 */
export async function startSample(state?: SampleState): Promise<Sample> {
  const clock = new SimulatedClock(state && { start: state.now })
  // The rate limit headers that the action assumes. With others, a diagnosis would report a refuted assumption.
  const world = createWorld({ clock, behaviour: { rateLimitPolicy: 'hour-only' } })
  const workspace = sampleWorkspace(world)
  const hub = new GitHubWorld({ clock, repository: workspace.repository })
  fillRepository(hub, world)
  if (state) {
    world.restore(state.world)
    hub.restore(state.hub)
  }
  const railway = await startLocalRailway({ world, clock })
  const github = await startLocalGitHub({ world: hub, clock })
  const sites = await startLocalSites({ clock, answer: (host) => responseOf(world, host) })
  const close = async () => {
    await Promise.all([railway.close(), github.close(), sites.close()])
  }
  return { clock, world, workspace, railway, hub, github, sites, close }
}

/** Advances the clock by an hour, so that every started deployment has ended, and returns the state. */
export function saveSample({ clock, world, hub }: Sample): SampleState {
  clock.pass(3_600_000)
  return { now: clock.now(), world: world.save(), hub: hub.save() }
}

/**
 * Adds four commits, each the parent of the next: two that were deployed earlier, the one that is live, and the
 * event's commit, which changes a file of the service `web` only. Adds a pull request for the last commit.
 */
function fillRepository(hub: GitHubWorld, world: World): void {
  const live = world.snapshot()['shop/production/web']?.commit ?? ''
  const earlier = ['1', '2'].map((name) => world.ids.commit('shop', name))
  const parents: string[] = []
  for (const sha of [...earlier, live]) {
    hub.commit(sha, [...parents], [{ name: 'package.json' }])
    parents.splice(0, 1, sha)
  }
  hub.commit(HEAD_SHA, [live], [{ name: 'apps/web/index.html' }])
  hub.pullRequest(pullRequestNumber, { sha: HEAD_SHA })
}

/** Returns the response of a host: 200 if a deployment of its service is live, else 502. `undefined`: no service has the host. */
function responseOf(world: World, host: string): SiteAnswer | undefined {
  const now = world.now()
  const instance = [...world.environments.values()]
    .filter(({ deletedAt }) => deletedAt === null)
    .flatMap(({ instances }) => instances)
    .find(({ deletedAt, customDomains, serviceDomains }) => {
      const matches = (one: { domain: string; deletedAt: number | null }) =>
        one.domain === host && one.deletedAt === null
      return deletedAt === null && [...customDomains, ...serviceDomains].some(matches)
    })
  if (!instance) return undefined
  return liveDeployments(instance, now).length > 0 ? 200 : 502
}
