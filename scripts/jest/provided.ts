type Globals = Pick<
  typeof import('@jest/globals'),
  'afterAll' | 'afterEach' | 'beforeAll' | 'beforeEach' | 'describe' | 'expect' | 'it' | 'test'
>

/** Jest's spies, without what replaces modules: those are shared. */
export type Spies = Pick<
  typeof import('@jest/globals')['jest'],
  'fn' | 'isMockFunction' | 'replaceProperty' | 'spyOn'
> & { clearAllMocks(): void; restoreAllMocks(): void }

export interface Provided extends Globals {
  readonly jest: Spies
}

let current: Provided | undefined

/** Sets what the test file that is loaded next imports from `@jest/globals`. */
export function provide(globals: Provided): void {
  current = globals
}

/** Returns what the test file that is being loaded imports from `@jest/globals`. */
export function provided(): Provided {
  if (!current) throw new Error('Import `@jest/globals` from a test file that Jest runs.')
  return current
}
