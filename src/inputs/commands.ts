/** The values of the input `command`. */
export const commands = ['check', 'list', 'deploy', 'variables', 'preview', 'rollback'] as const

/** A value of the input `command`. */
export type Command = (typeof commands)[number]

const changing: ReadonlySet<string> = new Set<Command>([
  'deploy',
  'variables',
  'preview',
  'rollback',
])

/** Returns whether a command changes something in Railway. */
export const isChanging = (command: string) => changing.has(command)

/** Returns whether a text is the name of a command. */
export const isCommand = (name: string): name is Command =>
  commands.some((command) => command === name)
