import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type Scalar,
} from 'yaml'
import type { GivenInput } from '../../inputs/workflow-step.ts'
import type { StepHead } from './step-names.ts'

/** A workflow file as far as finding a step needs it. */
export interface WorkflowInFile {
  readonly variables: ReadonlyMap<string, string>
  readonly jobs: readonly JobInFile[]
}

export interface JobInFile {
  readonly id: string
  /** The reusable workflow that the job calls, as `uses:` names it; `null` for a job with steps. */
  readonly calls: string | null
  readonly secrets: 'inherit' | readonly string[]
  readonly variables: ReadonlyMap<string, string>
  readonly steps: readonly StepInFile[]
}

export interface StepInFile extends StepHead {
  /** The line of `uses:`; `null` for a step without it. */
  readonly line: number | null
  /** By name in lower case, as the runner takes them. */
  readonly inputs: ReadonlyMap<string, GivenInput>
  readonly variables: ReadonlyMap<string, string>
}

/** Reads a workflow file with the lines of what it gives; `null` where it is no workflow or does not parse. */
export function parseWorkflow(text: string): WorkflowInFile | null {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines })
  if (document.errors.length > 0) return null
  const file: File = { document, text, lineAt: (offset) => lines.linePos(offset).line }
  const root = pairs(file, document.contents)
  const jobs = root.find(({ name }) => name === 'jobs')
  if (!jobs) return null
  return {
    variables: variables(file, root),
    jobs: pairs(file, jobs.value).map(({ name, value }) => readJob(file, name, value)),
  }
}

interface File {
  readonly document: Document
  readonly text: string
  /** The line of an offset, counted from 1. */
  lineAt(offset: number): number
}

/** One key of a mapping. */
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
    steps: items(file, given(keys, 'steps')).map((step) => readStep(file, step)),
  }
}

function readSecrets(file: File, keys: readonly Entry[]): JobInFile['secrets'] {
  if (textOf(keys, 'secrets') === 'inherit') return 'inherit'
  return pairs(file, given(keys, 'secrets')).map(({ name }) => name)
}

function readStep(file: File, value: unknown): StepInFile {
  const keys = pairs(file, value)
  const inputs = pairs(file, given(keys, 'with')).flatMap((entry): [string, GivenInput][] => {
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

function readInput(file: File, { line, value }: Entry): GivenInput | null {
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

/** What an alias stands for. */
const resolved = (file: File, node: unknown): unknown =>
  isAlias(node) ? node.resolve(file.document) : node

const given = (keys: readonly Entry[], wanted: string): unknown =>
  keys.find(({ name }) => name === wanted)?.value

function textOf(keys: readonly Entry[], wanted: string): string | null {
  const value = given(keys, wanted)
  return isScalar(value) ? scalarText(value) : null
}

/** Text as the runner takes it: `true` and `8` are text too. */
function scalarText({ value, source }: Scalar): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'number' ? (source ?? String(value)) : String(value)
}
