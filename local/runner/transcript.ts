import type { StepPaths } from './environment.ts'
import { type Log, readLog } from './log.ts'
import type { WrittenFiles } from './workspace.ts'

/** The exit of a process, its output, and its use of time and memory. */
export interface ProcessResult {
  exitCode: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
  /** Seconds from start to exit: simulated ones, or real ones without a simulated clock. */
  seconds: number
  realMilliseconds: number
  /** Peak memory in bytes; only known for a process that was measured and was not killed. */
  peakRss: number | undefined
  /** CPU time of all threads; only known if `peakRss` is. */
  cpuMilliseconds: number | undefined
}

/** The complete record of a run of the action. */
export interface Transcript extends ProcessResult, Omit<Log, 'lines'>, WrittenFiles {
  /** The raw output, split into lines as the runner does it: first stdout, then stderr. */
  lines: string[]
  /** Paths of the runner's files, which are deleted. */
  paths: StepPaths
  /** The log as GitHub displays it: masked, and without the executed commands. */
  log: Log['lines']
  /** All visible text: the log, the annotations, the summary and the outputs. */
  shown: string
  /** Returns a text for each place that contains the secret or a common encoding of it. */
  leaks(secret: string): string[]
}

export interface TranscriptOptions {
  /** Values that the runner masks without a command: secrets of the workflow, and the GitHub token. */
  masks: string[]
  debug: boolean
}

/** Returns the transcript of a run, from the output of the process and the files that it has written. */
export function toTranscript(
  result: ProcessResult,
  written: WrittenFiles,
  paths: StepPaths,
  options: TranscriptOptions,
): Transcript {
  const lines = [...splitLines(result.stdout), ...splitLines(result.stderr)]
  const { lines: log, ...read } = readLog(lines, options)
  const annotations = read.annotations.map(({ level, title, message }) =>
    [level, title, message].filter(Boolean).join(': '),
  )
  const outputs = Object.entries(written.outputs).map(([name, value]) => `${name}=${value}`)
  const shown = [...log.map(({ text }) => text), ...annotations, written.summary, ...outputs]
  return {
    ...result,
    ...read,
    ...written,
    lines,
    paths,
    log,
    shown: shown.join('\n'),
    leaks: (secret) => findLeaks(secret, lines, written),
  }
}

/** Splits a text into lines as the runner does. A carriage return without a line feed also ends a line. */
export function splitLines(text: string): string[] {
  const lines = text.split(/\r\n|\n|\r/)
  if (lines.at(-1) === '') lines.pop()
  return lines
}

function findLeaks(secret: string, lines: string[], written: WrittenFiles): string[] {
  if (secret === '') throw new Error('Expected a secret that is not empty.')
  const places: [place: string, text: string][] = [
    ...lines
      .map((line, index): [string, string] => [`log line ${index + 1}`, line])
      // The runner does not show these lines. The action prints them to register the secret as a mask.
      .filter(([, line]) => !line.startsWith('::add-mask::')),
    ...named('output', written.outputs),
    ...named('environment', written.env),
    ...named('state', written.state),
    ...named('file', written.tempFiles),
    ['added path', written.addedPaths.join('\n')],
    ['summary', written.summary],
  ]
  const encoded = encodings(secret)
  return places.flatMap(([place, text]) =>
    encoded.filter(([, form]) => text.includes(form)).map(([name]) => `${place}${name}`),
  )
}

function named(kind: string, values: Record<string, string>): [string, string][] {
  return Object.entries(values).map(([name, value]) => [`${kind} ${name}`, value])
}

/** Returns the secret and the encodings of it that a mask of the secret does not match. */
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

/** Returns the base64 digits of the bytes after `shift` other bytes, without the digits that depend on adjacent bytes. */
function toBase64(bytes: Buffer, shift: number): string {
  const text = Buffer.concat([Buffer.alloc(shift), bytes])
    .toString('base64')
    .replace(/=+$/, '')
  return text.slice(Math.ceil((shift * 8) / 6), Math.floor(((shift + bytes.length) * 8) / 6))
}
