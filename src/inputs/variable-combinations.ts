import type { Failure } from '../errors/codes.ts'
import { invalidInput } from './invalid-input.ts'
import { hasValue, type RawInputs } from './raw-inputs.ts'
import type { WorkflowStep } from './workflow-step.ts'

const valueSources = ['variables', 'variables-file', 'variables-from']
const variableInputs = [...valueSources, 'remove-variables']

/** Inputs about variables, as combinations of them are judged. */
interface GivenInputs {
  readonly command: string
  given(input: string): boolean
  is(input: string, value: string): boolean
  /** The input is certain to be left out: the step in the workflow file does not name it. */
  isLeftOut(input: string): boolean
}

/** A rule: the input that is refused, when, and what is expected in its place. */
type Rule = readonly [input: string, isBroken: boolean, expected: string]

/** Reports combinations of inputs about variables that make no sense, judged on the texts. */
export function badVariableCombinations(raw: RawInputs, step: WorkflowStep | null): Failure[] {
  const inputs: GivenInputs = {
    command: (raw.command ?? '').trim() || 'deploy',
    given: (input) => hasValue(raw, input),
    is: (input, value) => (raw[input] ?? '').trim() === value,
    isLeftOut: (input) => step !== null && !step.inputs.has(input),
  }
  return [
    ...commandRules(inputs),
    ...valueRules(inputs),
    ...sharedRules(inputs),
    ...wideRules(inputs),
  ]
    .filter(([, isBroken]) => isBroken)
    .map(([input, , expected]) =>
      invalidInput(input, input === 'variables' ? null : (raw[input] ?? ''), expected),
    )
}

function commandRules({ command, given, is }: GivenInputs): Rule[] {
  const setsNone = ['check', 'list', 'rollback'].includes(command)
  const isPreview = command === 'preview'
  return [
    [
      'variables',
      command === 'variables' && !variableInputs.some(given),
      `a value with \`command: variables\`, unless ${listed(variableInputs.slice(1))} has one; all are left out`,
    ],
    ...variableInputs.map(
      (input): Rule => [
        input,
        setsNone && given(input),
        `no value with the command \`${command}\`, which sets no variables`,
      ],
    ),
    ...['variables-from', 'remove-variables'].map(
      (input): Rule => [
        input,
        isPreview && given(input),
        'no value for a preview, which is a clone and takes values over it',
      ],
    ),
    ...Object.entries({ 'variables-mode': 'replace', 'shared-variables': 'true' }).map(
      ([input, value]): Rule => [
        input,
        isPreview && is(input, value),
        `not \`${value}\` for a preview, whose services take values over the clone's`,
      ],
    ),
    [
      'redeploy',
      is('redeploy', 'false') && ['deploy', 'preview', 'rollback'].includes(command),
      '`false` only with the command `variables`',
    ],
  ]
}

function valueRules({ given, is }: GivenInputs): Rule[] {
  const hasValues = valueSources.some(given)
  return [
    [
      'variables-mode',
      is('variables-mode', 'replace') && !hasValues,
      `\`replace\` only together with ${named(valueSources)}`,
    ],
    [
      'variables-names',
      given('variables-names') && !given('variables-from'),
      'patterns only together with `variables-from`, whose names they pick',
    ],
    [
      'allow-empty-values',
      is('allow-empty-values', 'true') && !hasValues,
      `\`true\` only together with ${named(valueSources)}`,
    ],
  ]
}

function sharedRules({ command, given, is }: GivenInputs): Rule[] {
  if (!is('shared-variables', 'true')) return []
  const some = variableInputs.some(given)
  return [
    ['shared-variables', !some, `\`true\` only together with ${named(variableInputs)}`],
    [
      'services',
      some && command === 'variables' && given('services'),
      'no value with `shared-variables: true`: the whole environment has them',
    ],
    [
      'projects',
      some && command === 'variables' && !given('projects'),
      'patterns, and it is required with `shared-variables: true`, so that no project is written to by accident (`*` is every project)',
    ],
  ]
}

/**
 * Demands a selection where values are deleted and the workflow file does not show that the selection was left
 * out on purpose: an expression that came out empty looks the same.
 */
function wideRules({ command, given, is, isLeftOut }: GivenInputs): Rule[] {
  const deletes = is('variables-mode', 'replace')
    ? '`variables-mode: replace`'
    : given('remove-variables')
      ? '`remove-variables`'
      : null
  if (deletes === null || !['deploy', 'variables'].includes(command)) return []
  const isShared = command === 'variables' && is('shared-variables', 'true')
  const isMissing = (input: string) => !given(input) && !isLeftOut(input)
  const because = `with ${deletes}, because nothing shows that it was left out on purpose and did not come out empty`
  return [
    [
      'projects',
      !isShared && !given('services') && isMissing('projects'),
      `patterns, and it is required ${because} (\`*\` is every project)`,
    ],
    [
      'services',
      !isShared && isMissing('services'),
      `patterns, and it is required ${because} (\`@repository\` is every service built from this repository)`,
    ],
  ]
}

const listed = (inputs: readonly string[]) =>
  `${named(inputs.slice(0, -1))} or ${named(inputs.slice(-1))}`

const named = (inputs: readonly string[]) => inputs.map((input) => `\`${input}\``).join(', ')
