import { z } from 'zod'
import { expected, type Failure, failure } from '../errors/codes.ts'
import { err, ok, type Result } from '../errors/result.ts'
import type { Secret } from '../secret.ts'
import type { Fault } from '../variables/entries.ts'
import { isRailwayProvided } from '../variables/names.ts'
import { parseVariables, type VariableValues } from '../variables/parse.ts'
import { choice, flag, input, lines, text } from './fields.ts'
import { hasValue, type RawInputs } from './raw-inputs.ts'

/** What the inputs ask for of variables. */
export interface VariableRequest {
  /** The files, later over earlier, and the input `variables` over them. */
  readonly values: VariableValues
  /** The environment whose variables lie below the values. */
  readonly from: string | null
  readonly remove: readonly string[]
  /** The environment's shared variables are meant, not those of each service. */
  readonly shared: boolean
  readonly mode: 'merge' | 'replace'
  /** For `variables`: deploy what has changed. */
  readonly redeploy: boolean
}

/** The inputs about variables; their values are read by {@link readValues}, beside all other inputs. */
export const variableShape = {
  variables: z.string().default(''),
  'variables-file': input('paths of files, one a line', lines, null),
  'variables-from': text(),
  'remove-variables': input('names of variables, one a line', parseNames, null),
  'shared-variables': flag(false),
  'variables-mode': choice(['merge', 'replace'], 'merge'),
  redeploy: flag(true),
}

/** What {@link variableShape} parses to. */
export type VariableFields = z.infer<z.ZodObject<typeof variableShape>>

/** The text of a file, or `null` where there is none that can be read as UTF-8. */
export type ReadFile = (path: string) => string | null

/** Whether the inputs ask for anything of variables. */
export const hasVariables = ({ values, from, remove, mode }: VariableRequest) =>
  values.size > 0 || from !== null || remove.length > 0 || mode === 'replace'

/** Faults told at most; a wrong format has one at every line. */
const mostFaults = 8

/**
 * Reads every source of values and reports all that is wrong with them. Without `readFile` the files are
 * taken for right: examples in the documentation are checked so.
 */
export function readValues(raw: RawInputs, readFile: ReadFile | null): Result<VariableValues> {
  const files = readFile ? lines(raw['variables-file'] ?? '') : []
  const sources = [
    ...files.map((path) => ({ input: 'variables-file', path, text: readFile?.(path) ?? null })),
    { input: 'variables', path: null, text: raw.variables ?? '' },
  ]
  const values = new Map<string, Secret>()
  const failures: Failure[] = []
  for (const { input, path, text } of sources) {
    if (text === null) {
      const takes = 'paths of UTF-8 files in the checkout, one a line'
      // Contents given in place of a path would be values.
      const given = path?.includes('=') ? null : path
      failures.push(failure('input-invalid', { input, given, problem: expected(takes) }))
      continue
    }
    const parsed = parseVariables(text)
    if (parsed.faults.length > 0) failures.push(toFailure(input, path, parsed.faults))
    for (const [name, value] of parsed.values) values.set(name, value)
  }
  return failures.length > 0 ? err(failures) : ok(values)
}

/** The fields and the values as one wish. */
export function toVariableRequest(fields: VariableFields, values: VariableValues): VariableRequest {
  return {
    values,
    from: fields['variables-from'],
    remove: [...new Set(fields['remove-variables'] ?? [])],
    shared: fields['shared-variables'],
    mode: fields['variables-mode'],
    redeploy: fields.redeploy,
  }
}

/** What was given is not repeated: it is, or may be, a secret. */
function toFailure(input: string, path: string | null, faults: readonly Fault[]): Failure {
  const told = faults.slice(0, mostFaults).map(({ line, what }) => {
    return `${path === null ? '' : `${path}, `}line ${line}: ${what}`
  })
  const rest = faults.length - told.length
  const all = [...told, ...(rest > 0 ? [`${rest} more`] : [])].join('; ')
  const takes = `dotenv lines (\`NAME=value\`) or a JSON object of strings. What stands in the way: ${all}`
  return failure('input-invalid', { input, given: null, problem: expected(takes) })
}

/** Names that cannot be removed: given a value as well, or Railway's own. */
export function badRemovals({ remove, values }: VariableRequest): Failure[] {
  const refuse = (given: string, takes: string) => [
    failure('input-invalid', { input: 'remove-variables', given, problem: expected(takes) }),
  ]
  return remove.flatMap((name) => {
    if (values.has(name)) return refuse(name, 'names that are not given a value as well')
    if (isRailwayProvided(name)) return refuse(name, 'names that Railway does not set itself')
    return []
  })
}

/** Names to remove, one a line. They are only held against what a line can be: Railway knows what there is. */
function parseNames(given: string): string[] | undefined {
  const names = lines(given)
  return names.every((name) => /^[^\s=]+$/.test(name)) ? names : undefined
}

const sources = ['variables', 'variables-file', 'variables-from']
const wishes = [...sources, 'remove-variables']

/** Combinations that make no sense, judged on the texts. */
export function badVariableCombinations(raw: RawInputs, command: string): Failure[] {
  const given = (name: string) => hasValue(raw, name)
  const is = (name: string, value: string) => (raw[name] ?? '').trim() === value
  const refuse = (input: string, takes: string) =>
    failure('input-invalid', {
      input,
      given: input === 'variables' ? null : (raw[input] ?? ''),
      problem: expected(takes),
    })
  const failures: Failure[] = []
  const some = wishes.some(given)
  if (command === 'variables' && !some) {
    failures.push(
      refuse(
        'variables',
        `a value with \`command: variables\`, unless ${listed(wishes.slice(1))} has one; all are left out`,
      ),
    )
  }
  for (const name of wishes.filter(given)) {
    if (!['check', 'list', 'rollback'].includes(command)) continue
    failures.push(refuse(name, `no value with the command \`${command}\`, which sets no variables`))
  }
  for (const name of ['variables-from', 'remove-variables'].filter(given)) {
    if (command !== 'preview') continue
    failures.push(refuse(name, 'no value for a preview, which is a clone and takes values over it'))
  }
  for (const [name, value] of [
    ['variables-mode', 'replace'],
    ['shared-variables', 'true'],
  ] as const) {
    if (command !== 'preview' || !is(name, value)) continue
    failures.push(
      refuse(name, `not \`${value}\` for a preview, whose services take values over the clone's`),
    )
  }
  if (is('variables-mode', 'replace') && !sources.some(given)) {
    failures.push(refuse('variables-mode', `\`replace\` only together with ${named(sources)}`))
  }
  if (is('shared-variables', 'true')) failures.push(...badShared(raw, command, some))
  if (is('redeploy', 'false') && ['deploy', 'preview', 'rollback'].includes(command)) {
    failures.push(refuse('redeploy', '`false` only with the command `variables`'))
  }
  return failures
}

function badShared(raw: RawInputs, command: string, some: boolean): Failure[] {
  const given = (name: string) => hasValue(raw, name)
  const refuse = (input: string, takes: string) =>
    failure('input-invalid', { input, given: raw[input] ?? '', problem: expected(takes) })
  if (!some) return [refuse('shared-variables', `\`true\` only together with ${named(wishes)}`)]
  if (command !== 'variables') return []
  return [
    ...(given('services')
      ? [
          refuse(
            'services',
            'no value with `shared-variables: true`: the whole environment has them',
          ),
        ]
      : []),
    ...(given('projects')
      ? []
      : [
          refuse(
            'projects',
            'patterns, and it is required with `shared-variables: true`, so that no project is written to by accident (`*` is every project)',
          ),
        ]),
  ]
}

const listed = (inputs: readonly string[]) =>
  `${named(inputs.slice(0, -1))} or ${named(inputs.slice(-1))}`

const named = (inputs: readonly string[]) => inputs.map((input) => `\`${input}\``).join(', ')
