import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as realTimeout } from 'node:timers'
import type { SimulatedClock } from '../simulated-clock.ts'
import type { ChildParticipant } from '../simulated-clock-child.ts'
import { type ProcessResult, splitLines } from './transcript.ts'

export interface ProcessOptions {
  /** The program and its arguments. */
  command: string[]
  env: Record<string, string>
  cwd: string
  clock?: SimulatedClock
  place: ChildParticipant | undefined
  signals?: { at: number; signal: NodeJS.Signals }[]
  killAfter?: number
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void
}

/** Runs a process to its end; fails when the process has to be killed because it does not come to one. */
export async function runProcess(options: ProcessOptions): Promise<ProcessResult> {
  const { command, env, cwd, clock, place } = options
  const started = performance.now()
  const simulatedStart = clock?.now() ?? 0
  const [program = '', ...args] = command
  const child = spawn(program, args, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe', ...(place ? (['ipc'] as const) : [])],
  })
  const printed = collectOutput(child, options.onLine)
  const { exited, fail } = awaitExit(child)
  place?.attach(child, fail)
  const ended = new Promise<number>((resolve) =>
    child.once('exit', () => resolve(clock?.now() ?? 0)),
  )
  const cancelSignals = scheduleSignals(options, child)
  const cancelKill = killLate(child, options, fail, printed)
  try {
    const exit = await exited
    const realMilliseconds = Math.round(performance.now() - started)
    const milliseconds = clock ? (await ended) - simulatedStart : realMilliseconds
    return {
      ...exit,
      ...printed,
      seconds: milliseconds / 1000,
      realMilliseconds,
      peakRss: place?.peakRss,
    }
  } finally {
    cancelSignals()
    cancelKill()
  }
}

interface Printed {
  stdout: string
  stderr: string
}

function collectOutput(child: ChildProcess, onLine: ProcessOptions['onLine']): Printed {
  const printed: Printed = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    let unfinished = ''
    child[stream]?.setEncoding('utf8')
    child[stream]?.on('data', (text: string) => {
      printed[stream] += text
      const complete = (unfinished + text).split('\n')
      unfinished = complete.pop() ?? ''
      for (const line of complete) onLine?.(line.replace(/\r$/, ''), stream)
    })
    child[stream]?.on('end', () => {
      if (unfinished !== '') onLine?.(unfinished, stream)
    })
  }
  return printed
}

interface Exit {
  exitCode: number | null
  signal: NodeJS.Signals | null
}

/** `fail` says why the run cannot end well; it is told once the process is gone. */
function awaitExit(child: ChildProcess) {
  let failure: Error | undefined
  const exited = new Promise<Exit>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (exitCode, signal) => {
      if (failure) reject(failure)
      else resolve({ exitCode, signal })
    })
  })
  return {
    exited,
    fail: (error: Error) => {
      failure ??= error
    },
  }
}

function scheduleSignals(
  { clock, place, signals = [] }: ProcessOptions,
  child: ChildProcess,
): () => void {
  const cancel = signals.map(({ at, signal }) => {
    if (clock) return clock.at(clock.now() + at * 1000, () => place?.signal(signal))
    const timer = realTimeout(() => child.kill(signal), at * 1000)
    return () => timer.close()
  })
  const cancelAll = () => {
    for (const one of cancel) one()
  }
  child.once('exit', cancelAll)
  return cancelAll
}

function killLate(
  child: ChildProcess,
  { killAfter = 60, clock }: ProcessOptions,
  fail: (error: Error) => void,
  printed: Printed,
): () => void {
  const timer = realTimeout(() => {
    const last = splitLines(printed.stdout + printed.stderr).slice(-20)
    const state = clock ? `\n${clock.describe()}` : ''
    fail(
      new Error(
        `Killed after ${killAfter} real seconds.${state}\nIt said last:\n${last.join('\n')}`,
      ),
    )
    child.kill('SIGKILL')
  }, killAfter * 1000)
  return () => timer.close()
}
