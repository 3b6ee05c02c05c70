import type { z } from 'zod'
import type { Failure } from '../errors/codes.ts'
import { listNames } from '../errors/list-names.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Warning } from '../errors/warning.ts'
import type { Secret } from '../secret.ts'
import type { ParseProblem } from '../variables/entries.ts'
import { isCommitName, isRailwayProvided, isVariableName } from '../variables/names.ts'
import { parseVariables, type VariableValues } from '../variables/parse.ts'
import { choice, flag, input, type Pattern, patterns, text } from './fields.ts'
import { invalidInput, rejected } from './invalid-input.ts'
import { listEntries } from './list-entries.ts'
import type { RawInputs } from './raw-inputs.ts'
import { findRunToken, type RunToken } from './run-tokens.ts'

/** The request for changes of variables. */
export interface VariableRequest {
  /** The values to set. Later files override earlier ones, and the input `variables` overrides files. */
  readonly values: VariableValues
  /** The environment to copy variables from; `values` override them. */
  readonly from: string | null
  /** The patterns of the names to copy; `null` for all names. */
  readonly names: readonly Pattern[] | null
  /** The names to remove, each once. */
  readonly remove: readonly string[]
  /** Whether the environment's shared variables are changed, in place of those of each service. */
  readonly shared: boolean
  readonly mode: 'merge' | 'replace'
  /** Whether empty values are accepted: a stored value may become empty, and a new variable may be empty. */
  readonly allowEmpty: boolean
  /** Whether services with changed variables are deployed. Only the command `variables` uses it. */
  readonly redeploy: boolean
}

/** The types of the inputs about variables. {@link readValues} parses `variables` and the files. */
export const variableShape = {
  'variables-file': input('paths of files, one a line', listEntries, null),
  'variables-from': text(),
  'variables-names': patterns([]),
  'remove-variables': input('names of variables, one a line', parseNames, null),
  'shared-variables': flag(false),
  'variables-mode': choice(['merge', 'replace'], 'merge'),
  'allow-empty-values': flag(false),
  redeploy: flag(true),
}

/** The result of parsing {@link variableShape}. */
export type VariableFields = z.infer<z.ZodObject<typeof variableShape>>

/** The text of a file that an input names, or the reason for not reading it. */
export type FileReading =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: FileProblem }

/** The reason for not reading a file. `outside`: its path with all links resolved is not in the workspace. */
export type FileProblem =
  | 'missing'
  | 'outside'
  | 'repository-data'
  | 'not-a-file'
  | 'too-large'
  | 'not-utf8'
  | 'unreadable'

/** A reader of files that inputs name. It never waits for a pipe or a device. */
export type ReadFile = (path: string) => FileReading

/** Returns whether any change of variables is requested. */
export const hasVariables = ({ values, from, remove, mode }: VariableRequest) =>
  values.size > 0 || from !== null || remove.length > 0 || mode === 'replace'

/** The maximum number of faults in a message. Text of a wrong format has one in every line. */
const maxFaults = 8

/**
 * Reads the values of all sources. Returns every error, not only the first. Without `readFile`, files are not read, as
 * when examples of the documentation are checked.
 */
export function readValues(
  raw: RawInputs,
  readFile: ReadFile | null,
  ownTokens: readonly RunToken[] = [],
): Result<VariableValues> {
  const files = readFile
    ? listEntries(raw['variables-file'] ?? '').map((path) => ({ path, reading: readFile(path) }))
    : []
  const values = new Map<string, Secret>()
  const failures: Failure[] = []
  const add = (input: string, path: string | null, text: string) => {
    const parsed = parseVariables(text)
    if (parsed.faults.length > 0) failures.push(toFailure(input, path, parsed.faults))
    failures.push(...checkOwnTokens(input, parsed.values, ownTokens))
    for (const [name, value] of parsed.values) values.set(name, value)
  }
  for (const { path, reading } of files) {
    if (reading.kind === 'text') add('variables-file', path, reading.text)
    else failures.push(unreadableFile(path, reading.kind))
  }
  add('variables', null, raw.variables ?? '')
  return failures.length > 0 ? err(failures) : ok(values)
}

/** Rejects the run's own tokens as values. `${{ toJSON(secrets) }}` contains all of them. */
function checkOwnTokens(
  input: string,
  values: VariableValues,
  ownTokens: readonly RunToken[],
): Failure[] {
  const held = [...values].flatMap(([name, value]) => {
    const found = findRunToken(value.reveal(), ownTokens)
    return found === null ? [] : [`${isVariableName(name) ? name : 'one'} holds ${found}`]
  })
  if (held.length === 0) return []
  const because = `It contains tokens of this run, which no service needs: ${held.slice(0, maxFaults).join('; ')}. List the variables one by one instead of \`toJSON(secrets)\`.`
  return [invalidInput(input, null, rejected(because))]
}

/** The sentence for each problem of a file. */
const fileProblems: Readonly<Record<FileProblem, string>> = {
  missing:
    'The file does not exist in the workspace. Expected one path a line. To give the variables themselves, use the input `variables`.',
  outside:
    'The file is outside of the workspace, also after symbolic links are followed. An absolute path may be inside `RUNNER_TEMP`.',
  'repository-data': 'The file is in `.git`, which may contain the credentials of the checkout.',
  'not-a-file': 'It is a directory, a pipe or a device. Expected a file.',
  'too-large': 'The file is larger than 4 MiB.',
  'not-utf8': 'The file is not in UTF-8.',
  unreadable: 'The runner cannot read the file.',
}

/** The format of text that is certainly a path. Any other text may be a secret, so no message repeats it. */
const plainPath = /^[\w./\\ -]{0,200}(?:[/\\]|^)[\w-]{0,60}\.[a-z]\w{0,15}$/i

/** The problems of a file that does not have to exist. Its path may be values that were given in place of a path. */
const withoutFile: readonly FileProblem[] = ['missing', 'unreadable', 'outside']

function unreadableFile(path: string, problem: FileProblem): Failure {
  // A line of a key may start with `/` and is then outside of the workspace. No line of values starts with `..`.
  const leadsUp = problem === 'outside' && /^\.\.[/\\]/.test(path)
  const isPath = !withoutFile.includes(problem) || leadsUp || plainPath.test(path)
  return invalidInput('variables-file', isPath ? path : null, rejected(fileProblems[problem]))
}

/** Builds the request from the parsed inputs and the values. */
export function toVariableRequest(fields: VariableFields, values: VariableValues): VariableRequest {
  return {
    values,
    from: fields['variables-from'],
    names: fields['variables-names'],
    remove: [...new Set(fields['remove-variables'] ?? [])],
    shared: fields['shared-variables'],
    mode: fields['variables-mode'],
    allowEmpty: fields['allow-empty-values'],
    redeploy: fields.redeploy,
  }
}

/** Builds the error of a source with faults. It does not repeat the text, which may be a secret. */
function toFailure(input: string, path: string | null, faults: readonly ParseProblem[]): Failure {
  const shown = faults.slice(0, maxFaults).map(({ line, message }) => {
    return `${path === null ? '' : `${path}, `}line ${line}: ${message}`
  })
  const rest = faults.length - shown.length
  const all = [...shown, ...(rest > 0 ? [`${rest} more`] : [])].join('; ')
  const because = `Expected dotenv lines (\`NAME=value\`) or a JSON object of strings. Found errors: ${all}.`
  return invalidInput(input, null, rejected(because))
}

/** Warns of commit data among the values. Railway overwrites it if it builds the service from a repository. */
export function variableWarnings({ values }: VariableRequest): Warning[] {
  const names = [...values.keys()].filter(isCommitName)
  if (names.length === 0) return []
  return [
    {
      title: 'Railway may set these variables itself',
      message: `The values of ${listNames(names)} have no effect for services that Railway builds from a repository, because Railway sets these variables itself there. They have an effect for images and uploads. Use other names if the services need these values.`,
    },
  ]
}

/** Rejects names to remove that also have a value to set, and names that Railway sets itself. */
export function checkRemovals({ remove, values }: VariableRequest): Failure[] {
  const reject = (name: string, because: string) => [
    invalidInput('remove-variables', name, rejected(because)),
  ]
  return remove.flatMap((name) => {
    if (values.has(name)) return reject(name, 'This run also sets a value for the variable.')
    if (isRailwayProvided(name) && !isCommitName(name)) {
      return reject(name, 'Railway sets this variable itself, so it cannot be removed.')
    }
    return []
  })
}

/** Parses the names to remove. Any name without white space and `=` is valid, because Railway may have it. */
function parseNames(given: string): string[] | undefined {
  const names = listEntries(given)
  return names.every((name) => /^[^\s=]+$/.test(name)) ? names : undefined
}
