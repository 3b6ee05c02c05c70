/**
 * `npm run docs` writes the tables that are kept elsewhere as data into the Markdown files, between
 * markers. `npm run docs:check` writes nothing and fails where it would have.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { errorCodes } from '../src/errors/messages/message-for.ts'
import { exactResults } from './bench/exact.ts'
import { readAction } from './docs/action.ts'
import { assumptionsText } from './docs/assumptions.ts'
import { costTables } from './docs/cost.ts'
import { errorCodeIndex, errorExample, exampleName } from './docs/error-examples.ts'
import { replaceMarked } from './docs/marked.ts'
import { outputSchema } from './docs/output-schema.ts'
import { exampleFiles, parseRecipes, recipeContents } from './docs/recipes.ts'
import { inputsList, outputsList } from './docs/tables.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

const recipes = () => parseRecipes(readFileSync(`${root}docs/recipes.md`, 'utf8'))

const readBench = () =>
  exactResults.parse(JSON.parse(readFileSync(`${root}docs/bench.json`, 'utf8')))

/** Each table with its file and the name in its markers. A further one is a further line. */
const tables = [
  { file: 'README.md', name: 'inputs', render: () => inputsList(readAction()) },
  { file: 'README.md', name: 'outputs', render: () => outputsList(readAction()) },
  {
    file: 'README.md',
    name: 'recipes',
    render: () => recipeContents(recipes(), 'docs/recipes.md'),
  },
  { file: 'README.md', name: 'cost', render: () => costTables(readBench()) },
  { file: 'docs/recipes.md', name: 'contents', render: () => recipeContents(recipes()) },
  { file: 'docs/assumptions.md', name: 'assumptions', render: () => assumptionsText() },
  { file: 'docs/errors.md', name: 'codes', render: () => errorCodeIndex() },
  ...errorCodes.map((code) => ({
    file: 'docs/errors.md',
    name: exampleName(code),
    render: () => errorExample(code),
  })),
]

function main(checkOnly: boolean): boolean {
  const stale = tables.filter(({ file, name, render }) => {
    const before = readFileSync(root + file, 'utf8')
    const after = replaceMarked(before, name, formatted(render()))
    if (!checkOnly && after !== before) writeFileSync(root + file, after)
    return after !== before
  })
  for (const { file, name } of stale) {
    console.log(`${file}: ${name} ${checkOnly ? 'are out of date: npm run docs' : 'written'}`)
  }
  const isSchemaStale = syncOutputSchema(checkOnly)
  if (isSchemaStale) {
    console.log(`${schemaFile} ${checkOnly ? 'is out of date: npm run docs' : 'written'}`)
  }
  const staleExamples = syncExamples(checkOnly)
  for (const file of staleExamples) {
    console.log(`${file} ${checkOnly ? 'is out of date: npm run docs' : 'written or removed'}`)
  }
  const upToDate = stale.length + staleExamples.length === 0 && !isSchemaStale
  if (upToDate) console.log('The generated documentation is up to date.')
  return upToDate || !checkOnly
}

const schemaFile = 'docs/outputs.schema.json'

/** Writes the JSON Schema of the outputs, and returns whether it was another one. */
function syncOutputSchema(checkOnly: boolean): boolean {
  const wanted = formatted(outputSchema(readAction()), 'outputs.schema.json')
  const present = existsSync(root + schemaFile) ? readFileSync(root + schemaFile, 'utf8') : ''
  if (!checkOnly && present !== wanted) writeFileSync(root + schemaFile, wanted)
  return present !== wanted
}

/** Writes each recipe to a file of its own, removes files without a recipe, and returns what differed. */
function syncExamples(checkOnly: boolean): string[] {
  const wanted = exampleFiles(recipes())
  if (!checkOnly) mkdirSync(`${root}examples`, { recursive: true })
  const present = existsSync(`${root}examples`)
    ? readdirSync(`${root}examples`).map((name) => `examples/${name}`)
    : []
  const stale = [...wanted].filter(
    ([file, text]) => !present.includes(file) || readFileSync(root + file, 'utf8') !== text,
  )
  const extra = present.filter((file) => file.endsWith('.yml') && !wanted.has(file))
  if (!checkOnly) {
    for (const [file, text] of stale) writeFileSync(root + file, text)
    for (const file of extra) rmSync(root + file)
  }
  return [...stale.map(([file]) => file), ...extra]
}

/** Returns text as the project's formatter leaves it, which would otherwise change it again. */
function formatted(text: string, name = 'table.md'): string {
  const biome = fileURLToPath(import.meta.resolve('@biomejs/biome/bin/biome'))
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [biome, 'format', `--stdin-file-path=${name}`],
    { cwd: root, input: `${text}\n`, encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`biome format: ${stderr}`)
  return stdout
}

try {
  process.exitCode = main(process.argv.includes('--check')) ? 0 : 1
} catch (error) {
  console.error(`generate-docs: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
