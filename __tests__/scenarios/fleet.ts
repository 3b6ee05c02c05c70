import type { FaultRule } from '../../local/railway/faults.ts'
import {
  createWorld,
  type LocalRailway,
  type LocalRailwayOptions,
  startLocalRailway,
  type World,
} from '../../local/railway/index.ts'
import type { WorldOptions } from '../../local/railway/world.ts'
import { type RunOptions, runAction, type Transcript } from '../../local/runner/index.ts'
import { SimulatedClock } from '../../local/simulated-clock.ts'

/** A local Railway on simulated time with the built action beside it. */
export interface Stage {
  readonly clock: SimulatedClock
  readonly world: World
  readonly railway: LocalRailway
  /** Runs the action against it; inputs besides the token's and the address's are up to the test. */
  run(
    token: string,
    inputs: Record<string, string>,
    options?: Omit<RunOptions, 'inputs' | 'clock'>,
  ): Promise<Transcript>
}

const open: LocalRailway[] = []

/** For `afterEach`. */
export async function closeStages(): Promise<void> {
  await Promise.all(open.splice(0).map((railway) => railway.close()))
}

/** `fill` makes the world; what it answers is handed on. */
export async function stage<Filled>(
  fill: (world: World) => Filled,
  options: Partial<LocalRailwayOptions> & {
    behaviour?: NonNullable<WorldOptions['behaviour']>
    faults?: FaultRule[]
  } = {},
): Promise<Stage & Filled> {
  const { behaviour = {}, ...rest } = options
  const clock = new SimulatedClock()
  const world = createWorld({ clock, behaviour })
  const filled = fill(world)
  const railway = await startLocalRailway({ world, clock, ...rest })
  open.push(railway)
  const run: Stage['run'] = (token, inputs, runOptions = {}) =>
    runAction({
      clock,
      ...runOptions,
      inputs: { token, environment: 'production', 'api-url': railway.url, ...inputs },
    })
  return { clock, world, railway, run, ...filled }
}

/** The `results` output, as `<project>/<service>: <action> <status>`. */
export function results(transcript: Transcript): string[] {
  return rows(transcript).map(
    ({ project, service, action, status }) => `${project}/${service}: ${action} ${status}`,
  )
}

export interface Row {
  project: string
  service: string
  action: string
  status: string
  deploymentId: string | null
  errorCode: string | null
  message: string
}

/** The `results` output. */
export function rows(transcript: Transcript): Row[] {
  return JSON.parse(transcript.outputs.results ?? '[]')
}

/** The `plan` output, as `<project>/<service>: <action>, <detail>`. */
export function plan(transcript: Transcript): string[] {
  const steps: { project: string; service: string; action: string; detail: string }[] = JSON.parse(
    transcript.outputs.plan ?? '[]',
  )
  return steps.map(
    ({ project, service, action, detail }) => `${project}/${service}: ${action}, ${detail}`,
  )
}

/** The titles and messages of the errors. */
export function errors(transcript: Transcript): string[] {
  return transcript.annotations
    .filter(({ level }) => level === 'error')
    .map(({ message }) => message)
}

/** The mutations and uploads that were sent, by the name of their root, in order. */
export function changesMade({ requests }: LocalRailway): string[] {
  return requests
    .filter(({ kind }) => kind === 'mutation' || kind === 'upload')
    .flatMap(({ roots }) => roots)
}
