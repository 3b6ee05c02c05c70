import { createRequire } from 'node:module'
import { relative, resolve } from 'node:path'
import { z } from 'zod'

type Sequencer = typeof import('@jest/test-sequencer')['default']
type Tests = Parameters<InstanceType<Sequencer>['sort']>[0]

const { default: TestSequencer } = z
  .object({ default: z.custom<Sequencer>((value) => typeof value === 'function') })
  .parse(createRequire(import.meta.url)('@jest/test-sequencer'))

const tests = resolve(import.meta.dirname, '..', '..', '__tests__')

/** The folders of test files that run the action. They take long, however few lines they have. */
const slow = /^(dist|recipes|scenarios|scripts)[/\\]/

const isSlow = ({ path }: { readonly path: string }) => slow.test(relative(tests, path))

/**
 * Lets slow test files begin first. Jest knows how long a file took the last time, but on a fresh checkout only its
 * size; the last file to begin would then keep one worker busy when the others have nothing left to do.
 */
export default class SlowFirstSequencer extends TestSequencer {
  override async sort(files: Tests): Promise<Tests> {
    const sorted = await super.sort(files)
    return [...sorted.filter(isSlow), ...sorted.filter((file) => !isSlow(file))]
  }
}
