import type { ExecuteEvent } from '../execute/events.ts'
import { targetName } from '../inventory/inventory.ts'
import { labelOf } from '../named.ts'
import type { Redactor } from '../redactor.ts'
import { oneLine } from '../text.ts'

/** Characters of all logs together. */
const maxTotal = 32_000_000

/** Keeps the logs of failed deployments for a file. */
export class FailureLogs {
  readonly #redactor: Redactor
  readonly #parts: string[] = []
  #left = maxTotal
  #leftOut = 0

  constructor(redactor: Redactor) {
    this.#redactor = redactor
  }

  /** Adds the log of a failed deployment. A log that is too long beside the others is left out. */
  add({ target, deploymentId, log }: Extract<ExecuteEvent, { kind: 'log-read' }>): void {
    const place = oneLine(`${targetName(target)} in ${labelOf(target.environment)}`)
    const text = [
      `===== ${place}, deployment ${oneLine(deploymentId)} =====`,
      ...section('build', log.build),
      ...section('container', log.container),
    ].join('\n')
    this.#left -= text.length
    if (this.#left >= 0) this.#parts.push(text)
    else this.#leftOut += 1
  }

  /**
   * Returns the content of the file; empty if nothing failed. Secrets are replaced once more, because the values of
   * other services may have become known since a log was added.
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

const section = (name: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [`--- no ${name} log`] : [`--- ${name} log`, ...lines]
