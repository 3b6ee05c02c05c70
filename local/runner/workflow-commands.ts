/** A workflow command: an instruction to the runner in a line of the action's output. */
export interface Command {
  name: string
  properties: Record<string, string>
  data: string
}

/** The names of the runner's commands. A line with another name is text. */
const KNOWN = new Set(
  (
    'set-env set-output save-state add-path add-mask add-matcher remove-matcher ' +
    'warning error notice debug group endgroup echo stop-commands'
  ).split(' '),
)

export const isKnown = (name: string) => KNOWN.has(name.toLowerCase())

/**
 * Parses `::name key=value,key=value::data` at the start of a line, after white space as .NET defines it.
 *
 * @param isCommand whether there is a command with this name
 */
export function parseCommand(
  line: string,
  isCommand: (name: string) => boolean,
): Command | undefined {
  const trimmed = line.replace(/^[\s\u0085]+/, '')
  const end = trimmed.indexOf('::', 2)
  if (!trimmed.startsWith('::') || end < 0) return undefined
  const [name = '', properties = ''] = splitOnce(trimmed.slice(2, end), ' ')
  if (!isCommand(name)) return undefined
  return {
    name,
    properties: parseProperties(properties.trim().split(','), unescapeProperty),
    data: unescapeData(trimmed.slice(end + 2)),
  }
}

/** Parses `##[name key=value;key=value]data` anywhere in a line. */
export function parseLegacyCommand(
  line: string,
  isCommand: (name: string) => boolean,
): Command | undefined {
  const start = line.indexOf('##[')
  const end = line.indexOf(']', start)
  if (start < 0 || end < 0) return undefined
  const [name = '', properties = ''] = splitOnce(line.slice(start + 3, end), ' ')
  if (!isCommand(name)) return undefined
  return {
    name,
    properties: parseProperties(properties.trim().split(';'), unescapeLegacy),
    data: unescapeLegacy(line.slice(end + 1)),
  }
}

function parseProperties(pairs: string[], unescapeValue: (text: string) => string) {
  return Object.fromEntries(
    pairs.flatMap((pair) => {
      const [key, value = ''] = splitOnce(pair, '=')
      return key === '' || value === '' ? [] : [[key, unescapeValue(value)] as const]
    }),
  )
}

function splitOnce(text: string, separator: string): [string] | [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)]
}

const unescapeData = (text: string) =>
  text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%')

const unescapeProperty = (text: string) =>
  text
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%3A', ':')
    .replaceAll('%2C', ',')
    .replaceAll('%25', '%')

const unescapeLegacy = (text: string) =>
  text
    .replaceAll('%3B', ';')
    .replaceAll('%0D', '\r')
    .replaceAll('%0A', '\n')
    .replaceAll('%5D', ']')
    .replaceAll('%25', '%')
