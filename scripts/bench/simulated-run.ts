import {
  type Behaviour,
  createWorld,
  type LimitsOption,
  type Script,
  startLocalRailway,
  type World,
} from '../../local/railway/index.ts'
import { HEAD_SHA, push, runAction, type StepOptions } from '../../local/runner/index.ts'
import { SimulatedClock } from '../../local/simulated-clock.ts'

/** A run of the action's source against a local Railway on simulated time. */
export interface SimulatedRun {
  /** Fills the world and returns the token of the run. */
  readonly fill: (world: World) => string
  readonly inputs: Record<string, string>
  readonly limits?: LimitsOption
  readonly behaviour?: Partial<Behaviour>
  readonly event?: StepOptions['event']
  /** How long the network delays a request by its number, in milliseconds. */
  readonly networkDelay?: (request: number) => number
}

/** What a simulated run cost. Neither number depends on the machine. */
export interface SimulatedCost {
  readonly exitCode: number | null
  /** Requests to Railway, by operation. */
  readonly operations: Readonly<Record<string, number>>
  readonly requests: number
  /** Requests that Railway refused for its limits. */
  readonly refused: number
  readonly seconds: number
  /** The operations in their order, each with the second that it was asked at. */
  readonly timeline: readonly (readonly [operation: string, second: number])[]
  readonly outputs: Readonly<Record<string, string>>
  readonly shown: string
}

/** Runs the action on simulated time, and returns what that cost. */
export async function simulate(run: SimulatedRun): Promise<SimulatedCost> {
  const clock = new SimulatedClock()
  const world = createWorld({ clock, ...(run.behaviour && { behaviour: run.behaviour }) })
  const token = run.fill(world)
  const { limits = 'pro' } = run
  const { networkDelay } = run
  const railway = await startLocalRailway({
    world,
    clock,
    limits,
    ...(networkDelay && { networkDelay }),
  })
  try {
    const transcript = await runAction({
      clock,
      event: run.event ?? push({ sha: HEAD_SHA }),
      githubToken: '',
      inputs: { token, 'api-url': railway.url, ...run.inputs },
    })
    const { exitCode, seconds, outputs, shown } = transcript
    const operations: Record<string, number> = {}
    for (const { operationName } of railway.requests) {
      if (operationName === null) continue
      operations[operationName] = (operations[operationName] ?? 0) + 1
    }
    const refused = railway.requests.filter(({ status }) => status === 429).length
    const requests = railway.requests.length
    const timeline = railway.requests.map(
      ({ operationName, at }) => [operationName ?? 'unnamed', (at - clock.start) / 1000] as const,
    )
    return { timeline, exitCode, operations, requests, refused, seconds, outputs, shown }
  } finally {
    await railway.close()
  }
}

/** Returns a script of a deployment that goes live after so many seconds. */
export function liveAfter(seconds: number): Script {
  const build = Math.min(2, seconds / 4)
  return [
    { status: 'QUEUED', seconds: build },
    { status: 'BUILDING', seconds: seconds - 2 * build },
    { status: 'DEPLOYING', seconds: build },
    'SUCCESS',
  ]
}
