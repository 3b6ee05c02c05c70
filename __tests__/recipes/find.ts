import { readFileSync } from 'node:fs'
import { parseRecipes, type Recipe } from '../../scripts/docs/recipes.ts'

const page = new URL('../../docs/recipes.md', import.meta.url)

/** The recipes of the page. */
export const recipes: readonly Recipe[] = parseRecipes(readFileSync(page, 'utf8'))

/** Returns the workflow of a recipe. */
export function workflowOf(anchor: string): string {
  const found = recipes.find((recipe) => recipe.anchor === anchor)
  if (!found) throw new Error(`There is no recipe "${anchor}".`)
  return found.workflow
}
