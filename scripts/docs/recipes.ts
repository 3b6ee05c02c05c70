import { anchorOf, fencedBlocks } from './markdown.ts'

/** A recipe of `docs/recipes.md`. `workflow` is the first YAML block below the heading, which is a complete workflow. */
export interface Recipe {
  readonly title: string
  readonly anchor: string
  readonly workflow: string
}

/** Returns a recipe for each section below a heading of level two that has a YAML block. */
export function parseRecipes(markdown: string): Recipe[] {
  return markdown
    .split(/^## /m)
    .slice(1)
    .flatMap((section) => {
      const title = section.slice(0, section.indexOf('\n')).trim()
      const block = fencedBlocks(section).find(({ language }) => language === 'yaml')
      return block ? [{ title, anchor: anchorOf(title), workflow: block.text }] : []
    })
}

/** Renders a list with a link to each recipe. `page`: the path of the page with the recipes, if it is another page. */
export function recipeContents(recipes: readonly Recipe[], page = ''): string {
  return recipes.map(({ title, anchor }) => `- [${title}](${page}#${anchor})`).join('\n')
}

/** Returns the files of `examples/`: path → content. */
export function exampleFiles(recipes: readonly Recipe[]): Map<string, string> {
  return new Map(
    recipes.map(({ title, anchor, workflow }) => [
      `examples/${anchor}.yml`,
      `# ${title}. Generated from docs/recipes.md by \`npm run docs\`.\n${workflow}`,
    ]),
  )
}
