import { type Command, isKnown, parseCommand, parseLegacyCommand } from './workflow-commands.ts'

/** An error, a warning or a notice that GitHub shows on the page of the run. */
export interface Annotation {
  level: 'error' | 'warning' | 'notice'
  title: string | undefined
  message: string
  file: string | undefined
  line: number | undefined
  endLine: number | undefined
  column: number | undefined
}

/** A line of the log as GitHub displays it. */
export interface LogLine {
  /** The text, with `***` for masked values. */
  text: string
  kind: 'text' | 'error' | 'warning' | 'notice' | 'debug' | 'group'
  /** Title of the group that contains the line. */
  group: string | undefined
}

/** A log after the runner has executed its workflow commands. */
export interface Log {
  lines: LogLine[]
  annotations: Annotation[]
  masks: string[]
  groups: { title: string; lines: string[] }[]
  debug: string[]
  /** The executed commands, in order. */
  commands: Command[]
  /** The executed commands in the legacy format `##[name]`, which the runner accepts anywhere in a line. */
  legacyCommands: Command[]
}

/**
 * Executes the workflow commands in the output of an action, as the runner does (actions/runner, ActionCommandManager).
 *
 * @param lines the output, one entry a line
 */
export function readLog(
  lines: string[],
  { masks = [], debug = false }: { masks?: string[]; debug?: boolean } = {},
): Log {
  const reader = new LogReader(masks, debug)
  for (const line of lines) reader.read(line)
  return reader.log
}

class LogReader {
  readonly log: Log
  #debug: boolean
  #group: { title: string; lines: string[] } | undefined
  /** Name of the command that resumes execution after `stop-commands`. While it is set, commands are not executed. */
  #resumeToken: string | undefined

  constructor(masks: string[], debug: boolean) {
    this.#debug = debug
    this.log = {
      lines: [],
      annotations: [],
      masks: masks.flatMap(toMasks),
      groups: [],
      debug: [],
      commands: [],
      legacyCommands: [],
    }
  }

  read(line: string): void {
    const isCommand = (name: string) => isKnown(name) || name.toLowerCase() === this.#resumeToken
    const current = parseCommand(line, isCommand)
    const command = current ?? parseLegacyCommand(line, isCommand)
    if (!command) {
      this.#show('text', line)
      return
    }
    if (this.#resumeToken !== undefined) {
      if (command.name.toLowerCase() === this.#resumeToken) this.#resumeToken = undefined
      this.#show('text', line)
      return
    }
    this.log.commands.push(command)
    if (!current) this.log.legacyCommands.push(command)
    this.#execute(command, line)
  }

  #execute(command: Command, line: string): void {
    const { data } = command
    const name = command.name.toLowerCase()
    switch (name) {
      case 'error':
      case 'warning':
      case 'notice':
        this.#annotate(name, command)
        return
      case 'debug':
        this.log.debug.push(data)
        if (this.#debug) this.#show('debug', data)
        return
      case 'add-mask':
        this.log.masks.push(...toMasks(data))
        return
      case 'group':
        this.#show('group', data)
        this.#group = { title: this.#mask(data), lines: [] }
        this.log.groups.push(this.#group)
        return
      case 'endgroup':
        this.#group = undefined
        return
      case 'stop-commands':
        this.#resumeToken = data.toLowerCase()
        this.#show('text', line)
        return
    }
  }

  #annotate(level: Annotation['level'], { properties, data }: Command): void {
    const { title, file } = properties
    this.log.annotations.push({
      level,
      title,
      message: data,
      file,
      line: toNumber(properties.line),
      endLine: toNumber(properties.endLine),
      column: toNumber(properties.col),
    })
    this.#show(level, data)
  }

  #show(kind: LogLine['kind'], text: string): void {
    for (const line of this.#mask(text).split(/\r\n|\r|\n/)) {
      this.log.lines.push({ text: line, kind, group: this.#group?.title })
      if (kind !== 'group') this.#group?.lines.push(line)
    }
  }

  #mask(text: string): string {
    const longestFirst = this.log.masks.toSorted((a, b) => b.length - a.length)
    return longestFirst.reduce((masked, mask) => masked.replaceAll(mask, '***'), text)
  }
}

/** Returns the texts to mask for a value: the value, and each of its lines. */
function toMasks(value: string): string[] {
  return [...new Set([value, ...value.split(/[\r\n]+/)])].filter((mask) => mask.trim() !== '')
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : Number(text)
}
