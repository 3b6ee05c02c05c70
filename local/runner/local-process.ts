import type { SignalledProcess } from '../../src/action.ts'

/** The end of a process: by its exit code or by a signal. */
export interface Exit {
  exitCode: number | null
  signal: NodeJS.Signals | null
}

/** A replacement for Node's `process`. It lets several runs of the action share one real process. */
export class LocalProcess implements SignalledProcess {
  readonly env: Record<string, string>
  exitCode: number | undefined
  /** Resolves when the action has exited or was killed. */
  readonly ended: Promise<Exit>
  #end: (exit: Exit) => void = () => {}
  #hasEnded = false
  readonly #onLine: (line: string) => void
  readonly #listeners = new Map<string, (() => void)[]>()
  #printed = ''
  #unfinished = ''

  constructor(env: Record<string, string>, onLine: (line: string) => void = () => {}) {
    this.env = env
    this.#onLine = onLine
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /** The text written to stdout until now. */
  get printed(): string {
    return this.#printed
  }

  readonly stdout = {
    write: (text: string): void => {
      if (this.#hasEnded) return
      this.#printed += text
      const complete = (this.#unfinished + text).split('\n')
      this.#unfinished = complete.pop() ?? ''
      for (const line of complete) this.#onLine(line.replace(/\r$/, ''))
    },
  }

  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): void {
    this.#listeners.set(signal, [...(this.#listeners.get(signal) ?? []), listener])
  }

  exit(code: number | undefined = this.exitCode ?? 0): void {
    this.#finish({ exitCode: code, signal: null })
  }

  /** Sends a signal. The process ends if it has no listener for the signal. */
  signal(signal: NodeJS.Signals): void {
    const listeners = signal === 'SIGKILL' ? [] : (this.#listeners.get(signal) ?? [])
    if (listeners.length === 0) this.#finish({ exitCode: null, signal })
    for (const listener of listeners) listener()
  }

  #finish(exit: Exit): void {
    this.#hasEnded = true
    this.#end(exit)
  }
}
