import { ModuleMocker } from 'jest-mock'

/** An event of jest-circus. */
interface TestEvent {
  readonly name: string
  readonly error?: unknown
}

/**
 * A Jest environment that uses Node's own global object, so that all test files of a worker share the modules that they
 * load. The reason is in `test-runner.ts`.
 */
export default class SharedEnvironment {
  readonly global = globalThis
  readonly moduleMocker = new ModuleMocker(globalThis)
  readonly #console = globalThis.console
  readonly #exit = process.exit

  /**
   * Removes Jest's source map support, which Node's TypeScript does not need, and reduces the number of stack frames. Both
   * make the creation of an error slow, and the tests create many thousand errors.
   */
  async setup(): Promise<void> {
    Reflect.deleteProperty(Error, 'prepareStackTrace')
    Error.stackTraceLimit = 25
  }

  /** Restores the console and `process.exit`, which Jest replaces for a test file. */
  async teardown(): Promise<void> {
    globalThis.console = this.#console
    process.exit = this.#exit
  }

  /** Removes `?suite=` from the paths of a stack, so that Jest finds the source lines, and removes the frames of this directory. */
  handleTestEvent({ error }: TestEvent): void {
    if (!(error instanceof Error) || !error.stack) return
    error.stack = error.stack
      .replace(/\?suite=\d+/g, '')
      .replace(/\n +at .*\/scripts\/jest\/.*/g, '')
  }

  exportConditions(): string[] {
    return ['node']
  }

  /** Returns `null`, because there is no separate context. Jest requires the method. */
  getVmContext(): null {
    return null
  }
}
