import { readFileSync, writeFileSync } from 'node:fs'
import { deserialize, serialize } from 'node:v8'
import { z } from 'zod'
import { gitHubStateSchema } from '../github/index.ts'
import { worldStateSchema } from '../railway/index.ts'
import type { SampleState } from '../sample.ts'
import { UsageError } from './usage-error.ts'

/** The state that one run of `npm run try` saves for the next one. */
export interface TryState extends SampleState {
  /** The newest commit of the repository. */
  commit: string
}

/** The first value of a state file. It identifies the format of the rest, and changes with it. */
const format = 'railway-workspace-deploy npm run try 2'

const stateSchema = z.tuple([
  z.literal(format),
  z.object({
    now: z.number(),
    commit: z.string(),
    world: worldStateSchema,
    hub: gitHubStateSchema,
  }),
])

/** Reads a state file. `null`: the file does not exist. Throws {@link UsageError} for an invalid file. */
export function readState(file: string): TryState | null {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new UsageError(`--state: cannot read ${file}: ${reasonOf(error)}`)
  }
  const parsed = stateSchema.safeParse(deserialized(bytes))
  if (parsed.success) return parsed.data[1]
  throw new UsageError(
    `--state: ${file} is not a state file of this version of \`npm run try\`. Delete it, or use another file.`,
  )
}

/** Writes the state file. */
export function writeState(file: string, state: TryState): void {
  try {
    writeFileSync(file, serialize([format, state]))
  } catch (error) {
    throw new UsageError(`--state: cannot write ${file}: ${reasonOf(error)}`)
  }
}

function deserialized(bytes: Buffer): unknown {
  try {
    return deserialize(bytes)
  } catch {
    return null
  }
}

const reasonOf = (error: unknown) => (error instanceof Error ? error.message : String(error))
