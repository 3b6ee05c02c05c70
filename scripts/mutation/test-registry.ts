import { expect } from 'expect'
import { bind } from 'jest-each'

/** A test of a file. `name` includes the titles of its `describe` blocks. */
export interface DeclaredTest {
  readonly name: string
  run(): unknown
}

const titles: string[] = []
let declared: DeclaredTest[] = []

/** Returns the tests that were declared since the last call. */
export function takeDeclared(): DeclaredTest[] {
  const taken = declared
  declared = []
  return taken
}

function describeBlock(title: string, block: () => unknown): void {
  titles.push(title)
  block()
  titles.pop()
}

function declareTest(title: string, run: () => unknown): void {
  declared.push({ name: [...titles, title].join(' '), run })
}

/** The part of Jest's `describe` that table tests use. */
export const describe = Object.assign(describeBlock, {
  each: bind((title: string, block: () => unknown) => describeBlock(title, block), false),
})

/** The part of Jest's `it` that table tests use. */
export const it = Object.assign(declareTest, {
  each: bind((title: string, run: () => unknown) => declareTest(title, run), false),
})

// Only Jest can compare snapshots. Here the matcher always passes, and therefore detects no change.
expect.extend({ toMatchSnapshot: () => ({ pass: true, message: () => '' }) })

export { expect }
