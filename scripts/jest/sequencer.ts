import { createRequire } from 'node:module'
import { relative, resolve } from 'node:path'
import { z } from 'zod'

type Sequencer = typeof import('@jest/test-sequencer')['default']
type Tests = Parameters<InstanceType<Sequencer>['sort']>[0]

const { default: TestSequencer } = z
  .object({ default: z.custom<Sequencer>((value) => typeof value === 'function') })
  .parse(createRequire(import.meta.url)('@jest/test-sequencer'))

const tests = resolve(import.meta.dirname, '..', '..', '__tests__')

/** Matches the directories with slow test files, in which tests run the action or start processes. */
const slow = /^(directory|dist|docs|local|recipes|scenarios|scripts)[/\\]/

const isSlow = ({ path }: { readonly path: string }) => slow.test(relative(tests, path))

/**
 * A sequencer that starts slow test files first. In a new checkout, Jest has no durations of earlier runs and sorts the
 * files by size. A slow file that starts last would keep one worker busy while the others are idle.
 */
export default class SlowFirstSequencer extends TestSequencer {
  override async sort(files: Tests): Promise<Tests> {
    const sorted = await super.sort(files)
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))]
  }
}
