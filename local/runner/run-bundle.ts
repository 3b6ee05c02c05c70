import { resolve } from 'node:path'
import { findNode, type NodeVersion } from '../node24.ts'
import { runProcess } from './process.ts'
import { ROOT, runStep, type StepOptions } from './step.ts'
import type { Transcript } from './transcript.ts'

export interface BundleOptions extends StepOptions {
  /** The script to run; the built action unless given. */
  main?: string
  node?: NodeVersion
  /** Measures the peak of the memory and the processor time: `peakRss` and `cpuMilliseconds` of the transcript. */
  measureMemory?: boolean
  /** Signals that are sent, one right after the other, as soon as this resolves. */
  signals?: Promise<readonly NodeJS.Signals[]>
  /** Seconds after which the run is killed and has failed. */
  killAfter?: number
}

/** Runs the built action as a GitHub runner would: in a process of its own, in real time. */
export function runBundle(options: BundleOptions = {}): Promise<Transcript> {
  const node = findNode(options.node)
  const main = options.main ?? resolve(ROOT, 'dist', 'index.js')
  return runStep(options, node, (env, { workspace }) =>
    runProcess({ ...options, command: [node, main], env, cwd: workspace }),
  )
}
