import { tmpdir } from 'node:os'
import { describe, expect, it } from '@jest/globals'
import SharedEnvironment from '../../scripts/jest/environment.ts'
import { SharedState } from '../../scripts/jest/shared-state.ts'

const variable = 'SHARED_STATE_TEST'

/** A state that a test file may leave behind: its name, the change, and a function that reads it. */
const changes: readonly [name: string, change: () => void, read: () => unknown][] = [
  [
    `process.env.${variable}`,
    () => {
      process.env[variable] = 'left'
    },
    () => process.env[variable],
  ],
  [
    'process.env.PATH',
    () => {
      delete process.env.PATH
    },
    () => process.env.PATH,
  ],
  [
    'process.exitCode',
    () => {
      process.exitCode = 7
    },
    () => process.exitCode,
  ],
  ['process.cwd()', () => process.chdir(tmpdir()), () => process.cwd()],
  [
    'Math.random',
    () => {
      Math.random = () => 1
    },
    () => Math.random,
  ],
  [
    'Date.now',
    () => {
      Date.now = () => 1
    },
    () => Date.now,
  ],
  [
    'process.stdout.write',
    () => {
      process.stdout.write = () => true
    },
    () => process.stdout.write,
  ],
  [
    'globalThis.fetch',
    () => {
      globalThis.fetch = async () => new Response()
    },
    () => globalThis.fetch,
  ],
  [
    'globalThis.sharedStateTest',
    () => Object.assign(globalThis, { sharedStateTest: () => 'left' }),
    () => Reflect.get(globalThis, 'sharedStateTest'),
  ],
]

describe('the state that test files share', () => {
  it.each(changes)('has %s restored and named', (name, change, read) => {
    const before = read()
    const state = new SharedState()
    change()
    const changed = read()
    const names = state.restore()
    expect(changed).not.toBe(before)
    expect(names).toEqual([name])
    expect(read()).toBe(before)
  })

  it('is reported as unchanged after a test that restores its changes', () => {
    const state = new SharedState()
    process.env[variable] = 'left'
    delete process.env[variable]
    expect(state.restore()).toEqual([])
  })

  it('is restored in all its parts', () => {
    const state = new SharedState()
    for (const [, change] of changes) change()
    const names = state.restore()
    expect(names).toEqual(changes.map(([name]) => name).toSorted())
    expect(state.restore()).toEqual([])
  })
})

describe('the stack of an error in a test', () => {
  it.each([
    ['file:/x/__tests__/stage.ts?suite=3:80:11', 'file:/x/__tests__/stage.ts:80:11'],
    ['file:/x/__tests__/a.ts?suite=12:1:2', 'file:/x/__tests__/a.ts:1:2'],
  ])('shows %s without the number of the test file', (frame, expected) => {
    const error = new Error('it failed')
    error.stack = `Error: it failed\n    at one (${frame})\n    at async run (/x/scripts/jest/test-runner.ts:9:1)\n    at two (/y)`
    new SharedEnvironment().handleTestEvent({ name: 'test_fn_failure', error })
    expect(error.stack).toBe(`Error: it failed\n    at one (${expected})\n    at two (/y)`)
  })
})
