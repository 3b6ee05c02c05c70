import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { minify } from 'terser'
import { z } from 'zod'

/** Builds `dist/` from `src/`: compiles the source, bundles it without unused modules, and minifies the bundle. */

const root = resolve(import.meta.dirname, '..', '..')
const build = join(root, 'build')
const dist = join(root, 'dist')

/** Modules that the toolkit imports and the action never calls, with the names of the stubs that replace them. */
const stubs: Readonly<Record<string, string>> = {
  undici: 'undici',
  '@actions/http-client': 'http-client',
  '@actions/http-client/lib/auth': 'http-client',
  '@actions/exec': 'exec',
  '@octokit/plugin-rest-endpoint-methods': 'octokit-plugins',
  '@octokit/plugin-paginate-rest': 'octokit-plugins',
}

function run(program: string, words: readonly string[], directory = root): void {
  execFileSync(process.execPath, [program, ...words], { cwd: directory, stdio: 'inherit' })
}

function compile(): void {
  const tsc = createRequire(import.meta.url).resolve('typescript/package.json')
  run(join(tsc, '..', 'bin', 'tsc'), ['-p', join(root, 'tsconfig.build.json')])
}

/** Writes the mapping of the stubs to `build/tsconfig.json`, from which the bundler reads it. */
function writeMappings(): void {
  const paths = Object.fromEntries(
    Object.entries(stubs).map(([name, stub]) => [name, [`./scripts/build/stubs/${stub}.js`]]),
  )
  const config = { compilerOptions: { baseUrl: '.', paths, allowJs: true } }
  writeFileSync(join(build, 'tsconfig.json'), JSON.stringify(config))
  writeFileSync(join(build, 'package.json'), '{ "type": "module" }\n')
}

/** Minifies the bundle. It keeps function names for stack traces, and short lines for diffs. */
async function minifyAll(): Promise<void> {
  for (const name of readdirSync(dist).filter((file) => file.endsWith('.js'))) {
    const file = join(dist, name)
    const { code } = await minify(markModules(readFileSync(file, 'utf8'), name), {
      module: true,
      ecma: 2020,
      compress: { passes: 2, keep_fnames: true, keep_classnames: true, inline: 1 },
      mangle: { keep_fnames: true, keep_classnames: true },
      format: { max_line_len: 500, comments: false },
    })
    if (code === undefined) throw new Error(`Cannot minify ${name}.`)
    writeFileSync(file, `${code.trimEnd().replaceAll(mark, '')}\n`)
  }
}

/** A name that occurs nowhere else in the code. The minifier does not change it. */
const mark = '__module_function__'

/**
 * Makes the function of each module the argument of a call of `mark`. After the name `mark` is removed, the function is in
 * parentheses, which the minifier would otherwise remove. V8 compiles a function in parentheses immediately. It parses any
 * other function twice: when it skips the function, and when the function is called.
 */
function markModules(code: string, name: string): string {
  const modules = code.match(/^\/\*\*\*\/ (?:\d+|"[^"]*"):$/gm) ?? []
  const marked = code.replace(/^(\/\*\*\*\/ )(?=\()/gm, `$1${mark}`)
  if (marked.split(mark).length - 1 !== modules.length) {
    throw new Error(
      `Cannot mark the modules of ${name}: expected a parenthesis at the start of each module.`,
    )
  }
  return marked
}

const moduleSchema = z.object({
  name: z.string().optional(),
  get modules(): z.ZodOptional<z.ZodArray<typeof moduleSchema>> {
    return z.array(moduleSchema).optional()
  },
})

type Module = z.infer<typeof moduleSchema>

const statsSchema = z.object({ modules: z.array(moduleSchema) })

/** Writes the licenses of all packages with a module in the bundle to `dist/licenses.txt`. */
function writeLicenses(): void {
  const packages = new Set<string>()
  const collect = (modules: readonly Module[]): void => {
    for (const { name = '', modules: inner = [] } of modules) {
      const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(name)?.[1]
      if (found !== undefined) packages.add(resolve(build, found))
      collect(inner)
    }
  }
  collect(statsSchema.parse(JSON.parse(readFileSync(join(build, 'stats.json'), 'utf8'))).modules)
  const texts = [...packages].toSorted().map(licenseOf)
  writeFileSync(join(dist, 'licenses.txt'), `${[...new Set(texts)].join('\n\n')}\n`)
}

const packageSchema = z.object({ name: z.string(), license: z.string() })

function licenseOf(folder: string): string {
  const { name, license } = packageSchema.parse(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  )
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one))
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()
  return [name, license, text].filter((part) => part !== '').join('\n')
}

rmSync(build, { recursive: true, force: true })
mkdirSync(build)
compile()
rmSync(dist, { recursive: true, force: true })
writeMappings()
const ncc = createRequire(import.meta.url).resolve('@vercel/ncc/package.json')
const words = ['build', 'src/index.js', '-o', dist, '--stats-out', 'stats.json', '--no-cache', '-q']
run(join(ncc, '..', 'dist', 'ncc', 'cli.js'), [...words, '--target', 'es2022'], build)
writeLicenses()
await minifyAll()
