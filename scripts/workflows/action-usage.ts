import { LineCounter, parseDocument, visit } from 'yaml'
import { z } from 'zod'
import { isThisAction } from '../../local/workflow/this-action.ts'
import type { Failure, InputProblem } from '../../src/errors/codes.ts'
import { messageFor } from '../../src/errors/messages/message-for.ts'
import type { RawInputs } from '../../src/inputs/raw-inputs.ts'
import { parseInputs } from '../../src/inputs/read-inputs.ts'
import { parseContext } from '../../src/inputs/run-context.ts'
import { mostSimilar } from '../../src/suggest.ts'
import type { ActionFile } from '../docs/action.ts'

/** The text of a workflow, and its position in a file. */
export interface Workflow {
  readonly path: string
  readonly text: string
  /** Number of lines in the file before `text`. */
  readonly lineOffset: number
  /** Whether the text is a complete workflow. If it is, it must define every name that it uses. */
  readonly whole: boolean
}

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()])

const stepSchema = z.looseObject({
  uses: z.string().optional(),
  run: z.string().optional(),
  id: z.string().optional(),
  with: z.record(z.string(), z.unknown()).nullish(),
})

interface Step {
  readonly uses: string | undefined
  readonly id: string | undefined
  readonly with: Readonly<Record<string, unknown>>
  /** Line of the step in the text of the workflow, from 1. */
  readonly line: number
}

/** Whether a `uses:` refers to this action, with any owner or from its own checkout. */
const isOwnUse = (uses: string): boolean => uses === './' || isThisAction(uses)

/**
 * Compares each step that uses this action with `action.yml` (names of inputs and outputs) and with
 * the action's own parser (values and combinations, except those that depend on an expression).
 * Returns one problem per line, `path:line: message`.
 */
export function usageProblems(workflow: Workflow, action: ActionFile): string[] {
  const all = stepsOf(workflow)
  const steps = all.filter(({ uses = '' }) => isOwnUse(uses))
  const others = all.filter(({ uses = '' }) => !isOwnUse(uses))
  return [
    ...steps.flatMap((step) =>
      [...unknownInputs(step, action), ...wrongTypes(step), ...refusedInputs(step)].map((what) =>
        at(workflow, step.line, what),
      ),
    ),
    ...unknownOutputs(workflow, steps, others, action),
  ]
}

function unknownInputs(step: Step, { inputs }: ActionFile): string[] {
  const names = Object.keys(inputs)
  // GitHub ignores the case of input names.
  const known = new Set(names.map((name) => name.toLowerCase()))
  return Object.keys(step.with)
    .filter((name) => !known.has(name.toLowerCase()))
    .map((name) => {
      const meant = mostSimilar(name, names)
      return `there is no input \`${name}\`${meant ? `; did you mean \`${meant}\`?` : ''}`
    })
}

const wrongTypes = (step: Step): string[] =>
  Object.entries(step.with)
    .filter(([, value]) => !scalar.safeParse(value).success)
    .map(([name, value]) =>
      Array.isArray(value)
        ? `\`${name}\`: expected text, not a YAML list; write \`${name}: |\` and one entry a line`
        : `\`${name}\`: expected text, not a YAML mapping; write \`${name}: |\` and text below it`,
    )

const anyContext = parseContext({ GITHUB_REPOSITORY: 'octo/app', GITHUB_SHA: 'c'.repeat(40) }, {})

function refusedInputs(step: Step): string[] {
  // `wrongTypes` reports a value of a wrong type. Here an expression replaces it, so that the input is not missing.
  const raw: RawInputs = Object.fromEntries(
    Object.entries(step.with).map(([name, value]) => {
      const text = scalar.safeParse(value)
      return [name.toLowerCase(), text.success ? String(text.data ?? '') : `\${{ }}`]
    }),
  )
  const parsed = parseInputs(raw, null, anyContext)
  if (parsed.ok) return []
  return parsed.failures.flatMap(({ code, facts }) => {
    if (code !== 'input-invalid') return [code]
    // The value of an expression is known only in a run.
    return raw[facts.input]?.includes('${{') ? [] : [describeInvalid({ code, facts })]
  })
}

/** The problems of an input that depend on another input. The reason alone does not name the other one. */
const ofTwoInputs = new Set<InputProblem['kind']>(['requires', 'excluded', 'unused'])

function describeInvalid(invalid: Failure<'input-invalid'>): string {
  const { what, why } = messageFor(invalid)
  const { input, problem } = invalid.facts
  return `\`${input}\`: ${ofTwoInputs.has(problem.kind) ? `${what} ` : ''}${why}`
}

function unknownOutputs(
  workflow: Workflow,
  steps: readonly Step[],
  others: readonly Step[],
  { outputs }: ActionFile,
): string[] {
  const ids = new Set(steps.map(({ id }) => id))
  // Steps of two jobs may have the same id. This check does not know the job, and therefore not the step.
  for (const { id } of others) ids.delete(id)
  return workflow.text.split('\n').flatMap((text, index) =>
    [...text.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)]
      .filter(([, id, name = '']) => ids.has(id) && !Object.hasOwn(outputs, name))
      .map(([, , name = '']) => {
        const meant = mostSimilar(name, Object.keys(outputs))
        const hint = meant ? `; did you mean \`${meant}\`?` : ''
        return at(workflow, index + 1, `there is no output \`${name}\`${hint}`)
      }),
  )
}

/** Returns a problem for each third-party action that is not pinned to a full commit with its version in a comment. */
export function pinProblems(workflow: Workflow): string[] {
  return workflow.text.split('\n').flatMap((text, index) => {
    const [, uses = '', comment = ''] = /^\s*(?:-\s+)?uses:\s*(\S+)\s*(.*)$/.exec(text) ?? []
    if (uses === '' || uses.startsWith('./') || isOwnUse(uses)) return []
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
      if (!step.success) return
      const { uses, run, id, with: given } = step.data
      if (uses === undefined && run === undefined) return
      const line = lines.linePos(node.range?.[0] ?? 0).line
      steps.push({ uses, id, with: given ?? {}, line })
    },
  })
  return steps
}

function at({ path, lineOffset }: Workflow, line: number, what: string): string {
  return `${path}:${line + lineOffset}: ${what}`
}
