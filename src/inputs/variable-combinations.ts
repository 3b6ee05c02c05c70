import type { Failure, InputProblem } from '../errors/codes.ts'
import { excluded, invalidInput, required, requires } from './invalid-input.ts'
import { hasValue, type RawInputs } from './raw-inputs.ts'
import type { WorkflowStep } from './workflow-step.ts'

const valueSources = ['variables', 'variables-file', 'variables-from']
const variableInputs = [...valueSources, 'remove-variables']

/** The inputs as the rules below read them: the command, and whether each input is set. */
interface InputTexts {
  readonly command: string
  /** Returns whether an input has a value. */
  isSet(input: string): boolean
  /** Returns whether an input has this value. */
  is(input: string, value: string): boolean
  /** Returns whether an input is certainly left out, because the step in the workflow file does not name it. */
  isLeftOut(input: string): boolean
}

/** A rule about an input: its name, whether the rule is broken, and the problem if it is. */
type Rule = readonly [input: string, isBroken: boolean, problem: InputProblem]

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
    .map(([input, , problem]) =>
      invalidInput(input, input === 'variables' ? null : (raw[input] ?? ''), problem),
    )
}

function commandRules({ command, isSet, is }: InputTexts): Rule[] {
  const setsNone = ['check', 'list', 'rollback'].includes(command)
  const isPreview = command === 'preview'
  return [
    [
      'variables',
      command === 'variables' && !variableInputs.some(isSet),
      required(
        `\`command: variables\` needs at least one of ${named(variableInputs)}, and all of them are empty.`,
      ),
    ],
    ...variableInputs.map(
      (input): Rule => [
        input,
        setsNone && isSet(input),
        excluded(`\`command: ${command}\``, 'This command changes no variables.'),
      ],
    ),
    ...['variables-from', 'remove-variables'].map(
      (input): Rule => [
        input,
        isPreview && isSet(input),
        excluded(
          '`command: preview`',
          'A preview has the variables of its base. `variables` and `variables-file` set other values in it.',
        ),
      ],
    ),
    [
      'variables-mode',
      isPreview && is('variables-mode', 'replace'),
      excluded('`command: preview`', 'A preview keeps the other variables of its base.'),
    ],
    [
      'shared-variables',
      isPreview && is('shared-variables', 'true'),
      excluded('`command: preview`', 'In a preview, only variables of services can be set.'),
    ],
    [
      'redeploy',
      is('redeploy', 'false') && ['deploy', 'preview', 'rollback'].includes(command),
      excluded(
        `\`command: ${command}\``,
        '`false` is for `command: variables` only, because the other commands deploy in any case.',
      ),
    ],
  ]
}

function valueRules({ isSet, is }: InputTexts): Rule[] {
  const hasValues = valueSources.some(isSet)
  return [
    [
      'variables-mode',
      is('variables-mode', 'replace') && !hasValues,
      requires(oneOf(valueSources), '`replace` without values would remove all variables.'),
    ],
    [
      'variables-names',
      isSet('variables-names') && !isSet('variables-from'),
      requires('`variables-from`', 'The patterns select names from that environment.'),
    ],
    [
      'allow-empty-values',
      is('allow-empty-values', 'true') && !hasValues,
      requires(oneOf(valueSources), 'Without values, no value can be empty.'),
    ],
  ]
}

function sharedRules({ command, isSet, is }: InputTexts): Rule[] {
  if (!is('shared-variables', 'true')) return []
  const hasChange = variableInputs.some(isSet)
  return [
    [
      'shared-variables',
      !hasChange,
      requires(oneOf(variableInputs), 'Without them, no shared variable is changed.'),
    ],
    [
      'services',
      hasChange && command === 'variables' && isSet('services'),
      excluded('`shared-variables: true`', 'Shared variables belong to the whole environment.'),
    ],
    [
      'projects',
      hasChange && command === 'variables' && !isSet('projects'),
      required(
        'With `shared-variables: true`, the projects have to be given, so that no project is changed by accident. For every project, set `*`.',
      ),
    ],
  ]
}

/**
 * Returns the rules for removals. They require a selection, unless the workflow file proves that it is left out on
 * purpose. An expression that evaluated to an empty value has the same text as an input that is left out.
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
  const because = `With ${deletes}, this selection has to be given, because an expression may have evaluated to an empty value here.`
  return [
    [
      'projects',
      !isShared && !isSet('services') && isMissing('projects'),
      required(`${because} For every project, set \`*\`.`),
    ],
    [
      'services',
      !isShared && isMissing('services'),
      required(`${because} For every service built from this repository, set \`@repository\`.`),
    ],
  ]
}

const oneOf = (inputs: readonly string[]) =>
  `${named(inputs.slice(0, -1))} or ${named(inputs.slice(-1))}`

const named = (inputs: readonly string[]) => inputs.map((input) => `\`${input}\``).join(', ')
