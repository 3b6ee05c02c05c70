import { runScenario, writeGolden } from '../__tests__/golden/golden.ts'
import { transcribeRecipe, writeRecipeGolden } from '../__tests__/golden/recipe-transcript.ts'
import { scenarios } from '../__tests__/golden/scenarios.ts'
import { recipes } from '../__tests__/recipes/find.ts'

/**
 * `npm run golden [name …]`: writes the golden transcripts anew, all of them or those that are named. Those of
 * scenarios are produced by `dist`, so build it first. `recipes` names those of the recipes, which are produced
 * by the source. Look at the diff as a user would.
 */
const names = process.argv.slice(2)
const known = ['recipes', ...scenarios.map(({ name }) => name)]
const unknown = names.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`There is no golden transcript named ${unknown.join(', ')}.`)
  process.exit(1)
}
const isChosen = (name: string) => names.length === 0 || names.includes(name)
const chosen = scenarios.filter(({ name }) => isChosen(name))
await Promise.all(
  chosen.map(async (scenario) => writeGolden(scenario.name, await runScenario(scenario))),
)
const pasted = isChosen('recipes') ? recipes : []
for (const { anchor } of pasted) {
  const { text } = await transcribeRecipe(anchor)
  writeRecipeGolden(anchor, text)
}
console.log(`${chosen.length + pasted.length} transcripts written.`)
