import type { ExecuteEvent } from '../execute/events.ts'
import { eventLines, nameOf, waitLine } from '../report/log-lines.ts'
import { oneLine } from '../text.ts'

/** Being told to wait, until a time in milliseconds since the epoch. */
export interface Wait {
  readonly until: number
  readonly because: string
}

/** Where log lines go. */
export interface Log {
  line(text: string): void
  startGroup(title: string): void
  endGroup(): void
}

/** Tells the log what happens, one group a phase. */
export class LogWriter {
  readonly #log: Log
  #open = false
  #wait: Wait | null = null

  constructor(log: Log) {
    this.#log = log
  }

  /** Ends the group of the phase before and starts the next. */
  phase(title: string): void {
    this.close()
    this.#log.startGroup(title)
    this.#open = true
  }

  close(): void {
    if (this.#open) this.#log.endGroup()
    this.#open = false
  }

  lines(texts: readonly string[]): void {
    for (const text of texts) this.#log.line(text)
  }

  /** The run was told to wait. */
  readonly wait = (wait: Wait): void => {
    this.#wait = wait
    this.lines([waitLine(wait)])
  }

  /** The sign of life of a wait that is still going on. */
  stillWaiting(now: number): void {
    if (this.#wait && now < this.#wait.until) this.lines([waitLine(this.#wait)])
  }

  /** What happens while the plan is carried out. */
  readonly onEvent = (event: ExecuteEvent): void => {
    this.lines(eventLines(event))
    if (event.kind !== 'explained' || event.report.lines.length === 0) return
    this.lines([`${nameOf(event.target)}: the last lines of its log`])
    this.lines(event.report.lines.map((line) => `  | ${oneLine(line, 1_000)}`))
  }
}
