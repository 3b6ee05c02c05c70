import { type Command, isKnown, parseCommand, parseLegacyCommand } from './workflow-commands.ts'

/** An error, a warning or a notice, as GitHub shows it on the run and in the changed files. */
export interface Annotation {
  level: 'error' | 'warning' | 'notice'
  title: string | undefined
  message: string
  file: string | undefined
  line: number | undefined
  endLine: number | undefined
  column: number | undefined
}

/** A line of the log as people see it, masked, in the group it stands in. */
export interface LogLine {
  text: string
  kind: 'text' | 'error' | 'warning' | 'notice' | 'debug' | 'group'
  group: string | undefined
}

export interface Log {
  lines: LogLine[]
  annotations: Annotation[]
  masks: string[]
  groups: { title: string; lines: string[] }[]
  debug: string[]
  /** Every command that was executed, in order. */
  commands: Command[]
  /** Those of them in the old form `##[name]`, which counts anywhere in a line. */
  legacyCommands: Command[]
}

/** Reads what an action printed, line by line, the way the runner does (actions/runner, ActionCommandManager). */
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
  /** While set, commands are not executed: the command that has this name ends that. */
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
    const known = (name: string) => isKnown(name) || name.toLowerCase() === this.#resumeToken
    const current = parseCommand(line, known)
    const command = current ?? parseLegacyCommand(line, known)
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
    switch (command.name.toLowerCase()) {
      case 'error':
      case 'warning':
      case 'notice':
        this.#annotate(command)
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

  #annotate({ name, properties, data }: Command): void {
    const level = name.toLowerCase() as Annotation['level']
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

/** A mask of several lines hides the whole and each line. */
function toMasks(value: string): string[] {
  return [...new Set([value, ...value.split(/[\r\n]+/)])].filter((mask) => mask.trim() !== '')
}

function toNumber(text: string | undefined): number | undefined {
  return text === undefined || text === '' ? undefined : Number(text)
}
