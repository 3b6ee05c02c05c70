import { deepStrictEqual } from 'node:assert'
import { createHash } from 'node:crypto'
import { runAction as runSource } from '../../src/action.ts'
import { checkoutOf, LocalDirectories } from '../../src/directory/local-directories.ts'
import type { Plan } from '../../src/plan/plan.ts'
import type { SetGlobalProxy } from '../../src/proxy.ts'
import type { SimulatedClock } from '../simulated-clock.ts'
import type { Participant } from '../simulated-clock-participant.ts'
import { type LocalSites, noSites } from '../sites/index.ts'
import { LocalProcess } from './local-process.ts'
import { runStep, type StepOptions } from './step.ts'
import { localToolkit } from './toolkit.ts'
import type { ProcessResult, Transcript } from './transcript.ts'

export interface RunOptions extends StepOptions {
  clock: SimulatedClock
  signals?: TimedSignal[]
  /** The web sites of deployed services; none exist unless given. */
  sites?: Pick<LocalSites, 'fetch'>
  /** Sees the proxies that the action wants to use, which this process never uses. `null`: a Node that cannot. */
  setGlobalProxy?: SetGlobalProxy | null
}

/** A signal that is sent a number of simulated seconds after the start. */
export interface TimedSignal {
  at: number
  signal: NodeJS.Signals
}

/** Returns the signals of a cancelled job: SIGINT, SIGTERM after 7.5 s, SIGKILL after 2.5 s more. */
export function cancelJob(at: number): TimedSignal[] {
  return [
    { at, signal: 'SIGINT' },
    { at: at + 7.5, signal: 'SIGTERM' },
    { at: at + 10, signal: 'SIGKILL' },
  ]
}

/** Runs the action's source in this process, on simulated time, as a step that a runner has prepared. */
export async function runAction(options: RunOptions): Promise<Transcript> {
  // Before the first await, so that runs that are started together keep their order.
  const participant = options.clock.participant()
  const prepared = participant.beginWork()
  try {
    return await runStep(options, process.execPath, (env) => {
      participant.start()
      prepared()
      return runHere(options, env, participant)
    })
  } finally {
    participant.close()
  }
}

async function runHere(
  { clock, onLine, signals = [], sites = noSites, setGlobalProxy = noProxy }: RunOptions,
  env: Record<string, string>,
  participant: Participant,
): Promise<ProcessResult> {
  await participant.waitForOthers()
  const startedAt = clock.now()
  const startedReally = performance.now()
  const local = new LocalProcess(env, (line) => onLine?.(line, 'stdout'))
  const cancelSignals = scheduleSignals(signals, clock, local)
  const stderr = execute(local, participant, sites.fetch(participant.fetch), setGlobalProxy)
  try {
    const exit = await Promise.race([local.ended, failureOf(participant)])
    return {
      ...exit,
      stdout: local.printed,
      stderr: await Promise.race([stderr, '']),
      seconds: (clock.now() - startedAt) / 1000,
      realMilliseconds: Math.round(performance.now() - startedReally),
      peakRss: undefined,
      cpuMilliseconds: undefined,
    }
  } finally {
    cancelSignals()
  }
}

/** Runs the source until nothing is left to do, which is when a process exits. Returns what Node prints of an error. */
async function execute(
  local: LocalProcess,
  participant: Participant,
  fetch: typeof globalThis.fetch,
  setGlobalProxy: SetGlobalProxy | null,
): Promise<string> {
  try {
    await runSource(local, {
      toolkit: localToolkit(local),
      clock: participant,
      fetch,
      node: { version: '24.10.0', setGlobalProxy: setGlobalProxy ?? undefined },
      disk: async (stop) => {
        const directories = new LocalDirectories(local.env, stop)
        const checkout = checkoutOf(local.env, stop)
        return {
          directories: {
            scan: (...scan) => participant.work(() => directories.scan(...scan)),
            pack: (...pack) => participant.work(() => directories.pack(...pack)),
          },
          history: { compare: (...asked) => participant.work(() => checkout.compare(...asked)) },
        }
      },
      transformPlan: copyPlan,
      random: seededRandom(participant.name),
    })
    await participant.finish()
    local.exit()
    return ''
  } catch (error) {
    local.exit(1)
    return `${error instanceof Error ? error.stack : String(error)}\n`
  }
}

/** Takes proxies and uses none. */
const noProxy: SetGlobalProxy = () => () => {}

/** Copies a plan through JSON, which must keep all of it: a plan refers to things by ids only. */
function copyPlan(plan: Plan): Plan {
  const copy: Plan = JSON.parse(JSON.stringify(plan))
  deepStrictEqual(copy, plan)
  return copy
}

/** Returns a function that makes numbers in [0, 1), always the same ones for the same seed. */
function seededRandom(seed: string): () => number {
  let count = 0
  const next = () => createHash('sha256').update(`${seed} ${++count}`).digest()
  return () => next().readUInt32BE() / 2 ** 32
}

function failureOf(participant: Participant): Promise<never> {
  return new Promise((_, reject) => participant.onFailure(reject))
}

function scheduleSignals(signals: TimedSignal[], clock: SimulatedClock, local: LocalProcess) {
  const cancels = signals.map(({ at, signal }) =>
    clock.at(clock.now() + at * 1000, () => local.signal(signal)),
  )
  return () => {
    for (const cancel of cancels) cancel()
  }
}
