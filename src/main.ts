import * as toolkit from '@actions/core'
import { runAction } from './action.ts'
import { systemClock } from './clock.ts'
import { LocalDirectories } from './directory/local-directories.ts'

await runAction(process, {
  toolkit,
  clock: systemClock,
  fetch: globalThis.fetch,
  directories: (stop) => new LocalDirectories(process.env, stop),
  random: Math.random,
})
