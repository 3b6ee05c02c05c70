import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { commands, isCommand } from '../../src/inputs/commands.ts'
import { nearest } from '../../src/suggest.ts'
import { type OptionKind, type ReadOptions, readOptions } from '../options.ts'
import { readInputs } from '../runner/action-metadata.ts'
import { eventNames } from './events.ts'

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
  /** Inputs of the action by name, the command among them; of a workflow, its inputs of `workflow_dispatch`. */
  inputs: Record<string, string>
  /** Path of a workflow file, whose steps run in place of one command. */
  workflow: string | undefined
  /** Name of an event, or path of a file with its payload; `undefined` for what the command or workflow usually runs for. */
  event: string | undefined
  eventName: string | undefined
  /** Folder that is the checkout, or `sample`. */
  files: string | undefined
  /** File that keeps what a run leaves behind. */
  state: string | undefined
  token: TokenKind
  github: boolean
  /** Paths that a new commit changes, which the event is of. */
  changes: readonly string[]
  /** Services by `project/service` whose next build fails, or whose address answers with an error. */
  fail: readonly string[]
  unhealthy: readonly string[]
  /** Secrets of the repository, and outputs of steps that run a command (`step.name`), by name. */
  secrets: Readonly<Record<string, string>>
  outputs: Readonly<Record<string, string>>
}

export type ParsedArguments =
  | { kind: 'run'; options: TryOptions }
  | { kind: 'help' }
  | { kind: 'wrong'; problems: readonly string[] }

const optionKinds = {
  help: 'flag',
  event: 'value',
  'event-name': 'value',
  files: 'value',
  state: 'value',
  token: 'value',
  'no-github': 'flag',
  workflow: 'value',
  changes: 'values',
  fail: 'values',
  unhealthy: 'values',
  secret: 'values',
  output: 'values',
} as const satisfies Record<string, OptionKind>

type Options = ReadOptions<keyof typeof optionKinds>

/** Reads the arguments of `npm run try`, and reports everything that is wrong with them. */
export function parseArguments(args: readonly string[]): ParsedArguments {
  const inputNames = declaredInputs()
  const options = readOptions(args, optionKinds, (name) =>
    inputNames.includes(name) ? `Write the input as ${name}=value.` : null,
  )
  if (options.has('help')) return { kind: 'help' }
  const problems = [...options.problems, ...wrongPaths(options), ...wrongEvent(options)]
  const workflow = options.value('workflow')
  const inputs =
    workflow === undefined
      ? readCommand(options.words, inputNames, problems)
      : readPairs(options.words, 'inputs of the workflow', problems)
  const token = readToken(options.value('token'), problems)
  if (workflow === undefined) problems.push(...onlyWithWorkflow(options))
  if (workflow === undefined && inputs.token !== undefined && options.has('token')) {
    problems.push('--token would have no effect, because the input token is given. Remove one.')
  }
  const secrets = readPairs(options.values('secret'), '--secret', problems)
  const outputs = readPairs(options.values('output'), '--output', problems)
  if (problems.length > 0) return { kind: 'wrong', problems }
  return {
    kind: 'run',
    options: {
      inputs,
      workflow,
      event: options.value('event'),
      eventName: options.value('event-name'),
      files: options.value('files'),
      state: options.value('state'),
      token,
      github: !options.has('no-github'),
      changes: options.values('changes'),
      fail: options.values('fail'),
      unhealthy: options.values('unhealthy'),
      secrets,
      outputs,
    },
  }
}

function wrongPaths(options: Options): string[] {
  const files = options.value('files')
  const workflow = options.value('workflow')
  const state = options.value('state')
  return [
    ...(state !== undefined && !isFolder(dirname(state))
      ? [`--state: cannot write ${state}, because ${dirname(state)} is not a folder.`]
      : []),
    ...(files !== undefined && files !== 'sample' && !isFolder(files)
      ? [`--files: ${files} is not a folder. Name one, or write \`sample\`.`]
      : []),
    ...(workflow !== undefined && !isFile(workflow)
      ? [`--workflow: ${workflow} is not a file.`]
      : []),
  ]
}

function wrongEvent(options: Options): string[] {
  const event = options.value('event')
  const named = event !== undefined && eventNames.includes(event)
  if (options.has('event-name') && (event === undefined || named)) {
    return ['--event-name goes with a file in --event, whose payload does not tell its event.']
  }
  if (event === undefined || named || isFile(event)) return []
  const meant = nearest(event, eventNames)
  return [
    `--event: ${JSON.stringify(event)} is neither a file nor one of ${eventNames.join(', ')}.${
      meant ? ` Did you mean ${meant}?` : ''
    }`,
  ]
}

function readToken(given: string | undefined, problems: string[]): TokenKind {
  const token = tokenKinds.find((kind) => kind === (given ?? 'workspace'))
  if (token) return token
  const meant = nearest(given ?? '', tokenKinds)
  problems.push(
    `--token: expected one of ${tokenKinds.join(', ')}, not ${given}.${
      meant ? ` Did you mean ${meant}?` : ''
    }`,
  )
  return 'workspace'
}

const onlyWithWorkflow = (options: Options): string[] =>
  (['secret', 'output'] as const)
    .filter((name) => options.has(name))
    .map((name) => `--${name} goes with --workflow.`)

/** Reads the command, if there is one, and `name=value` for every other word. */
function readCommand(
  words: readonly string[],
  names: readonly string[],
  problems: string[],
): Record<string, string> {
  const [first] = words
  const command = first === undefined || first.includes('=') ? null : first
  if (command !== null && !isCommand(command)) {
    problems.push(unknown('command', command, commands))
  }
  const inputs = readPairs(command === null ? words : words.slice(1), 'inputs', problems)
  for (const name of Object.keys(inputs)) {
    if (!names.includes(name)) problems.push(unknown('input', name, names))
  }
  return { command: command ?? 'check', ...inputs }
}

/** Reads `name=value`; `\n` in a value separates lines. */
function readPairs(
  words: readonly string[],
  what: string,
  problems: string[],
): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (const word of words) {
    const at = word.indexOf('=')
    const name = word.slice(0, at)
    if (at < 1) problems.push(`${word}: write ${what} as name=value.`)
    else if (Object.hasOwn(pairs, name)) problems.push(`${name} is given twice.`)
    else pairs[name] = word.slice(at + 1).replaceAll('\\n', '\n')
  }
  return pairs
}

function declaredInputs(): string[] {
  const declared = readInputs(resolve(import.meta.dirname, '..', '..', 'action.yml'))
  return [...(declared?.keys() ?? [])]
}

function unknown(what: string, word: string, known: readonly string[]): string {
  const meant = nearest(word, known)
  const shown = /^\S+$/.test(word) ? word : JSON.stringify(word)
  return meant
    ? `There is no ${what} ${shown}. Did you mean ${meant}?`
    : `There is no ${what} ${shown}. Known are ${known.join(', ')}.`
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
const isFile = (path: string) => !(statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true)
