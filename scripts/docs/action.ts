import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const actionSchema = z.object({
  name: z.string(),
  description: z.string(),
  inputs: z.record(
    z.string(),
    z.object({
      description: z.string(),
      required: z.boolean().default(false),
      default: z.union([z.string(), z.number(), z.boolean()]).transform(String).optional(),
    }),
  ),
  outputs: z.record(z.string(), z.object({ description: z.string() })),
})

/** The parts of `action.yml` that the documentation is generated from. */
export type ActionFile = z.infer<typeof actionSchema>

export function parseAction(text: string): ActionFile {
  return actionSchema.parse(parse(text))
}

/** Reads the `action.yml` of this project. */
export function readAction(): ActionFile {
  return parseAction(readFileSync(new URL('../../action.yml', import.meta.url), 'utf8'))
}
