import type { Annotation, LogLine } from './log.ts'
import { PLAIN, renderMarkdown, type TextStyle } from './render-markdown.ts'
import type { Transcript } from './transcript.ts'

const COLORS = { red: 31, yellow: 33, blue: 34, magenta: 35, gray: 90, bold: 1 } as const

export interface RenderOptions {
  /** Whether to use ANSI colors; true by default. */
  color?: boolean
  /** Heading of the log. */
  title?: string
  /** Whether to include the outputs, of which long values are truncated. */
  outputs?: boolean
}

/** Renders a transcript for a terminal: the log, the annotations, the summary, and the outputs. */
export function render(
  transcript: Transcript,
  { color = true, title, outputs = false }: RenderOptions = {},
): string {
  const paint = (style: keyof typeof COLORS, text: string) =>
    color && text !== '' ? `\u001b[${COLORS[style]}m${text}\u001b[0m` : text
  const style: TextStyle = color
    ? {
        bold: (text) => paint('bold', text),
        gray: (text) => paint('gray', text),
        link: (text, url) => `\u001b]8;;${url}\u0007${text}\u001b]8;;\u0007`,
      }
    : PLAIN
  const heading = (text: string) =>
    paint('bold', `── ${text} ${'─'.repeat(Math.max(0, 90 - text.length))}`)
  const { exitCode, signal, seconds } = transcript
  const result = exitCode === 0 ? 'succeeded' : 'failed'
  const exit = signal ? `ended by ${signal}` : `exit code ${exitCode}`
  return [
    heading(title ?? 'Log'),
    ...transcript.log.map((line) => renderLine(line, paint)),
    ...section(
      heading('Annotations'),
      transcript.annotations.map((one) => renderAnnotation(one, paint)),
    ),
    ...section(
      heading('Summary'),
      transcript.summary === '' ? [] : [renderMarkdown(transcript.summary, style)],
    ),
    ...section(
      heading('Outputs'),
      outputs ? Object.entries(transcript.outputs).map((entry) => renderOutput(entry, paint)) : [],
    ),
    '',
    heading(`The step ${result}: ${exit}, after ${formatSeconds(seconds)}`),
    '',
  ].join('\n')
}

/** Renders the lines of a log without colors. Lines in a group are indented. */
export function renderLog(log: readonly LogLine[]): string[] {
  return log.map((line) => renderLine(line, (_, text) => text))
}

type Paint = (style: keyof typeof COLORS, text: string) => string

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines]
}

function renderLine({ kind, text, group }: LogLine, paint: Paint): string {
  const indent = group === undefined ? '' : '  '
  switch (kind) {
    case 'group':
      return paint('bold', `▾ ${text}`)
    case 'error':
      return indent + paint('red', `Error: ${text}`)
    case 'warning':
      return indent + paint('yellow', `Warning: ${text}`)
    case 'notice':
      return indent + paint('blue', `Notice: ${text}`)
    case 'debug':
      return indent + paint('magenta', `##[debug]${text}`)
    default:
      return indent + text
  }
}

function renderAnnotation({ level, title, message, file, line }: Annotation, paint: Paint): string {
  const style = { error: 'red', warning: 'yellow', notice: 'blue' } as const
  const place = file === undefined ? '' : ` (${file}${line === undefined ? '' : `:${line}`})`
  const head = paint(style[level], [level, title].filter(Boolean).join(': ')) + paint('gray', place)
  return [head, ...message.split('\n').map((text) => `  ${text}`)].join('\n')
}

const maxOutputLength = 300

function renderOutput([name, value]: [string, string], paint: Paint): string {
  const cut = value.length > maxOutputLength
  const shown = cut ? value.slice(0, maxOutputLength) : value
  const rest = cut ? paint('gray', `… (${value.length} characters)`) : ''
  return `${paint('bold', name)}=${shown}${rest}`
}

function formatSeconds(seconds: number): string {
  const minutes = Math.floor(seconds / 60)
  const rest = Math.round(seconds - minutes * 60)
  return minutes === 0 ? `${rest} s` : `${minutes} min ${rest} s`
}
