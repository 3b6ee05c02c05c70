import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { Exit } from './local-process.ts'
import { type ProcessResult, splitLines } from './transcript.ts'

export interface ProcessOptions {
  /** The program and its arguments. */
  command: string[]
  env: Record<string, string>
  cwd: string
  signals?: Promise<readonly NodeJS.Signals[]>
  measureMemory?: boolean
  killAfter?: number
  onLine?: (line: string, stream: 'stdout' | 'stderr') => void
}

/** Runs a process to its end; fails when the process has to be killed because it does not come to one. */
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
  const cancelKill = killLate(child, options, fail, printed)
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

/** A module that writes the peak of the memory and the processor time when the process exits. */
const reportUsage = join(import.meta.dirname, 'report-usage.cjs')

/** Returns a function that reads what the process used of the machine, once it is gone. */
function collectUsage(
  child: ChildProcess,
): () => Pick<ProcessResult, 'peakRss' | 'cpuMilliseconds'> {
  let text = ''
  const pipe = child.stdio[3] as Readable | null | undefined
  pipe?.setEncoding('utf8')
  pipe?.on('data', (chunk: string) => {
    text += chunk
  })
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

function killLate(
  child: ChildProcess,
  { killAfter = 60 }: ProcessOptions,
  fail: (error: Error) => void,
  printed: Printed,
): () => void {
  const timer = setTimeout(() => {
    const last = splitLines(printed.stdout + printed.stderr).slice(-20)
    fail(new Error(`Killed after ${killAfter} seconds.\nIt said last:\n${last.join('\n')}`))
    child.kill('SIGKILL')
  }, killAfter * 1000)
  return () => clearTimeout(timer)
}
