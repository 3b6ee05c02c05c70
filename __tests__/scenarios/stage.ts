import { afterEach } from '@jest/globals'
import type { Behaviour } from '../../local/railway/index.ts'
import {
  createWorld,
  type LocalRailway,
  type LocalRailwayOptions,
  startLocalRailway,
  type World,
} from '../../local/railway/index.ts'
import {
  HEAD_SHA,
  push,
  type RunOptions,
  runAction,
  type Transcript,
} from '../../local/runner/index.ts'
import { SimulatedClock } from '../../local/simulated-clock.ts'

/** The commit that the runs of a scenario are for. */
export const commit = HEAD_SHA
export const repository = 'acme/shop'

export interface Stage {
  clock: SimulatedClock
  world: World
  railway: LocalRailway
  /** A workspace token, which runs use by default. */
  token: string
  /** Runs the action for a push of {@link commit} and asserts nothing. */
  run(inputs: Record<string, string>, options?: Omit<RunOptions, 'inputs' | 'clock'>): Promise<Run>
}

/** A transcript with its JSON outputs parsed. */
export interface Run extends Transcript {
  json(output: string): unknown
  /** Titles and codes of the error annotations. */
  codes: string[]
  errors: string[]
  warnings: string[]
  /** Every leaked token of the world. */
  leaked: string[]
}

export interface StageOptions extends Omit<LocalRailwayOptions, 'world' | 'clock'> {
  behaviour?: Partial<Behaviour>
  /** The start of the scenario, in milliseconds since the epoch. */
  start?: number
  /** Fills the world and returns the token that runs use by default. */
  fill(world: World): string
}

const open: LocalRailway[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((railway) => railway.close()))
})

/** A local Railway on simulated time, and runs of the action against it, all in this process. */
export async function setStage({
  fill,
  behaviour = {},
  start,
  ...options
}: StageOptions): Promise<Stage> {
  const clock = new SimulatedClock(start === undefined ? {} : { start })
  const world = createWorld({ clock, behaviour })
  const token = fill(world)
  const railway = await startLocalRailway({ world, clock, ...options })
  open.push(railway)
  return {
    clock,
    world,
    railway,
    token,
    run: async (inputs, more = {}) => {
      const transcript = await runAction({
        clock,
        event: push({ sha: commit }),
        // A scenario without a GitHub of its own sends it no request.
        ...(more.github ? {} : { githubToken: '' }),
        ...more,
        inputs: { token, 'api-url': railway.url, ...inputs },
      })
      return read(transcript, [...world.tokens.keys()])
    },
  }
}

function read(transcript: Transcript, tokens: string[]): Run {
  const messages = (level: string) =>
    transcript.annotations.filter((one) => one.level === level).map(({ message }) => message)
  const errors = messages('error')
  return {
    ...transcript,
    json: (output) => JSON.parse(transcript.outputs[output] ?? 'null'),
    errors,
    codes: errors.map((message) => /\[([a-z-]+)\]$/.exec(message)?.[1] ?? message),
    warnings: messages('warning'),
    leaked: tokens.flatMap((token) => transcript.leaks(token)),
  }
}
