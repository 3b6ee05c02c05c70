import type { Clock } from '../clock.ts'
import type { ExecuteEvent } from '../execute/events.ts'
import type { Redactor } from '../redactor.ts'
import { eventLines, nameOf, waitLine } from '../report/log-lines.ts'
import { oneLine } from '../text.ts'

/** A wait that the API requires, until a time in milliseconds since the epoch. */
export interface Wait {
  readonly until: number
  readonly because: string
}

/** The job log. */
export interface Log {
  line(text: string): void
  startGroup(title: string): void
  endGroup(): void
}

/** The maximum number of characters that are shown of a line of a deployment's log. */
const maxLogLine = 1_000

/**
 * The time without a line after which the log says that the run is still in progress, in milliseconds. It is a little
 * longer than a minute, so that the heartbeat of the deployments, which says more, comes first.
 */
const maxSilence = 60_100

/** A writer of the job log, with one group for each phase of the run. */
export class LogWriter {
  readonly #log: Log
  readonly #redactor: Redactor
  readonly #clock: Clock
  #open = false
  #phase = 'Start'
  /** The time of the last line, in milliseconds since the epoch. */
  #writtenAt: number
  #wait: Wait | null = null

  constructor(log: Log, redactor: Redactor, clock: Clock) {
    this.#log = log
    this.#redactor = redactor
    this.#clock = clock
    this.#writtenAt = clock.now()
  }

  /** Ends the group of the previous phase and starts the next one. */
  phase(title: string): void {
    this.close()
    this.#log.startGroup(title)
    this.#open = true
    this.#phase = title
    this.#writtenAt = this.#clock.now()
  }

  /** Ends the group of the current phase, if there is one. */
  close(): void {
    if (this.#open) this.#log.endGroup()
    this.#open = false
  }

  /** Writes lines to the current group. */
  lines(texts: readonly string[]): void {
    if (texts.length > 0) this.#writtenAt = this.#clock.now()
    for (const text of texts) this.#log.line(text)
  }

  /**
   * Writes a line whenever there was none for a minute, until `done` aborts. Such a time passes, for example, while
   * requests are retried because Railway does not respond.
   */
  async breakSilence(done: AbortSignal): Promise<void> {
    while (!done.aborted) {
      const left = this.#writtenAt + maxSilence - this.#clock.now()
      if (left > 0) await this.#clock.sleep(left, done)
      else this.lines([`${this.#phase}: still in progress`])
    }
  }

  /** Writes that the API requires a wait. */
  readonly wait = (wait: Wait): void => {
    this.#wait = wait
    this.lines([waitLine(wait)])
  }

  /** Writes the line of the last wait again if that wait is not over. `now`: milliseconds since the epoch. */
  stillWaiting(now: number): void {
    if (this.#wait && now < this.#wait.until) this.lines([waitLine(this.#wait)])
  }

  /** Writes the events of an execution. */
  readonly onEvent = (event: ExecuteEvent): void => {
    const shown = this.#redactor.redactData(event)
    this.lines(eventLines(shown))
    if (shown.kind !== 'explained' || shown.report.lines.length === 0) return
    this.lines([`${nameOf(shown.target)}: the last lines of its log`])
    this.lines(shown.report.lines.map((line) => `  | ${this.#logLine(line)}`))
  }

  /**
   * Returns a safe line of a deployment's log. It is redacted before it is cut, because a cut secret would not be
   * found. It is redacted again after terminal codes are removed, because such codes can divide a secret.
   */
  #logLine(line: string): string {
    return this.#redactor.redact(oneLine(this.#redactor.redact(line), maxLogLine))
  }
}
