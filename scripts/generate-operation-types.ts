/**
 * `npm run operations` generates the types of the variables of every GraphQL operation from the documents and the local
 * schema. `npm run operations:check` writes nothing, and fails if the file is out of date.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { currentOperationTypes, operationTypesFile } from './operation-types/current.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const file = root + operationTypesFile
const before = readFileSync(file, 'utf8')
const after = currentOperationTypes()
const isCurrent = before === after
if (isCurrent) console.log(`${operationTypesFile} is up to date.`)
else if (process.argv.includes('--check')) {
  console.log(`${operationTypesFile} is out of date: npm run operations`)
  process.exitCode = 1
} else {
  writeFileSync(file, after)
  console.log(`${operationTypesFile} written`)
}
