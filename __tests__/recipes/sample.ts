import { GitHubWorld, type LocalGitHub, startLocalGitHub } from '../../local/github/index.ts'
import {
  createWorld,
  type LocalRailway,
  type SampleWorkspace,
  sampleWorkspace,
  startLocalRailway,
  type World,
} from '../../local/railway/index.ts'
import { HEAD_SHA } from '../../local/runner/index.ts'
import { SimulatedClock } from '../../local/simulated-clock.ts'
import { type LocalSites, startLocalSites } from '../../local/sites/index.ts'

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

/** Starts everything that a recipe meets. */
export async function startSample(): Promise<Sample> {
  const clock = new SimulatedClock()
  const world = createWorld({ clock })
  const workspace = sampleWorkspace(world)
  const railway = await startLocalRailway({ world, clock })
  const hub = new GitHubWorld({ clock })
  const github = await startLocalGitHub({ world: hub, clock })
  const sites = await startLocalSites({ clock })
  fillRepository(hub, world)
  fillStaging(workspace)
  hub.pullRequest(pullRequestNumber, { sha: HEAD_SHA })
  for (const instance of instancesOf(world)) {
    for (const { domain } of [...instance.customDomains, ...instance.serviceDomains]) {
      sites.set(domain, [200])
    }
  }
  return {
    clock,
    world,
    workspace,
    railway,
    hub,
    github,
    sites,
    close: async () => {
      await Promise.all([railway.close(), github.close(), sites.close()])
    },
  }
}

/** The commits of the repository: the one that is live, and the one of the event, which changes the site only. */
function fillRepository(hub: GitHubWorld, world: World): void {
  const live = world.snapshot()['shop/production/web']?.commit ?? ''
  hub.commit(live)
  hub.commit(HEAD_SHA, [live], [{ name: 'apps/web/index.html' }])
}

const instancesOf = (world: World) =>
  [...world.environments.values()].flatMap(({ instances }) => instances)

/** Gives staging a site and variables of its own. */
function fillStaging({ services, projects }: SampleWorkspace): void {
  const staging = projects.shop.environments.find(({ name }) => name === 'staging')
  for (const instance of staging?.instances ?? []) {
    if (instance.service === services.web) instance.customDomains = []
    if (instance.service !== services.api) continue
    instance.variables.set('LOG_LEVEL', { value: 'debug', sealed: false })
    instance.variables.set('FEATURE_CART', { value: 'on', sealed: false })
    instance.variables.set('SECRET_OF_STAGING', { value: 'only-for-staging', sealed: false })
  }
}
