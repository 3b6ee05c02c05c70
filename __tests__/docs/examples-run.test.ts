import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { runTry } from '../../local/try/run-try.ts'
import { markdownFiles, root } from './project-files.ts'
import { exampleWorkflows } from './workflow.ts'

let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'examples-'))
})

afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

interface Example {
  place: string
  text: string
  isWhole: boolean
}

/** The examples of the documentation that use this action. Those of the recipes are files in `examples`. */
const examples: readonly Example[] = [
  ...markdownFiles()
    .filter(({ path }) => path !== 'docs/recipes.md')
    .flatMap((file) => exampleWorkflows(file).workflows)
    .map(({ path, text, lineOffset, whole }) => ({
      place: `${path}:${lineOffset}`,
      text,
      isWhole: whole,
    })),
  ...readdirSync(join(root, 'examples')).map((name) => ({
    place: `examples/${name}`,
    text: readFileSync(join(root, 'examples', name), 'utf8'),
    isWhole: true,
  })),
].filter(({ text }) => /\/railway-workspace-deploy@/.test(text))

/** Additional arguments of an example, by a part of its text that no other example has. */
const extra: readonly (readonly [part: string, args: readonly string[]])[] = [
  ['name: Update an image', ['version=1.5.0']],
  ['doppler secrets get', ['--output', 'secrets.stripe-key=sk_live_new']],
  ['name: Preview with a database', ['--output', 'branch.url=postgres://x:y@db.example/pr-7']],
]

/**
 * The error codes of the examples that must fail: the sample differs from the file, or the part lacks its other job.
 */
const failing: readonly (readonly [part: string, code: string])[] = [
  ['name: Drift', 'changes-pending'],
  ['needs.build.outputs.digest', 'input-invalid'],
]

async function tryIt(args: readonly string[]) {
  let out = ''
  let error = ''
  const code = await runTry(args, {
    out: (printed) => {
      out += printed
    },
    error: (printed) => {
      error += printed
    },
    color: false,
  })
  return { code, out, error }
}

/** Runs an example with `npm run try`. A part of a workflow runs for a pull request if it makes a preview. */
async function run({ text, isWhole }: Example) {
  const file = join(folder, 'workflow.yml')
  const head = 'on: [workflow_dispatch, pull_request]'
  writeFileSync(file, isWhole ? text : text.replace('on: workflow_dispatch', head))
  const isPreview = !isWhole && text.includes('command: preview')
  const args = extra.filter(([part]) => text.includes(part)).flatMap(([, given]) => given)
  const event = isPreview ? ['--event', 'pull_request'] : []
  const { code, out, error } = await tryIt(['--workflow', file, ...args, ...event])
  const codes = [...out.matchAll(/^error-code=(.*)$/gm)].map(([, one]) => one)
  return { code, error, codes: codes.filter((one) => one !== ''), steps: codes.length }
}

describe('an example of the documentation runs against the sample workspace', () => {
  it.each(examples)('$place', async (example) => {
    const expected = failing.filter(([part]) => example.text.includes(part)).map(([, code]) => code)
    const { code, error, codes, steps } = await run(example)
    expect({ error, codes }).toEqual({ error: '', codes: expected })
    expect(code).toBe(expected.length > 0 ? 1 : 0)
    expect(steps).toBeGreaterThan(0)
  })

  it('and every exception is for one of them', () => {
    const parts = [...extra, ...failing].map(([part]) => part)
    const counts = parts.map((part) => examples.filter(({ text }) => text.includes(part)).length)
    expect(counts).toEqual(parts.map(() => 1))
    expect(examples.length).toBeGreaterThan(40)
  })
})

describe('the commands of the documentation', () => {
  const commands = markdownFiles()
    .filter(({ path }) => path !== 'CHANGELOG.md')
    .flatMap(({ text }) => [...text.matchAll(/^npm run try -- ([^#\n]*)/gm)])
    .map(([, args = '']) => args.trim())
  const isMeantToFail = (args: string) => /--(fail|unhealthy|token foreign)\b/.test(args)

  it('end with the expected exit code, one after the other', async () => {
    const codes: [string, number][] = []
    for (const args of commands) {
      const words = args
        .split(/\s+/)
        .map((word) => (word.endsWith('.state') ? join(folder, word) : word))
        .map((word) => (word.startsWith('examples/') ? join(root, word) : word))
      codes.push([args, (await tryIt(words)).code])
    }
    expect(codes).toEqual(commands.map((args) => [args, isMeantToFail(args) ? 1 : 0]))
    expect(commands.length).toBeGreaterThan(12)
  })
})
