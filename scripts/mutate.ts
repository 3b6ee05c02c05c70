import { resolve } from 'node:path'
import type { MutantResult } from '@stryker-mutator/api/core'
import { Stryker } from '@stryker-mutator/core'
import { isPureRoom, type PureRoom, pureRooms } from './pure-rooms.ts'

/**
 * `npm run mutate [-- room | file …]`: changes the code of the pure rooms in one place at a time, and counts the changes
 * with which a table test fails. It fails if a room is below the floor. It takes minutes and is not a part of `npm test`.
 * `build/mutation/<room>.html` lists the changes with which every test passes.
 *
 * The reasons for two settings of `mutation/stryker.json`: `ignoreStatic` excludes the constants of a module, which are
 * evaluated before any test runs. `tsconfigFile` is missing, because Stryker would rewrite the file with an API of
 * TypeScript that version 7 does not have.
 */
const floor = 85
const root = resolve(import.meta.dirname, '..')
process.chdir(root)

async function mutate(room: PureRoom, files: readonly string[]): Promise<MutantResult[]> {
  const stryker = new Stryker({
    configFile: 'scripts/mutation/stryker.json',
    plugins: [resolve(root, 'scripts/mutation/test-runner.ts')],
    testFiles: [`__tests__/${room}/**/*.test.ts`],
    mutate: files.length > 0 ? [...files] : [`src/${room}/**/*.ts`],
    concurrency: Number(process.env.MUTATE_CONCURRENCY ?? 1),
    htmlReporter: { fileName: `build/mutation/${room}.html` },
    jsonReporter: { fileName: `build/mutation/${room}.json` },
    incrementalFile: `build/mutation/${room}.incremental.json`,
  })
  return stryker.runMutationTest()
}

function report(room: PureRoom, results: readonly MutantResult[]): void {
  const count = (...statuses: MutantResult['status'][]) =>
    results.filter(({ status }) => statuses.includes(status)).length
  const detected = count('Killed', 'Timeout')
  const all = detected + count('Survived', 'NoCoverage')
  const score = all === 0 ? 100 : (detected / all) * 100
  const isBelow = score < floor
  if (isBelow) process.exitCode = 1
  const figures = `${score.toFixed(1).padStart(5)} % of ${all} changes detected`
  console.log(`${room.padEnd(10)} ${figures}${isBelow ? `   below ${floor} %` : ''}`)
}

const wanted = process.argv.slice(2)
const filesIn = (room: PureRoom) => wanted.filter((name) => name.startsWith(`src/${room}/`))
const unknown = wanted.filter(
  (name) => !isPureRoom(name) && pureRooms.every((room) => !filesIn(room).includes(name)),
)
if (unknown.length > 0) {
  console.error(`Expected names of pure rooms or of files in them, not ${unknown.join(', ')}.`)
  process.exit(1)
}
for (const room of pureRooms) {
  const files = filesIn(room)
  const isWanted = wanted.length === 0 || wanted.includes(room) || files.length > 0
  if (isWanted) report(room, await mutate(room, wanted.includes(room) ? [] : files))
}
