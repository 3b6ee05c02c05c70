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

/** A step and its simulated environment. */
export interface RunOptions extends StepOptions {
  clock: SimulatedClock
  /** Signals that the process receives. */
  signals?: TimedSignal[]
  /** The web sites of deployed services; none by default. */
  sites?: Pick<LocalSites, 'fetch'>
  /** Replaces Node's `setGlobalProxyFromEnv`. By default no proxy is used. `null`: a Node without that function. */
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

/** Runs the source of the action in this process, on simulated time, in the environment of a runner. */
export async function runAction(options: RunOptions): Promise<Transcript> {
  // Before the first `await`, so that runs that start together always join the clock in the same order.
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

/** Runs the source until no work is pending, as a process does before it exits. Returns the stack of an uncaught error, or ''. */
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
          history: { compare: (...args) => participant.work(() => checkout.compare(...args)) },
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

/** Accepts the proxy settings and does not use them. */
const noProxy: SetGlobalProxy = () => () => {}

/** Returns a copy of a plan, made with JSON. Throws if the copy differs. A plan must contain only data that JSON can represent. */
function copyPlan(plan: Plan): Plan {
  const copy: unknown = JSON.parse(JSON.stringify(plan))
  deepStrictEqual(copy, plan)
  return copy
}

/** Returns a function that returns pseudorandom numbers in [0, 1). The sequence depends on the seed only. */
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
