import type { DeploymentLog } from '../../execute/ports.ts'
import { withoutControls } from '../../text.ts'
import { allLogs, buildLogs, deploymentLogs } from '../operations/deployments.ts'
import type { Operation } from '../operations/operation.ts'
import type { LogLine } from './first-error-line.ts'

/** The maximum number of lines of a log in one answer, by Railway's schema. */
const maxLines = 5_000

/** The number of lines that are requested if the whole log cannot be read, and that the job log shows. */
const tailLines = 50

/** The number of characters of a message that are read. */
const maxMessage = 100_000

/** The number of characters of a log that are kept, from its end. */
const maxLog = 4_000_000

/** A line of a log, with its time as Railway writes it. */
interface LogRow extends LogLine {
  readonly timestamp: string
}

/** The logs of a deployment, oldest line first. */
export interface LogRows {
  readonly build: readonly LogRow[]
  readonly container: readonly LogRow[]
}

/** Sends an operation that decides nothing; `null` if it has no answer. */
type Ask = <Variables extends object, Data>(
  operation: Operation<Variables, Data>,
  variables: NoInfer<Variables>,
) => Promise<Data | null>

/** Reads both logs in one request, or the last lines of one of them if that fails. Without a container, only the build has a log. */
export async function readLogs(id: string, failedInBuild: boolean, ask: Ask): Promise<LogRows> {
  const all = { id, limit: maxLines }
  const tail = { id, limit: tailLines }
  if (failedInBuild) {
    const build = (await ask(buildLogs, all)) ?? (await ask(buildLogs, tail))
    return { build: toRows(build?.buildLogs), container: [] }
  }
  const both = await ask(allLogs, all)
  if (both) return { build: toRows(both.buildLogs), container: toRows(both.deploymentLogs) }
  const container = await ask(deploymentLogs, tail)
  if (container?.deploymentLogs.length) {
    return { build: [], container: toRows(container.deploymentLogs) }
  }
  return { build: toRows((await ask(buildLogs, tail))?.buildLogs), container: [] }
}

/** Returns the most useful lines: the last ones of the container's log if there is one, else of the build's. */
export const lastLines = ({ build, container }: LogRows): readonly LogRow[] =>
  (container.length > 0 ? container : build).slice(-tailLines)

/** Returns the logs as text with their times, without secrets and terminal codes. */
export const toLog = ({ build, container }: LogRows, redact: (text: string) => string) => {
  // A terminal code may stand in the middle of a secret.
  const text = ({ timestamp, message }: LogRow) =>
    `${timestamp} ${redact(withoutControls(redact(message)))}`
  const log: DeploymentLog = {
    build: endOf(build.map(text)),
    container: endOf(container.map(text)),
  }
  return log
}

/** Returns the last lines of a log within a total length, after a line that says what is missing. */
function endOf(lines: readonly string[]): readonly string[] {
  let left = maxLog
  const first = lines.findLastIndex((line) => {
    left -= line.length + 1
    return left < 0
  })
  if (first >= 0)
    return [`(${first + 1} lines before these are left out.)`, ...lines.slice(first + 1)]
  return lines.length < maxLines
    ? lines
    : [`(Railway gives the last ${maxLines} lines at most.)`, ...lines]
}

interface LogAnswer {
  readonly timestamp: string
  readonly message: string
  readonly severity?: string | null | undefined
}

function toRows(answers: readonly LogAnswer[] = []): LogRow[] {
  return answers
    .toSorted((a, b) => (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0))
    .slice(-maxLines)
    .map(({ timestamp, message, severity = null }) => ({
      timestamp,
      severity,
      message: message.slice(0, maxMessage),
    }))
}
