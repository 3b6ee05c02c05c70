import { phasesOf } from './lifecycle.ts'
import type { Deployment } from './model.ts'
import { badInput, problem } from './refusal.ts'
import type { LogLine } from './script.ts'
import type { World } from './world.ts'

export interface LogArguments {
  limit?: number | null
  filter?: string | null
  startDate?: string | null
  endDate?: string | null
}

export interface LogRow {
  /** RFC 3339 with nanoseconds. */
  timestamp: string
  message: string
  severity: string
  attributes: { key: string; value: string }[]
}

/** Returns the build log until now. It is empty for an image, which Railway does not build. */
export function buildLog(world: World, deployment: Deployment, args: LogArguments): LogRow[] {
  const phases = phasesOf(deployment, 0)
  const index = phases.findIndex(({ status }) => status === 'BUILDING')
  const begin = phases[index]?.from ?? deployment.createdAt
  const end = phases[index + 1]?.from ?? Infinity
  const lines = deployment.content.kind === 'image' ? [] : deployment.script.buildLog
  return logRows(world, deployment, args, withTimes(lines ?? defaultBuildLog, begin, end))
}

/** Returns the log of the running deployment until now. */
export function deployLog(world: World, deployment: Deployment, args: LogArguments): LogRow[] {
  const phases = phasesOf(deployment, 0)
  const started = phases.find(({ status }) => ['DEPLOYING', 'SUCCESS', 'CRASHED'].includes(status))
  if (!started) return logRows(world, deployment, args, [])
  const end = phases.find(({ status }) => ['FAILED', 'CRASHED', 'REMOVED'].includes(status))
  const lines = deployment.script.deployLog ?? defaultDeployLog
  return logRows(world, deployment, args, withTimes(lines, started.from, end?.from ?? Infinity))
}

const defaultBuildLog: LogLine[] = [
  '\u001b[35mUsing Railpack\u001b[0m',
  'npm ci',
  'added 212 packages in 9s',
  'npm run build',
  '\u001b[32mSuccessfully built\u001b[0m',
]
const defaultDeployLog: LogLine[] = ['Starting Container', 'Listening on port 3000']

interface TimedLine {
  at: number
  message: string
  severity: string
}

/** Adds a time to each line: `after` seconds from the beginning of the phase, by default one second per line. No time is after the end. */
function withTimes(lines: LogLine[], begin: number, end: number): TimedLine[] {
  return lines.map((line, index) => {
    const {
      message,
      severity = 'info',
      after = index,
    } = typeof line === 'string' ? { message: line } : line
    return { at: Math.min(begin + after * 1000, end), message, severity }
  })
}

/**
 * Returns the last lines that match the arguments. Users of Railway reported that a query fails shortly after
 * the creation of the deployment, and that it returns one row more than requested.
 */
function logRows(
  world: World,
  deployment: Deployment,
  { limit, filter, startDate, endDate }: LogArguments,
  lines: TimedLine[],
): LogRow[] {
  const { logsUnavailableSeconds = world.behaviour.logsUnavailableSeconds } = deployment.script
  if (world.now() < deployment.createdAt + logsUnavailableSeconds * 1000) throw problem()
  const rows = limit ?? 100
  if (rows < 0 || rows > 5000) throw badInput('limit must be between 0 and 5000')
  const most = rows + (world.behaviour.logLines === 'one-more' ? 1 : 0)
  const found = lines
    .filter(({ at, message }) => at <= world.now() && (!filter || message.includes(filter)))
    .map(({ at, message, severity }, index) => ({
      timestamp: nanoseconds(at, index),
      message,
      severity,
      attributes: [{ key: 'level', value: severity }],
    }))
    .filter(({ timestamp }) => !startDate || timestamp >= startDate)
    .filter(({ timestamp }) => !endDate || timestamp <= endDate)
  return most === 0 ? [] : found.slice(-most)
}

function nanoseconds(time: number, index: number): string {
  return new Date(time).toISOString().replace('Z', `${String(index % 1000).padStart(3, '0')}000Z`)
}
