import { createRequire, registerHooks } from 'node:module'
import { relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type SharedEnvironment from './environment.ts'
import { type Provided, provide, type Spies } from './provided.ts'
import { SharedState } from './shared-state.ts'

/** The methods with which jest-circus loads a test file. */
interface Runtime {
  requireInternalModule(path: string): unknown
  requireModule(path: string): unknown
  setGlobalsForRuntime(globals: Omit<Provided, 'jest'>): void
  unstable_shouldLoadAsEsm(): boolean
  unstable_importModule(path: string): Promise<unknown>
  enterTestCode(): void
  leaveTestCode(): void
}

type Runner<Source> = (
  globalConfig: { readonly watch: boolean; readonly watchAll: boolean },
  config: unknown,
  environment: SharedEnvironment,
  runtime: Source,
  testPath: string,
  sendMessage?: unknown,
) => Promise<unknown>

const require = createRequire(import.meta.url)
const circus = z
  .object({ default: z.custom<Runner<Runtime>>((value) => typeof value === 'function') })
  .parse(require('jest-circus/runner'))

const root = resolve(import.meta.dirname, '..', '..')
const tests = pathToFileURL(resolve(root, '__tests__')).href
const globals = new URL('test-globals.ts', import.meta.url).href

const passed = z.looseObject({ numFailingTests: z.literal(0) })

/** Number of test files that this process has started. */
let suite = 0

/**
 * Adds the number of the test file to the URLs of modules under `__tests__/`, so that each test file evaluates its own
 * copy. These modules may register hooks and have state. All other modules are shared.
 */
registerHooks({
  resolve: (specifier, context, next) => {
    if (specifier === '@jest/globals') {
      return { url: `${globals}?suite=${suite}`, shortCircuit: true }
    }
    const resolved = next(specifier, context)
    const isHelper = resolved.url.startsWith(`${tests}/`) && context.parentURL !== import.meta.url
    return isHelper ? { ...resolved, url: `${resolved.url}?suite=${suite}` } : resolved
  },
})

/**
 * Runs a test file with jest-circus. In contrast to Jest's own runner, Node loads the modules, once for all test files of
 * a worker. Jest would compile and evaluate every module again for each test file, which takes longer than the tests.
 *
 * A test file fails if it does not restore the global state, such as environment variables and replaced functions. The
 * state is then restored for the next test file.
 */
const runTestFile: Runner<unknown> = async (
  globalConfig,
  config,
  environment,
  _,
  testPath,
  sendMessage,
) => {
  if (globalConfig.watch || globalConfig.watchAll) {
    throw new Error('Modules are loaded once, so Jest cannot watch them. Run Jest again instead.')
  }
  suite += 1
  resetCircus()
  const { moduleMocker } = environment
  const runtime: Runtime = {
    requireInternalModule: (path) => require(path),
    requireModule: (path) => require(path),
    setGlobalsForRuntime: (fromCircus) => {
      provide({ ...fromCircus, jest: spies(moduleMocker) })
    },
    unstable_shouldLoadAsEsm: () => true,
    unstable_importModule: (path) => import(pathToFileURL(path).href),
    enterTestCode: () => {},
    leaveTestCode: () => {},
  }
  const state = new SharedState()
  const result = await circus.default(
    globalConfig,
    config,
    environment,
    runtime,
    testPath,
    sendMessage,
  )
  moduleMocker.restoreAllMocks()
  const changed = state.restore()
  // A failed test may end before it restores the state. Its own failure is more useful than this error.
  if (changed.length > 0 && passed.safeParse(result).success) {
    throw new Error(
      `${relative(root, testPath)} changed ${changed.join(', ')}. The test files of a worker share it: restore it after the test.`,
    )
  }
  return result
}

export default runTestFile

function spies(mocker: SharedEnvironment['moduleMocker']): Spies {
  return {
    fn: mocker.fn.bind(mocker),
    spyOn: mocker.spyOn.bind(mocker),
    replaceProperty: mocker.replaceProperty.bind(mocker),
    isMockFunction: mocker.isMockFunction.bind(mocker),
    clearAllMocks: () => mocker.clearAllMocks(),
    restoreAllMocks: () => mocker.restoreAllMocks(),
  }
}

/** Unloads jest-circus, which keeps the tests and listeners of the previous test file in its modules. */
function resetCircus(): void {
  delete require.cache[
    require.resolve('jest-circus/runner').replace('runner.js', 'jestAdapterInit.js')
  ]
  Reflect.deleteProperty(globalThis, Symbol.for('EVENT_HANDLERS'))
}
