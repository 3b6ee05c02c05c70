import { runAction } from './action.ts'
import { systemClock } from './clock.ts'
import { LocalDirectories } from './directory/directories.ts'

await runAction(process, {
  clock: systemClock,
  fetch: globalThis.fetch,
  directories: new LocalDirectories(process.env),
  random: Math.random,
})
