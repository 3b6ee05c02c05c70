import { realClock } from '../../local/clock.ts'
import { deferred } from '../../local/deferred.ts'
import { GitHubWorld, type LocalGitHub, startLocalGitHub } from '../../local/github/index.ts'
import type {
  Behaviour,
  LocalRailway,
  LocalRailwayOptions,
  LoggedRequest,
  World,
} from '../../local/railway/index.ts'
import { createWorld, startLocalRailway } from '../../local/railway/index.ts'
import { type BundleOptions, push, runBundle, type Transcript } from '../../local/runner/index.ts'

export interface BundleStage {
  world: World
  railway: LocalRailway
  hub: GitHubWorld
  github: LocalGitHub
  token: string
  /** Runs the bundle for a push by default. */
  run(inputs: Record<string, string>, options?: BundleOptions): Promise<Transcript>
  /** Resolves with the first request of this name, when it arrives. */
  arrival(operationName: string): Promise<LoggedRequest>
  close(): Promise<void>
}

export interface BundleStageOptions extends Omit<LocalRailwayOptions, 'world' | 'clock'> {
  behaviour?: Partial<Behaviour>
  /** Fills the world, and returns the token that runs use by default. */
  fill(world: World): string
}

/** A local Railway and a local GitHub in real time, and runs of the built action against them. */
export async function setBundleStage(options: BundleStageOptions): Promise<BundleStage> {
  const { fill, behaviour = {}, ...rest } = options
  const clock = realClock()
  const world = createWorld({
    clock,
    behaviour: { cloneSeconds: 1, patchSeconds: 1, ...behaviour },
  })
  const token = fill(world)
  const arrivals = new Map<string, ReturnType<typeof deferred<LoggedRequest>>>()
  const arrivalOf = (name: string) => {
    const arrival = arrivals.get(name) ?? deferred<LoggedRequest>()
    arrivals.set(name, arrival)
    return arrival
  }
  const railway = await startLocalRailway({
    world,
    clock,
    onRequest: (request) => arrivalOf(request.operationName ?? '').resolve(request),
    ...rest,
  })
  const hub = new GitHubWorld({ clock, repository: 'acme/shop' })
  hub.pullRequest(7)
  const github = await startLocalGitHub({ world: hub, clock })
  return {
    world,
    railway,
    hub,
    github,
    token,
    close: async () => {
      await Promise.all([railway.close(), github.close()])
    },
    arrival: (name) => arrivalOf(name).promise,
    run: (inputs, { event = push(), ...more } = {}) => {
      hub.applyEvent(event.payload)
      return runBundle({
        event,
        github: { apiUrl: github.url },
        ...more,
        inputs: { token, 'api-url': railway.url, ...inputs },
      })
    },
  }
}
