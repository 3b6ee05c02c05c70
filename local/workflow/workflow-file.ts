import { parse } from 'yaml'
import { z } from 'zod'
import type { RunnerEvent } from '../runner/index.ts'

const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String)
const texts = z.record(z.string(), scalar).default({})
const condition = scalar.optional()
const permissions = z.record(z.string(), z.enum(['read', 'write'])).optional()

const step = z.object({
  id: z.string().optional(),
  name: z.string().optional(),
  if: condition,
  uses: z.string().optional(),
  with: texts,
  env: texts,
  run: z.string().optional(),
})

const job = z.object({
  if: condition,
  needs: z.union([z.string().transform((name) => [name]), z.array(z.string())]).default([]),
  permissions,
  'runs-on': z.string(),
  'timeout-minutes': z.number().optional(),
  outputs: texts,
  env: texts,
  strategy: z
    .object({
      'fail-fast': z.boolean().optional(),
      matrix: z.union([z.string(), z.record(z.string(), z.array(z.unknown()))]),
    })
    .optional(),
  steps: z.array(step),
})

const dispatchInput = z.looseObject({
  default: scalar.optional(),
  required: z.boolean().optional(),
  type: z.string().optional(),
  options: z.array(scalar).optional(),
})

const trigger = z
  .looseObject({
    types: z.array(z.string()).optional(),
    branches: z.array(z.string()).optional(),
    inputs: z.record(z.string(), dispatchInput.nullable()).optional(),
  })
  .nullable()

const workflow = z.object({
  name: z.string().default(''),
  on: z.union([
    z.string(),
    z.array(z.string()),
    z.record(z.string(), z.union([trigger, z.array(z.unknown())])),
  ]),
  permissions,
  concurrency: z.unknown().optional(),
  env: texts,
  jobs: z.record(z.string(), job),
})

export type WorkflowFile = z.infer<typeof workflow>
export type Job = z.infer<typeof job>
export type Step = z.infer<typeof step>

/** Parses a workflow file. Throws if it is invalid, or if it has keys at the top level that the recipes do not use. */
export function readWorkflow(text: string): WorkflowFile {
  return workflow.strict().parse(parse(text))
}

/** Whether the event starts the workflow, by its name and its activity type. Filters by branch or path are not evaluated. */
export function isTriggeredBy({ on }: WorkflowFile, { name, payload }: RunnerEvent): boolean {
  if (typeof on === 'string' || Array.isArray(on)) {
    return [on].flat().includes(name) && isDefaultType(name, payload.action)
  }
  const found = on[name]
  if (found === undefined) return false
  const types = found === null || Array.isArray(found) ? undefined : found.types
  return types ? types.some((type) => type === payload.action) : isDefaultType(name, payload.action)
}

/** Whether an event without `types` in the workflow includes this activity type. The default differs for pull requests. */
const isDefaultType = (name: string, action: unknown) =>
  !name.startsWith('pull_request') ||
  ['opened', 'synchronize', 'reopened'].some((type) => type === action)

/** Returns the names of the events that start the workflow, in the order of the file. */
export const triggersOf = ({ on }: WorkflowFile): string[] =>
  typeof on === 'string' || Array.isArray(on) ? [on].flat() : Object.keys(on)

/** The inputs of `workflow_dispatch`, with an error message for each invalid one. */
export interface DispatchInputs {
  /** The values, as booleans or strings according to their types. */
  inputs: Record<string, string | boolean>
  problems: string[]
}

/** Returns the inputs of `workflow_dispatch`: the given values, or else the defaults. */
export function readDispatchInputs(
  { on }: WorkflowFile,
  given: Readonly<Record<string, string>>,
): DispatchInputs {
  const dispatch = typeof on === 'string' || Array.isArray(on) ? null : on.workflow_dispatch
  const declared = dispatch && !Array.isArray(dispatch) ? (dispatch.inputs ?? {}) : {}
  const names = Object.keys(declared)
  const problems = Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) =>
      names.length === 0
        ? `The workflow has no input ${name}. It has no inputs.`
        : `The workflow has no input ${name}. Its inputs are ${names.join(', ')}.`,
    )
  const inputs: Record<string, string | boolean> = {}
  for (const [name, one] of Object.entries(declared)) {
    const { type, options, required = false } = one ?? {}
    const value = given[name] ?? one?.default ?? options?.[0] ?? ''
    if (required && value === '')
      problems.push(`The workflow requires the input ${name}: add ${name}=value.`)
    if (options && !options.includes(value)) {
      problems.push(`${name}: expected one of ${options.join(', ')}, not ${value}.`)
    }
    if (type === 'boolean' && !['', 'true', 'false'].includes(value)) {
      problems.push(`${name}: expected true or false, not ${value}.`)
    }
    inputs[name] = type === 'boolean' ? value === 'true' : value
  }
  return { inputs, problems }
}
