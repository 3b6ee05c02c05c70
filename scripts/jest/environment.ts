import { ModuleMocker } from 'jest-mock'

/** An event of jest-circus. */
interface TestEvent {
  readonly name: string
  readonly error?: unknown
}

/**
 * Runs tests in the realm of Node itself, so that all test files of a worker share the modules they load.
 * `test-runner.ts` says why.
 */
export default class SharedEnvironment {
  readonly global = globalThis
  readonly moduleMocker = new ModuleMocker(globalThis)
  readonly #console = globalThis.console
  readonly #exit = process.exit

  /**
   * Takes back Jest's source maps, which Node's TypeScript does not need, and most of the hundred frames that Jest has
   * every stack hold: each of many thousand errors, most of them aborted signals, would pay for both.
   */
  async setup(): Promise<void> {
    Reflect.deleteProperty(Error, 'prepareStackTrace')
    Error.stackTraceLimit = 25
  }

  /** Takes back what Jest itself replaces for a test file. */
  async teardown(): Promise<void> {
    globalThis.console = this.#console
    process.exit = this.#exit
  }

  /** Leaves in a stack what helps: without the number of the test file in its paths, Jest finds the lines to show. */
  handleTestEvent({ error }: TestEvent): void {
    if (!(error instanceof Error) || !error.stack) return
    error.stack = error.stack
      .replace(/\?suite=\d+/g, '')
      .replace(/\n +at .*\/scripts\/jest\/.*/g, '')
  }

  exportConditions(): string[] {
    return ['node']
  }

  /** Jest demands it. Nothing is evaluated in a context of its own here. */
  getVmContext(): null {
    return null
  }
}
