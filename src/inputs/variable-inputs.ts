import type { z } from 'zod'
import type { Failure } from '../errors/codes.ts'
import { listNames } from '../errors/messages.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Warning } from '../errors/warning.ts'
import type { Secret } from '../secret.ts'
import type { Fault } from '../variables/entries.ts'
import { isCommitName, isRailwayProvided, isVariableName } from '../variables/names.ts'
import { parseVariables, type VariableValues } from '../variables/parse.ts'
import { choice, flag, input, type Pattern, patterns, text } from './fields.ts'
import { invalidInput } from './invalid-input.ts'
import { listEntries } from './list-entries.ts'
import { type OwnToken, ownTokenIn } from './own-tokens.ts'
import type { RawInputs } from './raw-inputs.ts'

/** The request that the inputs make about variables. */
export interface VariableRequest {
  /** The files, later over earlier, and the input `variables` over them. */
  readonly values: VariableValues
  /** The environment whose variables lie below the values. */
  readonly from: string | null
  /** The names that are taken from there; `null` for all of them. */
  readonly names: readonly Pattern[] | null
  readonly remove: readonly string[]
  /** The environment's shared variables are meant, not those of each service. */
  readonly shared: boolean
  readonly mode: 'merge' | 'replace'
  /** An empty value may be written over another one. */
  readonly allowEmpty: boolean
  /** For `variables`: deploy what has changed. */
  readonly redeploy: boolean
}

/** The inputs about variables; their values are read by {@link readValues}, beside all other inputs. */
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

/** The text of a file that an input names, or the reason why it is not read. */
export type FileReading =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: FileProblem }

/** Why a file is not read. A file is `outside` if it leaves the workspace once its links are resolved. */
export type FileProblem =
  | 'missing'
  | 'outside'
  | 'repository-data'
  | 'not-a-file'
  | 'too-large'
  | 'not-utf8'
  | 'unreadable'

/** Reads a file that an input names, without ever waiting for it. */
export type ReadFile = (path: string) => FileReading

/** Whether the inputs ask for anything of variables. */
export const hasVariables = ({ values, from, remove, mode }: VariableRequest) =>
  values.size > 0 || from !== null || remove.length > 0 || mode === 'replace'

/** Faults told at most; a wrong format has one at every line. */
const mostFaults = 8

/**
 * Reads every source of values and reports all that is wrong with them. Without `readFile` the files are
 * taken for right: examples in the documentation are checked so.
 */
export function readValues(
  raw: RawInputs,
  readFile: ReadFile | null,
  ownTokens: readonly OwnToken[] = [],
): Result<VariableValues> {
  const files = readFile ? listEntries(raw['variables-file'] ?? '') : []
  const readText = (path: string) => {
    const reading: FileReading = readFile?.(path) ?? { kind: 'missing' }
    return reading.kind === 'text' ? reading.text : { problem: reading.kind }
  }
  const sources = [
    ...files.map((path) => ({ input: 'variables-file', path, text: readText(path) })),
    { input: 'variables', path: null, text: raw.variables ?? '' },
  ]
  const values = new Map<string, Secret>()
  const failures: Failure[] = []
  for (const { input, path, text } of sources) {
    if (typeof text !== 'string') {
      failures.push(unreadableFile(path ?? '', text.problem))
      continue
    }
    const parsed = parseVariables(text)
    if (parsed.faults.length > 0) failures.push(toFailure(input, path, parsed.faults))
    failures.push(...heldTokens(input, parsed.values, ownTokens))
    for (const [name, value] of parsed.values) values.set(name, value)
  }
  return failures.length > 0 ? err(failures) : ok(values)
}

/** Refuses the run's own tokens as values: `${{ toJSON(secrets) }}` hands over all of them. */
function heldTokens(
  input: string,
  values: VariableValues,
  ownTokens: readonly OwnToken[],
): Failure[] {
  const held = [...values].flatMap(([name, value]) => {
    const found = ownTokenIn(value.reveal(), ownTokens)
    return found === null ? [] : [`${isVariableName(name) ? name : 'one'} holds ${found}`]
  })
  if (held.length === 0) return []
  const expected = `values without the run's own tokens, which do not belong into a service: ${held.slice(0, mostFaults).join('; ')}. Name the variables one by one, not with \`toJSON(secrets)\``
  return [invalidInput(input, null, expected)]
}

const expectedFiles: Readonly<Record<FileProblem, string>> = {
  missing:
    'paths of files that exist, relative to the workspace, one a line; contents belong in `variables`',
  outside:
    'paths of files inside the workspace once links are resolved, or absolute paths inside `RUNNER_TEMP`',
  'repository-data': 'paths of files outside `.git`',
  'not-a-file': 'paths of regular files; this is a directory, a pipe or a device',
  'too-large': 'paths of files of at most 4 MiB',
  'not-utf8': 'paths of files in UTF-8',
  unreadable: 'paths of files that can be read',
}

/** Text that is plainly a path: what stands in place of one may be a secret, and is not repeated. */
const plainPath = /^[\w./\\ -]{0,200}(?:[/\\]|^)[\w-]{0,60}\.[a-z]\w{0,15}$/i

function unreadableFile(path: string, problem: FileProblem): Failure {
  const given =
    (problem !== 'missing' && problem !== 'unreadable') || plainPath.test(path) ? path : null
  return invalidInput('variables-file', given, expectedFiles[problem])
}

/** Puts the fields and the values together. */
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

/** Words a fault without the text that was given: it is, or may be, a secret. */
function toFailure(input: string, path: string | null, faults: readonly Fault[]): Failure {
  const told = faults.slice(0, mostFaults).map(({ line, what }) => {
    return `${path === null ? '' : `${path}, `}line ${line}: ${what}`
  })
  const rest = faults.length - told.length
  const all = [...told, ...(rest > 0 ? [`${rest} more`] : [])].join('; ')
  const takes = `dotenv lines (\`NAME=value\`) or a JSON object of strings. What stands in the way: ${all}`
  return invalidInput(input, null, takes)
}

/** Warns of commit data among the values: Railway overwrites it where it builds from a repository. */
export function variableWarnings({ values }: VariableRequest): Warning[] {
  const names = [...values.keys()].filter(isCommitName)
  if (names.length === 0) return []
  return [
    {
      title: 'Railway may set these variables itself',
      message: `${listNames(names)}: Railway sets such variables itself for a service that it builds from a repository, and the value given here has no effect there. For an image or an upload it is used.`,
    },
  ]
}

/** Names that cannot be removed: given a value as well, or Railway's own. */
export function badRemovals({ remove, values }: VariableRequest): Failure[] {
  const refuse = (given: string, takes: string) => [invalidInput('remove-variables', given, takes)]
  return remove.flatMap((name) => {
    if (values.has(name)) return refuse(name, 'names that are not given a value as well')
    if (isRailwayProvided(name) && !isCommitName(name)) {
      return refuse(name, 'names that Railway does not set itself')
    }
    return []
  })
}

/** Names to remove, one a line. They are only held against what a line can be: Railway knows what there is. */
function parseNames(given: string): string[] | undefined {
  const names = listEntries(given)
  return names.every((name) => /^[^\s=]+$/.test(name)) ? names : undefined
}
