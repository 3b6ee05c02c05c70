import { parseDocument } from 'yaml'
import { fencedBlocks } from '../../scripts/docs/markdown.ts'
import type { Workflow } from '../../scripts/workflows/action-usage.ts'
import type { TextFile } from './project-files.ts'

/**
 * The YAML examples of a Markdown file as whole workflows, and the blocks that are neither workflow nor part of one.
 */
export function exampleWorkflows({ path, text }: TextFile): {
  workflows: Workflow[]
  problems: string[]
} {
  const workflows: Workflow[] = []
  const problems: string[] = []
  for (const block of fencedBlocks(text)) {
    if (!/^ya?ml$/.test(block.language)) continue
    const frame = frameFor(block.text)
    if (frame.error !== undefined) {
      problems.push(`${path}:${block.firstLine}: ${frame.error}`)
      continue
    }
    const head = frame.head.length
    workflows.push({
      path,
      text: [...frame.head, indented(block.text, frame.indent)].join('\n'),
      lineOffset: block.firstLine - 1 - head,
      whole: frame.whole,
    })
  }
  return { workflows, problems }
}

interface Frame {
  readonly head: readonly string[]
  readonly indent: number
  readonly whole: boolean
  readonly error?: undefined
}

const on = 'on: workflow_dispatch'
const job = [on, 'jobs:', '  example:']
const steps = [...job, '    runs-on: ubuntu-latest', '    steps:']

/** The parts that a part of a workflow needs around it to be a whole one. */
function frameFor(text: string): Frame | { error: string } {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error) return { error: `not YAML: ${error.message.split('\n')[0]}` }
  const content: unknown = document.toJS()
  if (Array.isArray(content)) return { head: steps, indent: 6, whole: false }
  const keys = new Set(Object.keys(content ?? {}))
  const has = (...names: string[]) => names.some((name) => keys.has(name))
  if (keys.has('jobs'))
    return { head: keys.has('on') ? [] : [on], indent: 0, whole: keys.has('on') }
  if (has('steps', 'runs-on')) return { head: job, indent: 4, whole: false }
  if (has('with') || has('uses')) return { head: [...steps, '      -'], indent: 8, whole: false }
  if (has('on', 'permissions', 'concurrency', 'env')) {
    const rest = ['jobs: { example: { runs-on: ubuntu-latest, steps: [{ run: "true" }] } }']
    return { head: [...(keys.has('on') ? [] : [on]), ...rest], indent: 0, whole: false }
  }
  return { error: 'neither a workflow nor a job, a step or a list of steps; fence it as text' }
}

function indented(text: string, width: number): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(width))
}
