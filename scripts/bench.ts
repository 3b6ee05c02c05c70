import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Clock, realClock } from '../local/clock.ts'
import { findNode } from '../local/node24.ts'
import {
  createWorld,
  largeWorkspace,
  type Script,
  startLocalRailway,
} from '../local/railway/index.ts'
import {
  push,
  runAction,
  runBundle,
  type StepOptions,
  type Transcript,
} from '../local/runner/index.ts'
import { SimulatedClock } from '../local/simulated-clock.ts'
import { measureCommands } from './bench/commands.ts'
import { type ExactResults, exactResults } from './bench/exact.ts'
import { measureJitter } from './bench/jitter.ts'
import { measurePreviews } from './bench/previews.ts'
import { measureProcesses } from './bench/processes.ts'
import { measureDurations, measureRequests } from './bench/requests.ts'
import { measureShards } from './bench/shards.ts'
import { costTables } from './docs/cost.ts'

/**
 * `npm run bench`: measures the requests, the time and the memory of runs. Requests and the time of deployments are
 * measured with the source on simulated time, and do not depend on the machine. Memory and start-up are measured with the
 * built action in its own process, and printed as ratios to an empty Node process. `-- --exact` skips the measurements
 * that depend on the load of the machine.
 */
const bundle = resolve(import.meta.dirname, '..', 'dist', 'index.js')
const folder = mkdtempSync(join(tmpdir(), 'railway-bench-'))
const empty = join(folder, 'empty.mjs')
writeFileSync(empty, '')

/** Duration of a deployment at the local Railway, in seconds. */
const deploymentSeconds = 52

/** The script of deployments in runs in real time, in which memory is measured. */
const quickDeployment: Script = [{ status: 'BUILDING', seconds: 1 }, 'SUCCESS']

interface Size {
  projects: number
  servicesPerProject: number
}

/** The measurements of a run. Memory and real time are those of a second run, of the built action. */
interface Measured {
  /** The transcript of the run on simulated time. */
  transcript: Transcript
  requests: { operation: string; count: number }[]
  total: number
  peakRss: number
  realMilliseconds: number
}

async function measure(size: Size, inputs: Record<string, string>): Promise<Measured> {
  const clock = new SimulatedClock()
  const simulated = await runWith(size, clock, (step) => runAction({ clock, ...step(inputs) }))
  const real = await runWith(size, realClock(), (step) =>
    runBundle({ ...step(inputs), measureMemory: true, killAfter: 300 }),
  )
  const requests = [...new Set(simulated.names)].map((operation) => ({
    operation,
    count: simulated.names.filter((name) => name === operation).length,
  }))
  return {
    transcript: simulated.transcript,
    requests,
    total: simulated.names.length,
    peakRss: real.transcript.peakRss ?? Number.NaN,
    realMilliseconds: real.transcript.realMilliseconds,
  }
}

/** Runs the action against a large workspace. Returns the transcript and the operation name of each request. */
async function runWith(
  size: Size,
  clock: Clock,
  run: (step: (inputs: Record<string, string>) => StepOptions) => Promise<Transcript>,
) {
  const world = createWorld({ clock })
  const { token, commit, services } = largeWorkspace(world, size)
  if (!(clock instanceof SimulatedClock)) {
    for (const service of services) world.script(service, 'production', [quickDeployment])
  }
  const railway = await startLocalRailway({ world, clock })
  const transcript = await run((inputs) => ({
    event: push({ sha: commit }),
    inputs: { token, 'api-url': railway.url, ...inputs },
  }))
  await railway.close()
  if (transcript.exitCode !== 0) throw new Error(transcript.shown.slice(-2_000))
  return { transcript, names: railway.requests.map(({ operationName }) => operationName ?? '?') }
}

const everything = { environment: 'production', projects: '*', services: '*' }

async function emptyMemory(): Promise<number> {
  const { peakRss } = await runBundle({ main: empty, measureMemory: true })
  return peakRss ?? Number.NaN
}

/** Starts a script 15 times. Returns the median of the durations, in milliseconds. */
function startUp(script: string): number {
  const times = Array.from({ length: 15 }, () => {
    const before = performance.now()
    try {
      execFileSync(findNode(), [script], { env: { RUNNER_TEMP: folder }, stdio: 'ignore' })
    } catch {
      // Without inputs, the action ends with an error. The duration until then is the start-up time.
    }
    return performance.now() - before
  })
  return times.toSorted((a, b) => a - b)[7] ?? Number.NaN
}

const ratio = (value: number, base: number) => `${(value / base).toFixed(2)} x`
const row = (...cells: (string | number)[]) => console.log(`| ${cells.join(' | ')} |`)
const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`

const resultsFile = resolve(import.meta.dirname, '..', 'docs', 'bench.json')

/** Reads the measurements of processes from `docs/bench.json`, which `--exact` does not repeat. */
const readProcesses = () =>
  exactResults.parse(JSON.parse(readFileSync(resultsFile, 'utf8'))).processes

/** Measures the figures of the documentation, and writes them to `docs/bench.json`, which `npm run docs` reads. */
async function measureExactly(): Promise<void> {
  const results: ExactResults = {
    commands: await measureCommands(),
    requests: await measureRequests(),
    durations: await measureDurations(),
    previews: await measurePreviews(),
    jitter: await measureJitter(),
    shards: await measureShards(10_000, 3, 8),
    processes: process.argv.includes('--exact') ? readProcesses() : await measureProcesses(),
  }
  writeFileSync(resultsFile, `${JSON.stringify(results, null, 2)}\n`)
  console.log(costTables(results))
}

try {
  await measureExactly()
  if (process.argv.includes('--exact')) process.exit()
  const base = await emptyMemory()

  console.log('## Deploying and waiting, by number of services\n')
  row(
    'services',
    'projects',
    'requests',
    'besides the mutations',
    'requests a service',
    'simulated time',
    'over one deployment',
    'peak memory',
    'over empty Node',
  )
  row('---', '---', '---', '---', '---', '---', '---', '---', '---')
  for (const [projects, servicesPerProject] of [
    [2, 5],
    [20, 5],
    [40, 5],
    [200, 5],
  ] as const) {
    const { transcript, requests, total, peakRss } = await measure(
      { projects, servicesPerProject },
      everything,
    )
    const services = projects * servicesPerProject
    const mutations = requests.find(({ operation }) => operation === 'DeployService')?.count ?? 0
    row(
      services,
      projects,
      total,
      total - mutations,
      (total / services).toFixed(3),
      `${transcript.seconds.toFixed(0)} s`,
      ratio(transcript.seconds, deploymentSeconds),
      megabytes(peakRss),
      ratio(peakRss, base),
    )
  }

  console.log('\n## Reading a workspace of 1,000 projects and 3,000 services\n')
  const list = await measure({ projects: 1000, servicesPerProject: 3 }, { command: 'list' })
  row('requests', 'peak memory', 'over empty Node', 'real time')
  row('---', '---', '---', '---')
  row(
    list.total,
    megabytes(list.peakRss),
    ratio(list.peakRss, base),
    `${(list.realMilliseconds / 1000).toFixed(1)} s`,
  )

  console.log('\n## The bundle\n')
  const started = startUp(bundle)
  const nothing = startUp(empty)
  row('size', 'compressed', 'start-up', 'over empty Node')
  row('---', '---', '---', '---')
  row(
    megabytes(statSync(bundle).size),
    megabytes(gzipSync(readFileSync(bundle)).length),
    `${started.toFixed(0)} ms`,
    ratio(started, nothing),
  )
} finally {
  rmSync(folder, { recursive: true, force: true })
}
