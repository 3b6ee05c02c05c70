import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Exit } from './local-process.ts'
import { type ProcessResult, splitLines } from './transcript.ts'

export interface ProcessOptions {
  /** The program and its arguments. */
  command: string[]
  env: Record<string, string>
  cwd: string
  /** Resolves with signals. They are then sent to the process one after the other. */
  signals?: Promise<readonly NodeJS.Signals[]>
  measureMemory?: boolean
  /** Seconds after which the process is killed; 60 by default. */
  killAfter?: number
  /** Called for each line of output. */
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void
}

/** Runs a process until it exits. Throws if it does not exit within `killAfter` seconds. */
export async function runProcess(options: ProcessOptions): Promise<ProcessResult> {
  const { command, env, cwd, measureMemory = false } = options
  const started = performance.now()
  const [program = '', ...args] = command
  const child = spawn(program, [...(measureMemory ? ['--require', reportUsage] : []), ...args], {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 'pipe', ...(measureMemory ? (['pipe'] as const) : [])],
  })
  const printed = collectOutput(child, options.onLine)
  const usage = collectUsage(child)
  const { exited, fail } = awaitExit(child)
  void options.signals?.then((signals) => {
    for (const signal of signals) child.kill(signal)
  })
  const cancelKill = killAfterTimeout(child, options, fail, printed)
  try {
    const exit = await exited
    const realMilliseconds = Math.round(performance.now() - started)
    return {
      ...exit,
      ...printed,
      seconds: realMilliseconds / 1000,
      realMilliseconds,
      ...usage(),
    }
  } finally {
    cancelKill()
  }
}

/** Path of a module that writes the peak memory and the CPU time of the process to file descriptor 3 at its exit. */
const reportUsage = join(import.meta.dirname, 'report-usage.cjs')

/** Returns a function that returns the peak memory (bytes) and the CPU time (milliseconds) after the exit of the process. */
function collectUsage(
  child: ChildProcess,
): () => Pick<ProcessResult, 'peakRss' | 'cpuMilliseconds'> {
  let text = ''
  const pipe = child.stdio[3]
  if (pipe instanceof Readable) {
    pipe.setEncoding('utf8')
    pipe.on('data', (chunk: string) => {
      text += chunk
    })
  }
  return () => {
    if (text === '') return { peakRss: undefined, cpuMilliseconds: undefined }
    const [kilobytes = Number.NaN, microseconds = Number.NaN] = text.split(' ').map(Number)
    return { peakRss: kilobytes * 1024, cpuMilliseconds: microseconds / 1000 }
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

/** Returns a promise of the exit. After a call of `fail`, the promise rejects with that error when the process exits. */
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

/** Kills the process after `killAfter` seconds. Returns a function that cancels this. */
function killAfterTimeout(
  child: ChildProcess,
  { killAfter = 60 }: ProcessOptions,
  fail: (error: Error) => void,
  printed: Printed,
): () => void {
  const timer = setTimeout(() => {
    const last = splitLines(printed.stdout + printed.stderr).slice(-20)
    fail(new Error(`Killed after ${killAfter} seconds.\nLast output:\n${last.join('\n')}`))
    child.kill('SIGKILL')
  }, killAfter * 1000)
  return () => clearTimeout(timer)
}
