import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const metadata = z.object({
  inputs: z
    .record(z.string(), z.object({ default: z.coerce.string().optional() }).nullable())
    .nullish(),
})

/** Returns the default of every input in `action.yml`, by name. `undefined`: the file does not exist. */
export function readInputs(path: string): ReadonlyMap<string, string> | undefined {
  if (!existsSync(path)) return undefined
  const text = readFileSync(path, 'utf8')
  const inputs = parsed.get(text) ?? parseInputs(text)
  parsed.set(text, inputs)
  return inputs
}

/** Cache of parsed inputs, by the text of `action.yml`, because thousands of runs read the same file. */
const parsed = new Map<string, ReadonlyMap<string, string>>()

function parseInputs(text: string): ReadonlyMap<string, string> {
  const { inputs } = metadata.parse(parse(text))
  return new Map(Object.entries(inputs ?? {}).map(([name, input]) => [name, input?.default ?? '']))
}

/** Replaces expressions of the form `${{ github.… }}`. Throws for any other expression: defaults of inputs use no others. */
export function evaluate(text: string, github: Record<string, string>): string {
  return text.replace(/\$\{\{\s*(.*?)\s*\}\}/g, (_, expression: string) => {
    const value = expression.startsWith('github.') ? github[expression.slice(7)] : undefined
    if (value === undefined) throw new Error(`Cannot evaluate \${{ ${expression} }} here.`)
    return value
  })
}
