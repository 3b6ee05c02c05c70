import { LineCounter, parseDocument, visit } from 'yaml'
import { z } from 'zod'
import type { ActionFile } from '../../scripts/docs/action.ts'
import { messageFor } from '../../src/errors/messages/message-for.ts'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import { parseInputs } from '../../src/inputs/read-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'
import type { Workflow } from './workflow.ts'

const stepSchema = z.looseObject({
  uses: z.string(),
  id: z.string().optional(),
  with: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).default({}),
})

interface Step extends z.infer<typeof stepSchema> {
  readonly line: number
}

/** Whether a `uses:` means this action: under any owner, or from its own checkout. */
function isThisAction(uses: string): boolean {
  return uses === './' || /^[^/]+\/railway-workspace-deploy@/.test(uses)
}

/**
 * Each step that uses this action is held against `action.yml` (names of inputs and outputs) and
 * against the action's own parser (values and combinations, as far as they are no expressions).
 */
export function usageProblems(workflow: Workflow, action: ActionFile): string[] {
  const steps = stepsOf(workflow).filter(({ uses }) => isThisAction(uses))
  return [
    ...steps.flatMap((step) => [
      ...unknownInputs(step, action).map((what) => at(workflow, step.line, what)),
      ...refusedInputs(step).map((what) => at(workflow, step.line, what)),
    ]),
    ...unknownOutputs(workflow, steps, action),
  ]
}

function unknownInputs(step: Step, { inputs }: ActionFile): string[] {
  const unknown = Object.keys(step.with).filter((name) => !Object.hasOwn(inputs, name))
  return unknown.map((name) => `there is no input \`${name}\``)
}

const anyContext = parseContext({ GITHUB_REPOSITORY: 'octo/app', GITHUB_SHA: 'c'.repeat(40) }, {})

function refusedInputs(step: Step): string[] {
  const raw: RawInputs = Object.fromEntries(
    Object.entries(step.with).map(([name, value]) => [name, String(value ?? '')]),
  )
  const parsed = parseInputs(raw, null, anyContext)
  if (parsed.ok) return []
  return parsed.failures.flatMap(({ code, facts }) => {
    if (code !== 'input-invalid') return [code]
    // An expression has its value only in a run.
    return raw[facts.input]?.includes('${{')
      ? []
      : [`\`${facts.input}\`: ${messageFor({ code, facts }).why}`]
  })
}

function unknownOutputs(workflow: Workflow, steps: Step[], { outputs }: ActionFile): string[] {
  const ids = new Set(steps.map(({ id }) => id))
  return workflow.text
    .split('\n')
    .flatMap((text, index) =>
      [...text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)]
        .filter(([, id, name = '']) => ids.has(id) && !Object.hasOwn(outputs, name))
        .map(([, , name]) => at(workflow, index + 1, `there is no output \`${name}\``)),
    )
}

/** An action of others is pinned by its full commit, with the version for the reader. */
export function pinProblems(workflow: Workflow): string[] {
  return workflow.text.split('\n').flatMap((text, index) => {
    const [, uses = '', comment = ''] = /^\s*(?:-\s+)?uses:\s*(\S+)\s*(.*)$/.exec(text) ?? []
    if (uses === '' || uses.startsWith('./') || isThisAction(uses)) return []
    const pinned = /@[0-9a-f]{40}$/.test(uses) && /^# v\d+(\.\d+)*$/.test(comment)
    return pinned
      ? []
      : [at(workflow, index + 1, `${uses} is not pinned like owner/name@<40 hex digits> # v1.2.3`)]
  })
}

function stepsOf(workflow: Workflow): Step[] {
  const lines = new LineCounter()
  const steps: Step[] = []
  visit(parseDocument(workflow.text, { lineCounter: lines }), {
    Map(_, node) {
      const step = stepSchema.safeParse(node.toJSON())
      if (step.success) {
        steps.push({ ...step.data, line: lines.linePos(node.range?.[0] ?? 0).line })
      }
    },
  })
  return steps
}

function at({ path, lineOffset }: Workflow, line: number, what: string): string {
  return `${path}:${line + lineOffset}: ${what}`
}
