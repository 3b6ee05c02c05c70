import { anchorOf, fencedBlocks } from './markdown.ts'

/** A recipe of `docs/recipes.md`: a heading, and the first block of YAML under it as a whole workflow. */
export interface Recipe {
  readonly title: string
  readonly anchor: string
  readonly workflow: string
}

/** Splits the page at its headings of level two; a section without a block of YAML is no recipe. */
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

/** Renders the list of contents with a link for each recipe. */
export function recipeContents(recipes: readonly Recipe[], page = ''): string {
  return recipes.map(({ title, anchor }) => `- [${title}](${page}#${anchor})`).join('\n')
}

/** Renders the files of `examples/` by name. */
export function exampleFiles(recipes: readonly Recipe[]): Map<string, string> {
  return new Map(
    recipes.map(({ title, anchor, workflow }) => [
      `examples/${anchor}.yml`,
      `# ${title}. Generated from docs/recipes.md by \`npm run docs\`.\n${workflow}`,
    ]),
  )
}
