import type { Failure } from '../errors/codes.ts'
import { invalidInput } from './invalid-input.ts'
import { hasValue, type RawInputs } from './raw-inputs.ts'
import type { WorkflowStep } from './workflow-step.ts'

const valueSources = ['variables', 'variables-file', 'variables-from']
const variableInputs = [...valueSources, 'remove-variables']

/** The texts of the inputs for the rules. */
interface InputTexts {
  readonly command: string
  /** Returns whether an input has a value. */
  isSet(input: string): boolean
  /** Returns whether an input has this value. */
  is(input: string, value: string): boolean
  /** Returns whether an input is certainly left out, because the step in the workflow file does not name it. */
  isLeftOut(input: string): boolean
}

/** A rule about an input: its name, whether the rule is broken, and the end of "Expected …". */
type Rule = readonly [input: string, isBroken: boolean, expected: string]

/** Reports inputs about variables that contradict each other. The texts are checked, even if one does not parse. */
export function checkVariableCombinations(raw: RawInputs, step: WorkflowStep | null): Failure[] {
  const inputs: InputTexts = {
    command: (raw.command ?? '').trim() || 'deploy',
    isSet: (input) => hasValue(raw, input),
    is: (input, value) => (raw[input] ?? '').trim() === value,
    isLeftOut: (input) => step !== null && !step.inputs.has(input),
  }
  return [
    ...commandRules(inputs),
    ...valueRules(inputs),
    ...sharedRules(inputs),
    ...removalRules(inputs),
  ]
    .filter(([, isBroken]) => isBroken)
    .map(([input, , expected]) =>
      invalidInput(input, input === 'variables' ? null : (raw[input] ?? ''), expected),
    )
}

function commandRules({ command, isSet, is }: InputTexts): Rule[] {
  const setsNone = ['check', 'list', 'rollback'].includes(command)
  const isPreview = command === 'preview'
  return [
    [
      'variables',
      command === 'variables' && !variableInputs.some(isSet),
      `a value with \`command: variables\`, unless ${listed(variableInputs.slice(1))} has one; all are left out`,
    ],
    ...variableInputs.map(
      (input): Rule => [
        input,
        setsNone && isSet(input),
        `no value with the command \`${command}\`, which sets no variables`,
      ],
    ),
    ...['variables-from', 'remove-variables'].map(
      (input): Rule => [
        input,
        isPreview && isSet(input),
        'no value for a preview: it is a clone, in which `variables` and `variables-file` set values',
      ],
    ),
    [
      'variables-mode',
      isPreview && is('variables-mode', 'replace'),
      '`merge` for a preview, which keeps the other variables of its base',
    ],
    [
      'shared-variables',
      isPreview && is('shared-variables', 'true'),
      '`false` for a preview, because variables are only set in its services',
    ],
    [
      'redeploy',
      is('redeploy', 'false') && ['deploy', 'preview', 'rollback'].includes(command),
      '`false` only with the command `variables`',
    ],
  ]
}

function valueRules({ isSet, is }: InputTexts): Rule[] {
  const hasValues = valueSources.some(isSet)
  return [
    [
      'variables-mode',
      is('variables-mode', 'replace') && !hasValues,
      `\`replace\` only together with ${named(valueSources)}`,
    ],
    [
      'variables-names',
      isSet('variables-names') && !isSet('variables-from'),
      'patterns only together with `variables-from`, whose names they filter',
    ],
    [
      'allow-empty-values',
      is('allow-empty-values', 'true') && !hasValues,
      `\`true\` only together with ${named(valueSources)}`,
    ],
  ]
}

function sharedRules({ command, isSet, is }: InputTexts): Rule[] {
  if (!is('shared-variables', 'true')) return []
  const hasChange = variableInputs.some(isSet)
  return [
    ['shared-variables', !hasChange, `\`true\` only together with ${named(variableInputs)}`],
    [
      'services',
      hasChange && command === 'variables' && isSet('services'),
      'no value with `shared-variables: true`: the whole environment has them',
    ],
    [
      'projects',
      hasChange && command === 'variables' && !isSet('projects'),
      'patterns, which are required with `shared-variables: true`, so that no project is changed by accident (`*` is every project)',
    ],
  ]
}

/**
 * Returns the rules for removals. They require a selection, unless the workflow file proves that it is left out on
 * purpose. An expression that came out empty has the same text as an input that is left out.
 */
function removalRules({ command, isSet, is, isLeftOut }: InputTexts): Rule[] {
  const deletes = is('variables-mode', 'replace')
    ? '`variables-mode: replace`'
    : isSet('remove-variables')
      ? '`remove-variables`'
      : null
  if (deletes === null || !['deploy', 'variables'].includes(command)) return []
  const isShared = command === 'variables' && is('shared-variables', 'true')
  const isMissing = (input: string) => !isSet(input) && !isLeftOut(input)
  const because = `with ${deletes}, because an expression may have come out empty here`
  return [
    [
      'projects',
      !isShared && !isSet('services') && isMissing('projects'),
      `patterns, which are required ${because} (\`*\` is every project)`,
    ],
    [
      'services',
      !isShared && isMissing('services'),
      `patterns, which are required ${because} (\`@repository\` is every service built from this repository)`,
    ],
  ]
}

const listed = (inputs: readonly string[]) =>
  `${named(inputs.slice(0, -1))} or ${named(inputs.slice(-1))}`

const named = (inputs: readonly string[]) => inputs.map((input) => `\`${input}\``).join(', ')
