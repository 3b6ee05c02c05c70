import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realClock } from '../../local/clock.ts'
import {
  createWorld,
  largeWorkspace,
  type SeedDeployment,
  startLocalRailway,
} from '../../local/railway/index.ts'
import { push, runBundle, type Transcript } from '../../local/runner/index.ts'
import type { ProcessRow } from './exact.ts'

/** Number of repetitions of each run. An empty Node process is measured after each repetition. */
const repetitions = 9

interface Size {
  readonly projects: number
  readonly servicesPerProject: number
  /** Adds 2 kB to the `meta` of each deployment, the size at Railway for a service with many settings. */
  readonly largeMeta?: boolean
}

const medium = { projects: 40, servicesPerProject: 5 }
const large = { projects: 1_000, servicesPerProject: 3 }
const everything = { environment: 'production', projects: '*', services: '*' }

const runs: readonly {
  readonly run: string
  readonly size: Size
  readonly inputs: Record<string, string> | null
}[] = [
  { run: 'a start without a token', size: { projects: 0, servicesPerProject: 0 }, inputs: null },
  { run: '`check` of 200 services', size: medium, inputs: { ...everything, command: 'check' } },
  { run: '`list` of 200 services', size: medium, inputs: { command: 'list' } },
  { run: '`list` of 3,000 services', size: large, inputs: { command: 'list' } },
  {
    run: '`list` of 3,000 services, each deployment with 2 kB of `meta`',
    size: { ...large, largeMeta: true },
    inputs: { command: 'list' },
  },
]

/**
 * Measures the CPU time and the peak memory of the built action. The CPU time is divided by that of an empty Node process,
 * which runs right after it. The ratio depends little on the machine.
 */
export async function measureProcesses(): Promise<ProcessRow[]> {
  const folder = mkdtempSync(join(tmpdir(), 'railway-bench-'))
  try {
    const empty = join(folder, 'empty.mjs')
    writeFileSync(empty, '')
    const rows: ProcessRow[] = []
    for (const { run, size, inputs } of runs) {
      const pairs = await measurePairs(empty, size, inputs)
      rows.push({
        run,
        processorTime: round(median(pairs.map(({ own, base }) => own.cpu / base.cpu)), 1),
        peakMegabytes: round(median(pairs.map(({ own }) => own.peak)) / 1024 / 1024, 0),
        emptyMegabytes: round(median(pairs.map(({ base }) => base.peak)) / 1024 / 1024, 0),
      })
    }
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Usage {
  /** CPU time, in milliseconds. */
  readonly cpu: number
  /** Peak memory, in bytes. */
  readonly peak: number
}

async function measurePairs(
  empty: string,
  size: Size,
  inputs: Record<string, string> | null,
): Promise<{ own: Usage; base: Usage }[]> {
  const clock = realClock()
  const world = createWorld({ clock })
  const { token } = largeWorkspace(world, { ...size, live: liveDeployment(size) })
  const railway = await startLocalRailway({ world, clock })
  try {
    const given = inputs && { token, 'api-url': railway.url, ...inputs }
    const measure = async (main?: string) => {
      const transcript = await runBundle({
        event: push(),
        githubToken: '',
        inputs: given ?? {},
        measureMemory: true,
        killAfter: 120,
        ...(main !== undefined && { main }),
      })
      const expected = main === undefined && given === null ? 1 : 0
      if (transcript.exitCode !== expected) throw new Error(transcript.shown.slice(-2_000))
      return usageOf(transcript)
    }
    await measure()
    const pairs: { own: Usage; base: Usage }[] = []
    for (let count = 0; count < repetitions; count += 1) {
      pairs.push({ own: await measure(), base: await measure(empty) })
    }
    return pairs
  } finally {
    await railway.close()
  }
}

function liveDeployment({ largeMeta = false }: Size): SeedDeployment {
  const commit = 'c'.repeat(40)
  if (!largeMeta) return { commit }
  const settings = Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [
      `setting${index}`,
      `value of setting ${index} `.repeat(2),
    ]),
  )
  const meta = { commitHash: commit, branch: 'main', repo: 'acme/fleet', serviceManifest: settings }
  return { commit, script: { steps: ['SUCCESS'], meta } }
}

function usageOf({ peakRss, cpuMilliseconds }: Transcript): Usage {
  if (peakRss === undefined || cpuMilliseconds === undefined) {
    throw new Error('The process did not report its memory and CPU time.')
  }
  return { cpu: cpuMilliseconds, peak: peakRss }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

const round = (value: number, digits: number) => Number(value.toFixed(digits))
