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

/** Reads the parts of a workflow that recipes use, and refuses any other. */
export function readWorkflow(text: string): WorkflowFile {
  return workflow.strict().parse(parse(text))
}

/** Says whether the workflow runs for this event, for pull requests and comments with the action. */
export function isTriggeredBy({ on }: WorkflowFile, { name, payload }: RunnerEvent): boolean {
  if (typeof on === 'string' || Array.isArray(on)) {
    return [on].flat().includes(name) && isUsualType(name, payload.action)
  }
  const found = on[name]
  if (found === undefined) return false
  const types = found === null || Array.isArray(found) ? undefined : found.types
  return types ? types.some((type) => type === payload.action) : isUsualType(name, payload.action)
}

/** GitHub's default for `types` of pull requests; other events have all of theirs. */
const isUsualType = (name: string, action: unknown) =>
  !name.startsWith('pull_request') ||
  ['opened', 'synchronize', 'reopened'].some((type) => type === action)

/** Names the events that start the workflow, in its order. */
export const triggersOf = ({ on }: WorkflowFile): string[] =>
  typeof on === 'string' || Array.isArray(on) ? [on].flat() : Object.keys(on)

/** The inputs of a run by hand, in the types that they have, and what is wrong with those given. */
export interface DispatchInputs {
  inputs: Record<string, string | boolean>
  problems: string[]
}

/** Reads the inputs of a run by hand, as GitHub does: those given, else their defaults. */
export function readDispatchInputs(
  { on }: WorkflowFile,
  given: Readonly<Record<string, string>>,
): DispatchInputs {
  const dispatch = typeof on === 'string' || Array.isArray(on) ? null : on.workflow_dispatch
  const declared = dispatch && !Array.isArray(dispatch) ? (dispatch.inputs ?? {}) : {}
  const known = Object.keys(declared)
  const problems = Object.keys(given)
    .filter((name) => !known.includes(name))
    .map((name) =>
      known.length === 0
        ? `The workflow has no inputs, and so no ${name}.`
        : `The workflow has no input ${name}. It has ${known.join(', ')}.`,
    )
  const inputs: Record<string, string | boolean> = {}
  for (const [name, one] of Object.entries(declared)) {
    const { type, options, required = false } = one ?? {}
    const value = given[name] ?? one?.default ?? options?.[0] ?? ''
    if (required && value === '')
      problems.push(`The workflow requires the input ${name}: write ${name}=value.`)
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
