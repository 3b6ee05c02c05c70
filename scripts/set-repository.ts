/**
 * `npm run set-repository -- owner/name` replaces the name of the repository in package.json, the examples and the
 * documentation. With `--check` it writes nothing, and fails if package.json has another name.
 */
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { readRepositoryName } from './repository/name.ts'
import { setRepository } from './repository/replace.ts'

const root = fileURLToPath(new URL('..', import.meta.url))

function main(): boolean {
  const { values, positionals } = parseArgs({
    options: { check: { type: 'boolean', default: false } },
    allowPositionals: true,
  })
  const [name, ...more] = positionals
  if (name === undefined || more.length > 0) {
    throw new Error('usage: npm run set-repository -- [--check] owner/name')
  }
  if (values.check) return isSet(name)
  const files = setRepository(root, name)
  for (const file of files) console.log(file)
  console.log(
    files.length === 0 ? `Every file has the name ${name} already.` : `Name ${name} written.`,
  )
  return true
}

function isSet(name: string): boolean {
  const current = readRepositoryName(root)
  if (current.toLowerCase() === name.toLowerCase()) return true
  console.error(`The repository is ${name}, and the name in package.json is ${current}.`)
  console.error(`Run: npm run set-repository -- ${name}`)
  return false
}

try {
  process.exitCode = main() ? 0 : 1
} catch (error) {
  console.error(`set-repository: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
