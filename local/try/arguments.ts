import { statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { commands, isCommand } from '../../src/inputs/commands.ts'
import { mostSimilar } from '../../src/suggest.ts'
import { type OptionKind, type ReadOptions, readOptions } from '../options.ts'
import { readInputs } from '../runner/action-metadata.ts'
import { eventNames } from './events.ts'

/** Kinds of token in the sample workspace, the values of `--token`. */
export const tokenKinds = [
  'workspace',
  'account',
  'oauth',
  'project',
  'foreign',
  'revoked',
] as const
export type TokenKind = (typeof tokenKinds)[number]

/** The parsed arguments of `npm run try`. */
export interface TryOptions {
  /** Inputs of the action by name, including `command`. With `workflow`, the inputs of its `workflow_dispatch`. */
  inputs: Record<string, string>
  /** Path of a workflow file. The steps of its jobs run instead of a single command. */
  workflow: string | undefined
  /** Name of an event, or path of a file with its payload. `undefined`: the default event of the command or workflow. */
  event: string | undefined
  /** Name of the event whose payload is in the file `event`. */
  eventName: string | undefined
  /** Directory to use as the checkout, or `sample` for the files of the sample repository. */
  files: string | undefined
  /** Path of the file that keeps the state of Railway and GitHub between two runs. */
  state: string | undefined
  token: TokenKind
  /** Whether the run gets a token for the local GitHub. */
  github: boolean
  /** Paths of files that the commit of the event changes. */
  changes: readonly string[]
  /** `project/service` of each service whose next build fails. */
  fail: readonly string[]
  /** `project/service` of each service whose web site responds with an error. */
  unhealthy: readonly string[]
  /** Values of `secrets` in the workflow, by name. */
  secrets: Readonly<Record<string, string>>
  /** Outputs of the workflow's `run` steps, by `<step id>.<name>`. */
  outputs: Readonly<Record<string, string>>
}

/** The result of parsing. `problems` are error messages, one sentence each. */
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

/** Parses the arguments of `npm run try`. */
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
      ? [`--files: expected a directory or \`sample\`, not ${files}.`]
      : []),
    ...(workflow !== undefined && !isFile(workflow)
      ? [`--workflow: expected the path of a file, not ${workflow}.`]
      : []),
  ]
}

function wrongEvent(options: Options): string[] {
  const event = options.value('event')
  const named = event !== undefined && eventNames.includes(event)
  if (options.has('event-name') && (event === undefined || named)) {
    return ['--event-name is only valid if --event is a file. It names the event of the payload.']
  }
  if (event === undefined || named || isFile(event)) return []
  const meant = mostSimilar(event, eventNames)
  return [
    `--event: expected the path of a file or one of ${eventNames.join(', ')}, not ${JSON.stringify(event)}.${
      meant ? ` Did you mean ${meant}?` : ''
    }`,
  ]
}

function readToken(given: string | undefined, problems: string[]): TokenKind {
  const token = tokenKinds.find((kind) => kind === (given ?? 'workspace'))
  if (token) return token
  const meant = mostSimilar(given ?? '', tokenKinds)
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
    .map((name) => `--${name} is only valid with --workflow.`)

/** Parses the command, which may be missing, and the inputs `name=value` after it. Adds a message to `problems` for each error. */
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

/** Parses words of the form `name=value`. The two characters `\n` in a value become a line break. */
function readPairs(
  words: readonly string[],
  what: string,
  problems: string[],
): Record<string, string> {
  const pairs: Record<string, string> = {}
  for (const word of words) {
    const at = word.indexOf('=')
    const name = word.slice(0, at)
    if (at < 1) problems.push(`${word}: expected ${what} as name=value.`)
    else if (Object.hasOwn(pairs, name)) problems.push(`${name} is given more than once.`)
    else pairs[name] = word.slice(at + 1).replaceAll('\\n', '\n')
  }
  return pairs
}

function declaredInputs(): string[] {
  const declared = readInputs(resolve(import.meta.dirname, '..', '..', 'action.yml'))
  return [...(declared?.keys() ?? [])]
}

function unknown(what: string, word: string, known: readonly string[]): string {
  const meant = mostSimilar(word, known)
  const shown = /^\S+$/.test(word) ? word : JSON.stringify(word)
  return meant
    ? `There is no ${what} ${shown}. Did you mean ${meant}?`
    : `There is no ${what} ${shown}. The ${what}s are ${known.join(', ')}.`
}

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false
const isFile = (path: string) => !(statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? true)
