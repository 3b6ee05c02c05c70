import { runScenario, writeGolden } from '../__tests__/golden/golden.ts'
import { scenarios } from '../__tests__/golden/scenarios.ts'

/**
 * `npm run golden [name …]`: writes the golden transcripts anew, all of them or those that are named. They are
 * produced by `dist`, so build it first, and look at the diff as a user would.
 */
const names = process.argv.slice(2)
const unknown = names.filter((name) => !scenarios.some((scenario) => scenario.name === name))
if (unknown.length > 0) {
  console.error(`There is no golden transcript named ${unknown.join(', ')}.`)
  process.exit(1)
}
const chosen = scenarios.filter(({ name }) => names.length === 0 || names.includes(name))
await Promise.all(
  chosen.map(async (scenario) => writeGolden(scenario.name, await runScenario(scenario))),
)
console.log(`${chosen.length} transcripts written.`)
