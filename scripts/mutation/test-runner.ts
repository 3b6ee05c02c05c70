import { registerHooks } from 'node:module'
import { relative, resolve } from 'node:path'
import { performance } from 'node:perf_hooks'
import { pathToFileURL } from 'node:url'
import { INSTRUMENTER_CONSTANTS, type InstrumenterContext } from '@stryker-mutator/api/core'
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin'
import {
  type DryRunOptions,
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from '@stryker-mutator/api/test-runner'
import { type DeclaredTest, takeDeclared } from './test-registry.ts'

const registry = new URL('test-registry.ts', import.meta.url).href

/** The global variable by which the mutated code reads the active change and reports its coverage. */
const context: { [Key in keyof InstrumenterContext]: InstrumenterContext[Key] | undefined } = {}
Object.assign(globalThis, { [INSTRUMENTER_CONSTANTS.NAMESPACE]: context })

/**
 * Runs table tests for all changes in one process. Jest would need a second or more to start again for each change, and
 * a table test takes a millisecond. Node runs the TypeScript, which requires Node 24.
 */
class TableTestRunner implements TestRunner {
  readonly #tests = new Map<string, DeclaredTest>()
  readonly #loaded = new Set<string>()

  /**
   * Declares that the runner reloads modules for each change. It does not, because a change is active only during tests
   * (`ignoreStatic`), and the test files are loaded before. Without this declaration, Stryker would start a new process
   * for each change in code that also runs while modules are loaded.
   */
  capabilities() {
    return { reloadEnvironment: true }
  }

  async init(): Promise<void> {
    registerHooks({
      resolve: (specifier, hook, next) =>
        specifier === '@jest/globals'
          ? { url: registry, shortCircuit: true }
          : next(specifier, hook),
    })
  }

  async dryRun({ testFiles = [] }: DryRunOptions): Promise<DryRunResult> {
    for (const file of testFiles) await this.#load(relative(process.cwd(), file))
    return this.#run([...this.#tests.keys()], true)
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, testFilter = [], hitLimit, disableBail } = options
    for (const id of testFilter) await this.#load(fileOf(id))
    context.hitCount = hitLimit === undefined ? undefined : 0
    context.hitLimit = hitLimit
    context.activeMutant = activeMutant.id
    const result = await this.#run(testFilter, disableBail)
    context.activeMutant = undefined
    return toMutantRunResult(result, disableBail)
  }

  /** Loads a test file, unless it is loaded. No change is active at that time, so the file's constants are correct. */
  async #load(file: string): Promise<void> {
    if (this.#loaded.has(file)) return
    this.#loaded.add(file)
    await import(pathToFileURL(resolve(file)).href)
    takeDeclared().forEach((test, index) => {
      this.#tests.set(`${file}#${index}`, test)
    })
  }

  async #run(ids: readonly string[], all: boolean): Promise<DryRunResult> {
    const tests: TestResult[] = []
    for (const id of ids) {
      const test = this.#tests.get(id)
      if (!test) return { status: DryRunStatus.Error, errorMessage: `There is no test ${id}.` }
      const result = await runTest(id, test)
      tests.push(result)
      if (result.status === TestStatus.Failed && !all) break
    }
    const { mutantCoverage, hitCount, hitLimit } = context
    const endless = determineHitLimitReached(hitCount, hitLimit)
    if (endless) return endless
    return {
      status: DryRunStatus.Complete,
      tests,
      ...(mutantCoverage && { mutantCoverage }),
    }
  }
}

async function runTest(id: string, test: DeclaredTest): Promise<TestResult> {
  const started = performance.now()
  const base = () => ({
    id,
    name: test.name,
    fileName: resolve(fileOf(id)),
    timeSpentMs: performance.now() - started,
  })
  context.currentTestId = id
  try {
    await test.run()
    return { ...base(), status: TestStatus.Success }
  } catch (error) {
    const failureMessage = error instanceof Error ? error.message : String(error)
    return { ...base(), status: TestStatus.Failed, failureMessage }
  } finally {
    context.currentTestId = undefined
  }
}

const fileOf = (id: string) => id.slice(0, id.lastIndexOf('#'))

/** The plugin by which Stryker finds the runner. */
export const strykerPlugins = [
  declareClassPlugin(PluginKind.TestRunner, 'table-tests', TableTestRunner),
]
