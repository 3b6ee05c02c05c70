type Globals = Pick<
  typeof import('@jest/globals'),
  'afterAll' | 'afterEach' | 'beforeAll' | 'beforeEach' | 'describe' | 'expect' | 'it' | 'test'
>

/** The functions of `jest` for spies. Functions that replace modules are missing, because test files share the modules. */
export type Spies = Pick<
  typeof import('@jest/globals')['jest'],
  'fn' | 'isMockFunction' | 'replaceProperty' | 'spyOn'
> & { clearAllMocks(): void; restoreAllMocks(): void }

export interface Provided extends Globals {
  readonly jest: Spies
}

let current: Provided | undefined

/** Sets the exports of `@jest/globals` for the next test file that is loaded. */
export function provide(globals: Provided): void {
  current = globals
}

/** Returns the exports of `@jest/globals` for the test file that is being loaded. Throws outside of a test file. */
export function provided(): Provided {
  if (!current) throw new Error('Import `@jest/globals` from a test file that Jest runs.')
  return current
}
