import type { StepPaths } from './environment.ts'
import { type Log, readLog } from './log.ts'
import type { LeftBehind } from './workspace.ts'

/** How a process ended, and what it printed. */
export interface ProcessResult {
  exitCode: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  /** Simulated seconds from start to exit; real ones without a simulated clock. */
  seconds: number
  realMilliseconds: number
  /** Bytes; only known on a simulated clock, and when the process ended in an orderly way. */
  peakRss: number | undefined
  /** Processor time of all threads; known when the memory is. */
  cpuMilliseconds: number | undefined
}

/** Everything there is to know about one run of the action. */
export interface Transcript extends ProcessResult, Omit<Log, 'lines'>, LeftBehind {
  /** What was printed, line by line as the runner splits it: first stdout, then stderr. */
  lines: string[]
  /** Where the runner's files were; they are gone by now. */
  paths: StepPaths
  /** The log as people see it: masked, commands carried out. */
  log: Log['lines']
  /** All that a person could see: the log, the annotations, the summary, the outputs. */
  shown: string
  /** Every place where the secret, or a common encoding of it, got out. Empty is good. */
  leaks(secret: string): string[]
}

export interface TranscriptOptions {
  /** What the runner masks of its own accord: secrets of the workflow, the GitHub token. */
  masks: string[]
  debug: boolean
}

/** Puts together what a process printed and what it left behind. */
export function toTranscript(
  result: ProcessResult,
  left: LeftBehind,
  paths: StepPaths,
  options: TranscriptOptions,
): Transcript {
  const lines = [...splitLines(result.stdout), ...splitLines(result.stderr)]
  const { lines: log, ...read } = readLog(lines, options)
  const annotations = read.annotations.map(({ level, title, message }) =>
    [level, title, message].filter(Boolean).join(': '),
  )
  const outputs = Object.entries(left.outputs).map(([name, value]) => `${name}=${value}`)
  const shown = [...log.map(({ text }) => text), ...annotations, left.summary, ...outputs]
  return {
    ...result,
    ...read,
    ...left,
    lines,
    paths,
    log,
    shown: shown.join('\n'),
    leaks: (secret) => findLeaks(secret, lines, left),
  }
}

/** Splits as the runner does, for which a lone carriage return ends a line too. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function findLeaks(secret: string, lines: string[], left: LeftBehind): string[] {
  if (secret === '') throw new Error('There is no point in looking for an empty secret.')
  const places: [place: string, text: string][] = [
    ...lines
      .map((line, index): [string, string] => [`log line ${index + 1}`, line])
      // The runner swallows these: they are how it gets to know the secret.
      .filter(([, line]) => !line.startsWith('::add-mask::')),
    ...named('output', left.outputs),
    ...named('environment', left.env),
    ...named('state', left.state),
    ...named('file', left.tempFiles),
    ['added path', left.addedPaths.join('\n')],
    ['summary', left.summary],
  ]
  const disguises = encodings(secret)
  return places.flatMap(([place, text]) =>
    disguises.filter(([, form]) => text.includes(form)).map(([name]) => `${place}${name}`),
  )
}

function named(kind: string, values: Record<string, string>): [string, string][] {
  return Object.entries(values).map(([name, value]) => [`${kind} ${name}`, value])
}

/** The secret as it is, and in the forms in which it would get past a mask. */
function encodings(secret: string): [name: string, form: string][] {
  const bytes = Buffer.from(secret)
  const forms: [string, string][] = [
    ['', secret],
    ...[0, 1, 2].map((shift): [string, string] => [' (base64)', toBase64(bytes, shift)]),
    [' (hex)', bytes.toString('hex')],
    [' (URL-encoded)', encodeURIComponent(secret)],
    [' (JSON)', JSON.stringify(secret).slice(1, -1)],
    [' (escaped)', secret.replaceAll('%', '%25')],
    ...secret
      .split(/[\r\n]+/)
      .filter((line) => line.trim().length >= 4)
      .map((line): [string, string] => [' (one line of it)', line]),
  ]
  return forms.filter(([, form], index) => forms.findIndex(([, other]) => other === form) === index)
}

/** How the bytes look in base64 when `shift` others come before them, without what depends on their neighbours. */
function toBase64(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6))
}
