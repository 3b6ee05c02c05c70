import { runScenario, writeGolden } from '../__tests__/golden/golden.ts'
import { transcribeRecipe, writeRecipeGolden } from '../__tests__/golden/recipe-transcript.ts'
import { scenarios } from '../__tests__/golden/scenarios.ts'
import { recipes } from '../__tests__/recipes/find.ts'

/**
 * `npm run golden [name …]`: writes the golden transcripts with these names, by default all. The name `recipes` is for
 * the transcripts of all recipes, which the source produces. The others are produced by `dist`, which has to be built
 * first.
 */
const names = process.argv.slice(2)
const allNames = ['recipes', ...scenarios.map(({ name }) => name)]
const unknown = names.filter((name) => !allNames.includes(name))
if (unknown.length > 0) {
  console.error(`There is no golden transcript named ${unknown.join(', ')}.`)
  process.exit(1)
}
const isChosen = (name: string) => names.length === 0 || names.includes(name)
const chosen = scenarios.filter(({ name }) => isChosen(name))
await Promise.all(
  chosen.map(async (scenario) => writeGolden(scenario.name, await runScenario(scenario))),
)
const chosenRecipes = isChosen('recipes') ? recipes : []
for (const { anchor } of chosenRecipes) {
  const { text } = await transcribeRecipe(anchor)
  writeRecipeGolden(anchor, text)
}
console.log(`${chosen.length + chosenRecipes.length} transcripts written.`)
