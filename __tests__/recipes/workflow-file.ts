import { parse } from 'yaml'
import { z } from 'zod'

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
  needs: z.string().optional(),
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

const trigger = z
  .looseObject({
    types: z.array(z.string()).optional(),
    branches: z.array(z.string()).optional(),
    inputs: z.record(z.string(), z.looseObject({ default: scalar.optional() })).optional(),
  })
  .nullable()

const workflow = z.object({
  name: z.string(),
  on: z.union([z.string(), z.record(z.string(), z.union([trigger, z.array(z.unknown())]))]),
  permissions,
  concurrency: z.string().optional(),
  jobs: z.record(z.string(), job),
})

export type WorkflowFile = z.infer<typeof workflow>
export type Job = z.infer<typeof job>
export type Step = z.infer<typeof step>

/** Reads the parts of a workflow that recipes use, and refuses any other. */
export function readWorkflow(text: string): WorkflowFile {
  return workflow.strict().parse(parse(text))
}

/** Says whether the workflow has this trigger, for pull requests and comments with the action. */
export function isTriggeredBy({ on }: WorkflowFile, name: string, action: unknown): boolean {
  if (typeof on === 'string') return on === name
  const found = on[name]
  if (found === undefined) return false
  const types = found === null || Array.isArray(found) ? undefined : found.types
  return types === undefined || types.some((type) => type === action)
}
