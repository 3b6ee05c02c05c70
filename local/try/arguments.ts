import { statSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { commands, isCommand } from '../../src/inputs/commands.ts'
import { nearest } from '../../src/suggest.ts'
import { readInputs } from '../runner/action-metadata.ts'

/** The tokens of the sample workspace that a run may have. */
export const tokenKinds = [
  'workspace',
  'account',
  'oauth',
  'project',
  'foreign',
  'revoked',
] as const
export type TokenKind = (typeof tokenKinds)[number]

export interface TryOptions {
  /** Inputs of the action by name, the command among them. */
  inputs: Record<string, string>
  /** Name of an event, or path of a file with its payload. */
  event: string
  eventName: string | undefined
  /** Folder that is the checkout. */
  files: string | undefined
  token: TokenKind
  github: boolean
}

export type ParsedArguments =
  | { kind: 'run'; options: TryOptions }
  | { kind: 'help' }
  | { kind: 'wrong'; problems: string[] }

/** Reads the arguments of `npm run try`, and reports everything that is wrong with them. */
export function parseArguments(args: readonly string[]): ParsedArguments {
  const problems: string[] = []
  const { values, positionals } = readOptions(args, problems)
  if (values?.help) return { kind: 'help' }
  if (!values) return { kind: 'wrong', problems }
  const inputs = readWords(positionals, problems)
  const token = tokenKinds.find((kind) => kind === values.token)
  if (!token) problems.push(`--token: expected one of ${tokenKinds.join(', ')}.`)
  const files = values.files
  if (files !== undefined && !isFolder(files)) problems.push(`--files: ${files} is not a folder.`)
  if (problems.length > 0 || !token) return { kind: 'wrong', problems }
  const event = values.event ?? (inputs.command === 'preview' ? 'pull_request' : 'push')
  const github = !values['no-github']
  return {
    kind: 'run',
    options: { inputs, event, eventName: values['event-name'], files, token, github },
  }
}

function readOptions(args: readonly string[], problems: string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        event: { type: 'string' },
        'event-name': { type: 'string' },
        files: { type: 'string' },
        token: { type: 'string', default: 'workspace' },
        'no-github': { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    problems.push(error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error))
    return { values: null, positionals: [] }
  }
}

/** Reads the command, if there is one, and `name=value` for every other word. */
function readWords(words: readonly string[], problems: string[]): Record<string, string> {
  const declared = readInputs(resolve(import.meta.dirname, '..', '..', 'action.yml'))
  const names = [...(declared?.keys() ?? [])]
  const inputs: Record<string, string> = { command: 'check' }
  for (const [index, word] of words.entries()) {
    const at = word.indexOf('=')
    const name = word.slice(0, at)
    if (at < 0 && index === 0) {
      if (!isCommand(word)) problems.push(unknown('command', word, commands))
      inputs.command = word
    } else if (at < 0) problems.push(`${word}: write inputs as name=value.`)
    else if (!names.includes(name)) problems.push(unknown('input', name, names))
    else inputs[name] = word.slice(at + 1).replaceAll('\\n', '\n')
  }
  return inputs
}

function unknown(what: string, word: string, known: readonly string[]): string {
  const meant = nearest(word, known)
  return meant
    ? `There is no ${what} ${word}. Did you mean ${meant}?`
    : `There is no ${what} ${word}. Known are ${known.join(', ')}.`
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
