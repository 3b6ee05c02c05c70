export const commands = ['check', 'list', 'deploy', 'variables', 'preview', 'rollback'] as const
export type Command = (typeof commands)[number]

const changing: ReadonlySet<string> = new Set<Command>([
  'deploy',
  'variables',
  'preview',
  'rollback',
])

/** `true` for a command that changes something at Railway. */
export const isChanging = (command: string) => changing.has(command)

/** `true` for the name of a command. */
export const isCommand = (name: string): name is Command =>
  commands.some((command) => command === name)
