import {
  type Behaviour,
  createWorld,
  type LimitsOption,
  type LoggedRequest,
  type Script,
  startLocalRailway,
  type World,
} from '../../local/railway/index.ts'
import {
  HEAD_SHA,
  push,
  runAction,
  type StepOptions,
  type Transcript,
} from '../../local/runner/index.ts'
import { SimulatedClock } from '../../local/simulated-clock.ts'

/** The options of a local Railway on simulated time. */
export interface SimulatedRailway {
  /** Fills the world and returns the token of the runs. */
  readonly fill: (world: World) => string
  readonly limits?: LimitsOption
  readonly behaviour?: Partial<Behaviour>
  /** Returns the delay of the request with this index, in milliseconds. */
  readonly networkDelay?: (request: number) => number
}

/** A run of the action's source. */
export interface SimulatedRun {
  readonly inputs: Record<string, string>
  readonly event?: StepOptions['event']
}

/** The requests and the simulated time of a run. They do not depend on the machine. */
export interface SimulatedCost {
  readonly exitCode: number | null
  /** Requests to Railway, by operation. */
  readonly operations: Readonly<Record<string, number>>
  readonly requests: number
  /** Number of responses with status 429. */
  readonly refused: number
  readonly seconds: number
  /** The operations in the order of their requests, each with the seconds since the start of the run. */
  readonly timeline: readonly (readonly [operation: string, second: number])[]
  readonly outputs: Readonly<Record<string, string>>
  /** The report file; empty if there is none. */
  readonly report: string
  readonly shown: string
}

/** Runs the action once on simulated time. */
export async function simulate({
  inputs,
  event,
  ...railway
}: SimulatedRailway & SimulatedRun): Promise<SimulatedCost> {
  const [cost] = await simulateAll(railway, [{ inputs, ...(event && { event }) }])
  if (!cost) throw new Error('The run has no result.')
  return cost
}

/** Runs the action several times against the same local Railway, one run after the other. */
export async function simulateAll(
  { fill, behaviour, limits = 'pro', networkDelay }: SimulatedRailway,
  runs: readonly SimulatedRun[],
): Promise<SimulatedCost[]> {
  const clock = new SimulatedClock()
  const world = createWorld({ clock, ...(behaviour && { behaviour }) })
  const token = fill(world)
  const delay = networkDelay && { networkDelay }
  const railway = await startLocalRailway({ world, clock, limits, ...delay })
  const costs: SimulatedCost[] = []
  try {
    for (const { inputs, event = push({ sha: HEAD_SHA }) } of runs) {
      const earlier = railway.requests.length
      const startedAt = clock.now()
      const transcript = await runAction({
        clock,
        event,
        githubToken: '',
        inputs: { token, 'api-url': railway.url, ...inputs },
      })
      costs.push(costOf(transcript, railway.requests.slice(earlier), startedAt))
    }
    return costs
  } finally {
    await railway.close()
  }
}

function costOf(
  { exitCode, seconds, outputs, shown, tempFiles }: Transcript,
  requests: readonly LoggedRequest[],
  startedAt: number,
): SimulatedCost {
  const operations: Record<string, number> = {}
  for (const { operationName } of requests) {
    if (operationName === null) continue
    operations[operationName] = (operations[operationName] ?? 0) + 1
  }
  const refused = requests.filter(({ status }) => status === 429).length
  const timeline = requests.map(
    ({ operationName, at }) => [operationName ?? 'unnamed', (at - startedAt) / 1000] as const,
  )
  const count = requests.length
  const report = tempFiles[outputs['report-file'] ?? ''] ?? ''
  return {
    timeline,
    exitCode,
    operations,
    requests: count,
    refused,
    seconds,
    outputs,
    report,
    shown,
  }
}

/** Returns a script of a deployment that is live after this number of seconds. */
export function liveAfter(seconds: number): Script {
  const build = Math.min(2, seconds / 4)
  return [
    { status: 'QUEUED', seconds: build },
    { status: 'BUILDING', seconds: seconds - 2 * build },
    { status: 'DEPLOYING', seconds: build },
    'SUCCESS',
  ]
}
