/**
 * `npm run check:schema -- <SDL file, introspection JSON or URL>` checks that
 *
 * - the given schema accepts every document that the action sends,
 * - it has every type and field of the local Railway's schema, with the same types, and
 * - the action's parsers accept the responses that the given schema allows, in random samples.
 */
import { fileURLToPath } from 'node:url'
import { operations } from '../src/railway/operations/index.ts'
import { compareSchemas, declaredTypes } from './check-schema/compare.ts'
import { checkDocument, deprecations } from './check-schema/documents.ts'
import { checkResponses } from './check-schema/parsers.ts'
import { problemLine } from './check-schema/problem.ts'
import { loadSchema } from './check-schema/source.ts'

const localSchema = fileURLToPath(new URL('../local/railway/schema.graphql', import.meta.url))

async function main(source: string | undefined): Promise<boolean> {
  if (!source)
    throw new Error('usage: npm run check:schema -- <SDL file, introspection JSON or URL>')
  const [given, local] = await Promise.all([
    loadSchema(source, process.env.RAILWAY_API_TOKEN),
    loadSchema(localSchema),
  ])
  const problems = [
    ...operations.flatMap((operation) => {
      const refused = checkDocument(given, operation)
      return refused.length > 0 ? refused : checkResponses(given, operation)
    }),
    ...compareSchemas(local, given),
  ]
  for (const note of operations.flatMap((operation) => deprecations(given, operation))) {
    console.log(`note, ${problemLine(note)}`)
  }
  for (const problem of problems) console.log(problemLine(problem))
  const found = `${problems.length || 'no'} problem${problems.length === 1 ? '' : 's'}`
  const checked = `${operations.length} operations, ${declaredTypes(local).length} types`
  console.log(`${checked} checked against ${source}: ${found}`)
  return problems.length === 0
}

try {
  process.exitCode = (await main(process.argv[2])) ? 0 : 1
} catch (error) {
  const cause =
    error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : ''
  console.error(`check:schema: ${error instanceof Error ? error.message : String(error)}${cause}`)
  process.exitCode = 1
}
