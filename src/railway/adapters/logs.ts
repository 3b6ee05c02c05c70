import type { DeploymentLog } from '../../execute/ports.ts'
import { withoutControls } from '../../text.ts'
import { allLogs, buildLogs, deploymentLogs } from '../operations/deployments.ts'
import type { Operation } from '../operations/operation.ts'
import type { LogLine } from './first-error-line.ts'

/** The maximum number of lines that Railway returns of one log, by its schema. */
const maxLines = 5_000

/** The number of last lines that the job log shows. Only these are requested if the request for the whole log fails. */
const tailLines = 50

/** The maximum length of a log line, in characters. The rest of a line is cut after its secrets are redacted. */
const maxMessage = 100_000

/** The maximum length of a log, in characters. Earlier lines are left out. */
const maxLog = 4_000_000

/** A line of a log. `timestamp`: RFC 3339 with nanoseconds. */
interface LogRow extends LogLine {
  readonly timestamp: string
}

/** The logs of a deployment, oldest line first. */
export interface LogRows {
  readonly build: readonly LogRow[]
  readonly container: readonly LogRow[]
}

/** Sends a query; `null` if it fails. */
type QueryOrNull = <Variables extends object, Data>(
  operation: Operation<Variables, Data>,
  variables: NoInfer<Variables>,
) => Promise<Data | null>

/**
 * Reads the last 5,000 lines of the build's log and of the container's log. If that request fails, it reads the last 50
 * lines of the container's log, or of the build's log if the container has none. `failedInBuild`: no container was
 * started, so only the build's log is read.
 */
export async function readLogs(
  id: string,
  failedInBuild: boolean,
  query: QueryOrNull,
): Promise<LogRows> {
  const all = { id, limit: maxLines }
  const tail = { id, limit: tailLines }
  if (failedInBuild) {
    const build = (await query(buildLogs, all)) ?? (await query(buildLogs, tail))
    return { build: toRows(build?.buildLogs), container: [] }
  }
  const both = await query(allLogs, all)
  if (both) return { build: toRows(both.buildLogs), container: toRows(both.deploymentLogs) }
  const container = await query(deploymentLogs, tail)
  if (container?.deploymentLogs.length) {
    return { build: [], container: toRows(container.deploymentLogs) }
  }
  return { build: toRows((await query(buildLogs, tail))?.buildLogs), container: [] }
}

/** Returns the last lines of the container's log, or of the build's log if there is no container's log. */
export const lastLines = ({ build, container }: LogRows): readonly LogRow[] =>
  (container.length > 0 ? container : build).slice(-tailLines)

/** Returns the logs as lines `<timestamp> <message>`. Secrets are redacted and terminal control codes are removed. */
export const toLog = ({ build, container }: LogRows, redact: (text: string) => string) => {
  // A secret may contain a control code, and a control code may interrupt a secret. Both are redacted.
  const text = ({ timestamp, message }: LogRow) =>
    `${timestamp} ${redact(withoutControls(redact(message))).slice(0, maxMessage)}`
  const log: DeploymentLog = {
    build: endOf(build.map(text)),
    container: endOf(container.map(text)),
  }
  return log
}

/** Returns the last lines of a log up to the maximum length. If earlier lines are missing, the first line says so. */
function endOf(lines: readonly string[]): readonly string[] {
  let left = maxLog
  const first = lines.findLastIndex((line) => {
    left -= line.length + 1
    return left < 0
  })
  if (first >= 0) return [`(${first + 1} earlier lines are left out.)`, ...lines.slice(first + 1)]
  return lines.length < maxLines
    ? lines
    : [`(Railway returns at most the last ${maxLines} lines of a log.)`, ...lines]
}

interface LogResponse {
  readonly timestamp: string
  readonly message: string
  readonly severity?: string | null | undefined
}

function toRows(responses: readonly LogResponse[] = []): LogRow[] {
  return responses
    .toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0))
    .slice(-maxLines)
    .map(({ timestamp, message, severity = null }) => ({
      timestamp,
      severity,
      message,
    }))
}
