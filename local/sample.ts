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

/** The sample workspace, its repository at GitHub and the sites of its services, on one simulated clock. */
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

/** The pull request of the samples. */
export const pullRequestNumber = 7

/** Files of the sample's repository that the documentation names: path → content. */
export const sampleFiles: Readonly<Record<string, string>> = {
  'deploy/production.env': 'LOG_LEVEL=debug\n',
  'deploy/staging.env': '# What api has in staging.\nLOG_LEVEL=warn\nFEATURE_CART=on\n',
  'dist/index.html': '<h1>Sample</h1>\n',
}

/** A sample as data. */
export interface SampleState {
  now: number
  world: WorldState
  hub: GitHubState
}

/** Starts everything that a workflow of the sample's repository meets: as it was first made, or as an earlier one ended. */
export async function startSample(state?: SampleState): Promise<Sample> {
  const clock = new SimulatedClock(state && { start: state.now })
  // Headers as the action assumes them, so that a diagnosis refutes nothing.
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
  const sites = await startLocalSites({ clock, answer: (host) => answerOf(world, host) })
  const close = async () => {
    await Promise.all([railway.close(), github.close(), sites.close()])
  }
  return { clock, world, workspace, railway, hub, github, sites, close }
}

/** Returns the sample an hour later, when everything that was under way is over. */
export function saveSample({ clock, world, hub }: Sample): SampleState {
  clock.pass(3_600_000)
  return { now: clock.now(), world: world.save(), hub: hub.save() }
}

/** Fills the repository: the commits that were live, the one that is, and the next one, which changes the site only. */
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

/** Answers for the site of a service: 200 while a deployment of it is live, and nothing for an address without a service. */
function answerOf(world: World, host: string): SiteAnswer | undefined {
  const now = world.now()
  const instance = [...world.environments.values()]
    .filter(({ deletedAt }) => deletedAt === null)
    .flatMap(({ instances }) => instances)
    .find(({ deletedAt, customDomains, serviceDomains }) => {
      const isThere = (one: { domain: string; deletedAt: number | null }) =>
        one.domain === host && one.deletedAt === null
      return deletedAt === null && [...customDomains, ...serviceDomains].some(isThere)
    })
  if (!instance) return undefined
  return liveDeployments(instance, now).length > 0 ? 200 : 502
}
