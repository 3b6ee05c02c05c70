/**
 * `npm run docs` writes the tables that are kept elsewhere as data into the Markdown files, between
 * markers. `npm run docs:check` writes nothing and fails where it would have.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { errorCodes } from '../src/errors/messages.ts'
import { readAction } from './docs/action.ts'
import { errorExample, exampleName } from './docs/error-examples.ts'
import { replaceMarked } from './docs/marked.ts'
import { inputsTable, outputsTable } from './docs/tables.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Each table with its file and the name in its markers. A further one is a further line. */
const tables = [
  { file: 'README.md', name: 'inputs', render: () => inputsTable(readAction()) },
  { file: 'README.md', name: 'outputs', render: () => outputsTable(readAction()) },
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
  if (stale.length === 0) console.log('The generated tables are up to date.')
  return stale.length === 0 || !checkOnly
}

/** Through the project's formatter, which would otherwise change the table again. */
function formatted(markdown: string): string {
  const biome = fileURLToPath(import.meta.resolve('@biomejs/biome/bin/biome'))
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [biome, 'format', '--stdin-file-path=table.md'],
    { cwd: root, input: `${markdown}\n`, encoding: 'utf8' },
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
