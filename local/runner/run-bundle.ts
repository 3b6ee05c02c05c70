import { resolve } from 'node:path'
import { findNode, type NodeVersion } from '../node24.ts'
import { runProcess } from './process.ts'
import { ROOT, runStep, type StepOptions } from './step.ts'
import type { Transcript } from './transcript.ts'

export interface BundleOptions extends StepOptions {
  /** Path of the script to run; `dist/index.js` by default. */
  main?: string
  node?: NodeVersion
  /** Whether to measure `peakRss` and `cpuMilliseconds` of the transcript. */
  measureMemory?: boolean
  /** Resolves with signals. They are then sent to the process one after the other. */
  signals?: Promise<readonly NodeJS.Signals[]>
  /** Seconds after which the process is killed and the run fails; 60 by default. */
  killAfter?: number
}

/** Runs the built action as a GitHub runner does, in its own process and in real time. */
export function runBundle(options: BundleOptions = {}): Promise<Transcript> {
  const node = findNode(options.node)
  const main = options.main ?? resolve(ROOT, 'dist', 'index.js')
  return runStep(options, node, (env, { workspace }) =>
    runProcess({ ...options, command: [node, main], env, cwd: workspace }),
  )
}
