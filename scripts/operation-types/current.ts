import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildSchema } from 'graphql'
import { batches, singleOperations } from '../../src/railway/operations/index.ts'
import { batchOf } from '../../src/railway/operations/operation.ts'
import { renderOperationTypes } from './render.ts'

/** Path of the generated file, relative to the root of the repository. */
export const operationTypesFile = 'src/railway/operations/operation-variables.generated.ts'

const localSchema = fileURLToPath(new URL('../../local/railway/schema.graphql', import.meta.url))

/** Renders the types for the current documents and the local schema. */
export function currentOperationTypes(): string {
  const schema = buildSchema(readFileSync(localSchema, 'utf8'))
  const ofOne = batches.map((batch) => batchOf(batch, 1))
  return renderOperationTypes(schema, singleOperations, ofOne)
}
