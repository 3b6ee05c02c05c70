import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml'
import type { WorkflowInput } from '../../inputs/workflow-step.ts'
import type { StepHead } from './step-names.ts'

/** The parts of a workflow file that are needed to find a step. */
export interface WorkflowInFile {
  readonly variables: ReadonlyMap<string, string>
  readonly jobs: readonly JobInFile[]
}

/** A job of a workflow file. */
export interface JobInFile {
  readonly id: string
  /** The reusable workflow that the job calls, as `uses:` names it; `null` for a job with steps. */
  readonly calls: string | null
  readonly secrets: 'inherit' | readonly string[]
  readonly variables: ReadonlyMap<string, string>
  readonly steps: readonly StepInFile[]
}

/** A step of a job. */
export interface StepInFile extends StepHead {
  /** `true` if the step is in a group of steps, such as `parallel:`. */
  readonly inGroup: boolean
  /** The line of `uses:`; `null` for a step without it. */
  readonly line: number | null
  /** The inputs in `with:`, by their names in lower case. */
  readonly inputs: ReadonlyMap<string, WorkflowInput>
  readonly variables: ReadonlyMap<string, string>
}

/** The maximum number of characters of a workflow file. GitHub's own limit is lower. */
const maxCharacters = 1_000_000

/**
 * The maximum number of YAML tokens of a file. The parser takes seconds for more, and no signal is handled during that
 * time.
 */
const maxTokens = 100_000

/** The maximum number of YAML nodes of a file. With aliases, a small file can expand to any number of nodes. */
const maxNodes = 50_000

/** An error for a file with more nodes than {@link maxNodes}. */
class TooManyNodes extends Error {}

/**
 * Parses a workflow file, with the lines of the inputs. The result is `null` if the file is invalid, is no workflow, or
 * is too large or too deeply nested.
 */
export function parseWorkflow(text: string): WorkflowInFile | null {
  if (text.length > maxCharacters || hasTooManyTokens(text)) return null
  try {
    return readWorkflow(text)
  } catch (error) {
    // The parser is recursive, so deep nesting causes a stack overflow, which is a `RangeError`.
    if (error instanceof TooManyNodes || error instanceof RangeError) return null
    throw error
  }
}

/** Returns whether a file has more tokens than {@link maxTokens}. Reading them is much faster than parsing them. */
function hasTooManyTokens(text: string): boolean {
  const tokens = new Lexer().lex(text)
  for (let count = 0; count <= maxTokens; count += 1) if (tokens.next().done) return false
  return true
}

function readWorkflow(text: string): WorkflowInFile | null {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  if (document.errors.length > 0) return null
  const file: File = {
    anchors: anchorsOf(document),
    text,
    lineAt: (offset) => lines.linePos(offset).line,
    nodes: 0,
  }
  const root = pairs(file, document.contents)
  const jobs = root.find(({ name }) => name === 'jobs')
  if (!jobs) return null
  return {
    variables: variables(file, root),
    jobs: pairs(file, jobs.value).map(({ name, value }) => readJob(file, name, value)),
  }
}

/** A file while it is read. */
interface File {
  /** The nodes by the name of their anchor; `null` for a name that is defined twice. */
  readonly anchors: ReadonlyMap<string, Node | null>
  readonly text: string
  /** Returns the line of an offset, counted from 1. */
  lineAt(offset: number): number
  /** The number of nodes that were read so far, for {@link maxNodes}. */
  nodes: number
}

function anchorsOf(document: Document): Map<string, Node | null> {
  const anchors = new Map<string, Node | null>()
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node) || !node.anchor) return
      anchors.set(node.anchor, anchors.has(node.anchor) ? null : node)
    },
  })
  return anchors
}

/** One key of a YAML mapping, with its line and its value. */
interface Entry {
  readonly name: string
  readonly line: number
  readonly value: unknown
}

function readJob(file: File, id: string, value: unknown): JobInFile {
  const keys = pairs(file, value)
  return {
    id,
    calls: textOf(keys, 'uses'),
    secrets: readSecrets(file, keys),
    variables: variables(file, keys),
    steps: steps(file, given(keys, 'steps')),
  }
}

function readSecrets(file: File, keys: readonly Entry[]): JobInFile['secrets'] {
  if (textOf(keys, 'secrets') === 'inherit') return 'inherit'
  return pairs(file, given(keys, 'secrets')).map(({ name }) => name)
}

function readStep(file: File, keys: readonly Entry[]): Omit<StepInFile, 'inGroup'> {
  const inputs = pairs(file, given(keys, 'with')).flatMap((entry): [string, WorkflowInput][] => {
    const input = readInput(file, entry)
    return input ? [[entry.name.toLowerCase(), input]] : []
  })
  return {
    id: textOf(keys, 'id'),
    uses: textOf(keys, 'uses'),
    line: keys.find(({ name }) => name === 'uses')?.line ?? null,
    inputs: new Map(inputs),
    variables: variables(file, keys),
  }
}

function readInput(file: File, { line, value }: Entry): WorkflowInput | null {
  if (!isScalar(value)) return null
  const start = value.range?.[0]
  const end = value.range?.[1]
  const written = start === undefined ? '' : file.text.slice(start, end)
  const firstLine = start === undefined ? line : file.lineAt(start)
  const entries = written
    .split('\n')
    .map((text, index) => ({ line: firstLine + index, text: text.trim() }))
  return { line, text: scalarText(value), entries }
}

function variables(file: File, keys: readonly Entry[]): Map<string, string> {
  return new Map(
    pairs(file, given(keys, 'env')).flatMap(({ name, value }): [string, string][] =>
      isScalar(value) ? [[name, scalarText(value)]] : [],
    ),
  )
}

function pairs(file: File, node: unknown): Entry[] {
  const map = resolved(file, node)
  if (!isMap(map)) return []
  return map.items.flatMap(({ key, value }: Pair): Entry[] => {
    if (!isScalar(key)) return []
    const line = file.lineAt(key.range?.[0] ?? 0)
    return [{ name: scalarText(key), line, value: resolved(file, value) }]
  })
}

function items(file: File, node: unknown): unknown[] {
  const list = resolved(file, node)
  return isSeq(list) ? list.items : []
}

/**
 * Returns the steps in a list. An entry without `uses:` and `run:`, but with a list, is a group of steps, such as
 * `parallel:`. The steps in a group are marked, because it is not documented how the runner names them.
 */
function steps(file: File, node: unknown, inGroup = false): StepInFile[] {
  return items(file, node).flatMap((item): StepInFile[] => {
    const keys = pairs(file, item)
    const runs = keys.some(({ name }) => name === 'uses' || name === 'run')
    const lists = runs ? [] : keys.filter(({ value }) => isSeq(value))
    if (lists.length === 0) return [{ ...readStep(file, keys), inGroup }]
    return lists.flatMap(({ value }) => steps(file, value, true))
  })
}

/** Returns the node that an alias refers to. */
function resolved(file: File, node: unknown): unknown {
  file.nodes += 1
  if (file.nodes > maxNodes) throw new TooManyNodes()
  return isAlias(node) ? file.anchors.get(node.source) : node
}

const given = (keys: readonly Entry[], wanted: string): unknown =>
  keys.find(({ name }) => name === wanted)?.value

function textOf(keys: readonly Entry[], wanted: string): string | null {
  const value = given(keys, wanted)
  return isScalar(value) ? scalarText(value) : null
}

/** Returns the text that the runner makes of a YAML scalar, also of a boolean or a number. */
function scalarText({ value }: Scalar): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'number' ? numberText(value) : String(value)
}

/** The number of significant digits that the runner keeps of a number. */
const digits = 15

/**
 * Returns the text that the runner passes to an action for a number. The runner reads a double and writes it with 15
 * digits, so that `3.10` becomes `3.1` (`NumberToken.ToString` in actions/runner, .NET's format `G15`).
 */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  if (value === 0) return Object.is(value, -0) ? '-0' : '0'
  const [mantissa = '', power = '0'] = value.toExponential(digits - 1).split('e')
  const exponent = Number(power)
  const trimmed = (text: string) => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
  if (exponent < digits && exponent >= -5) {
    return trimmed(value.toFixed(Math.max(0, digits - 1 - exponent)))
  }
  const size = String(Math.abs(exponent)).padStart(2, '0')
  return `${trimmed(mantissa)}E${exponent < 0 ? '-' : '+'}${size}`
}
