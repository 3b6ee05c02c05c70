import type { Warning } from '../errors/warning.ts'
import type { ExecuteEvent } from '../execute/events.ts'
import { targetName } from '../inventory/inventory.ts'
import { labelOf } from '../named.ts'
import type { Redactor } from '../redactor.ts'
import type { LogExcerpt } from '../run-state.ts'
import { oneLine } from '../text.ts'
import { notWritten } from './publish.ts'

/** The maximum number of characters of all logs together. */
const maxTotal = 16_000_000

/** The maximum number of deployments with an excerpt. The job log and the file contain the others. */
const maxExcerpts = 10

/** The maximum number of characters of a line in an excerpt. */
const maxExcerptLine = 500

/**
 * The maximum number of characters of an excerpt. Ten excerpts then fit into the 1 MiB that GitHub accepts of a summary,
 * beside its other parts, also if every character is escaped.
 */
const maxExcerpt = 10_000

/** A collector of the logs of failed deployments: the whole logs for one file, and their last lines as excerpts. */
export class FailureLogs {
  readonly #redactor: Redactor
  readonly #parts: string[] = []
  readonly #excerpts: LogExcerpt[] = []
  #left = maxTotal
  #leftOut = 0

  constructor(redactor: Redactor) {
    this.#redactor = redactor
  }

  /** Adds the log of a failed deployment. A log that exceeds {@link maxTotal} together with the others is left out. */
  add({ target, deploymentId, log }: Extract<ExecuteEvent, { kind: 'log-read' }>): void {
    const place = oneLine(`${targetName(target)} in ${labelOf(target.environment)}`)
    const text = [
      `===== ${place}, deployment ${oneLine(deploymentId)} =====`,
      ...section('build', log.build),
      ...section('container', log.container),
    ].join('\n')
    if (text.length > this.#left) {
      this.#leftOut += 1
      return
    }
    this.#left -= text.length
    this.#parts.push(text)
  }

  /** Adds the last lines of the log of a failed deployment. Only the first {@link maxExcerpts} are kept. */
  addExcerpt({ deploymentId, report }: Extract<ExecuteEvent, { kind: 'explained' }>): void {
    if (report.lines.length === 0 || this.#excerpts.length >= maxExcerpts) return
    this.#excerpts.push({ deploymentId, lines: report.lines })
  }

  /**
   * Returns the excerpts. Of a long excerpt, only the last lines are kept, up to {@link maxExcerpt}. Each line is redacted
   * before it is cut, because a cut secret would not be found. It is redacted again after terminal codes are removed,
   * because such codes can divide a secret.
   */
  excerpts(): LogExcerpt[] {
    const { redact } = this.#redactor
    return this.#excerpts.map(({ deploymentId, lines }) => ({
      deploymentId,
      lines: endOf(lines.map((line) => redact(oneLine(redact(line), maxExcerptLine)))),
    }))
  }

  /** Writes the file if there are logs, and returns its path. If it cannot be written, a warning is returned. */
  write(write: (content: string) => string): { path: string | null; warnings: Warning[] } {
    try {
      const content = this.render()
      return { path: content === '' ? null : write(content), warnings: [] }
    } catch (error) {
      return { path: null, warnings: [notWritten('log file', error)] }
    }
  }

  /**
   * Returns the content of the file; empty without logs. Secrets are replaced again, because more secrets may be known
   * than at the time when a log was added.
   */
  render(): string {
    const rest =
      this.#leftOut > 0
        ? [`===== ${this.#leftOut} more logs are left out, for their size =====`]
        : []
    const parts = [...this.#parts.map(this.#redactor.redact), ...rest]
    return parts.length === 0 ? '' : `${parts.join('\n\n')}\n`
  }
}

/** Returns the last lines that have at most {@link maxExcerpt} characters together. */
function endOf(lines: readonly string[]): readonly string[] {
  let left = maxExcerpt
  const cut = lines.findLastIndex((line) => {
    left -= line.length
    return left < 0
  })
  return lines.slice(cut + 1)
}

const section = (name: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [`--- no ${name} log`] : [`--- ${name} log`, ...lines]
