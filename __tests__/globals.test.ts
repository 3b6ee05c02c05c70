import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from '@jest/globals'

const source = resolve(import.meta.dirname, '..', 'src')

/**
 * Globals of the whole process, or values that differ from run to run. They are passed as arguments; only these files
 * read them.
 */
const globals: [name: string, pattern: RegExp, files: string[]][] = [
  [
    'the process',
    /(?<![\w.'"/-])process\.(?!(?:exitCode|platform)\b)|\bfrom 'node:process'/,
    ['main.ts', 'action.ts'],
  ],
  ['its exit code', /\bprocess\.exitCode\b/, ['github/runner.ts']],
  ['the console', /\bconsole\./, []],
  ['the time', /\bDate\.now\(|\bnew Date\(\)|\bperformance\./, ['clock.ts']],
  ['timers', /\bset(Timeout|Interval|Immediate)\(|AbortSignal\.timeout|node:timers/, ['clock.ts']],
  // All files but `main.ts` get a `fetch` as an argument.
  [
    'the network',
    /\bglobalThis\.fetch\b|(?<![\w.])fetch\(|node:https?'/,
    ['main.ts', 'github/api/restricted-fetch.ts', 'health/probe.ts', 'railway/transport/http.ts'],
  ],
  ['chance', /\bMath\.random\b/, ['main.ts']],
]

/** Types name `globalThis.fetch` without using it. */
const withoutTypes = (text: string) =>
  text.replace(/typeof globalThis\.fetch/g, '').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'))

it.each(globals)('%s is used only in the files that pass it on', (_, pattern, allowed) => {
  const using = files.filter((file) =>
    pattern.test(withoutTypes(readFileSync(join(source, file), 'utf8'))),
  )
  expect(using.toSorted()).toEqual(allowed.toSorted())
})
