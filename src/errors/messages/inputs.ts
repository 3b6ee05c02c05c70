import type { InputProblem, ServiceSource } from '../codes.ts'
import { type EscapedText, escaped, trustedText } from '../escaped-text.ts'
import { listNames } from '../list-names.ts'
import type { Wording } from './message.ts'

export const inputInvalid: Wording<'input-invalid'> = ({ input, given, problem }) => ({
  title: escaped`input cannot be used`,
  what: describeRejected(input, given, problem),
  why: describeProblem(problem),
  next: nextStep(input, problem),
})

/** Names the input, with its value if it is known and may be shown. */
function describeRejected(input: string, given: string | null, problem: InputProblem): EscapedText {
  switch (problem.kind) {
    case 'required':
      return escaped`The input \`${input}\` is required here.`
    case 'unused':
      return escaped`The input \`${input}\` has no effect with \`command: ${problem.command}\`.`
    case 'excluded':
      return escaped`The input \`${input}\` cannot be combined with ${trustedText(problem.by)}.`
    case 'requires':
      return escaped`The input \`${input}\` requires ${trustedText(problem.setting)}.`
    case 'empty-expression':
      return escaped`The input \`${input}\` is written as an expression that evaluated to an empty value: ${trustedText(problem.expressions.join(', '))}.`
    default:
      return given
        ? escaped`The value "${given}" of the input \`${input}\` cannot be used.`
        : escaped`The value of the input \`${input}\` cannot be used.`
  }
}

function describeProblem(problem: InputProblem): EscapedText {
  switch (problem.kind) {
    case 'format':
      return escaped`Expected ${trustedText(problem.expected)}.`
    case 'unused':
      return escaped`It is for ${joinCommands(problem.commands)} only.`
    case 'required':
    case 'excluded':
    case 'requires':
    case 'rejected':
      return trustedText(problem.because)
    case 'empty-expression':
      return escaped`GitHub does not distinguish an empty value from an omitted input. The default would apply, which may select more than you intend.`
    case 'ambiguous-name':
      return problem.project === null
        ? escaped`The name is not unique. The ids with this name: ${problem.ids.join(', ')}.`
        : escaped`Project "${problem.project}" has several environments with this name. Their ids: ${problem.ids.join(', ')}.`
    case 'same-environment':
      return escaped`Expected another environment than the one in \`environment\`.`
    case 'one-service':
      return escaped`Expected exactly one selected service, but ${problem.services.length} are selected: ${listNames(problem.services)}.`
    case 'no-files':
      return escaped`The directory does not exist in the workspace, or ignore rules exclude all of its files.`
    case 'outside-workspace':
      return escaped`Expected a directory inside the workspace, also after symbolic links are followed. An absolute path may be inside RUNNER_TEMP.`
    case 'repository-data':
      return escaped`The directory is the data of a git repository, which may contain the credentials of the checkout.`
    case 'other-source':
      return escaped`Expected services that run ${problem.image} with another tag. ${problem.service} in environment "${problem.environment}" ${describeSource(problem.source)}.`
    case 'removes-everything':
      return escaped`\`replace\` without variables would remove all variables of ${listNames(problem.services)}.`
    case 'no-match':
      return escaped`It matches none of ${candidates[problem.of]}: ${listNames(problem.available)}.`
  }
}

function nextStep(input: string, problem: InputProblem): EscapedText {
  switch (problem.kind) {
    case 'required':
      return escaped`Set \`${input}\` under \`with:\` of the step.`
    case 'unused':
      return escaped`Remove \`${input}\` from \`with:\` of the step, or set another \`command\`.`
    case 'excluded':
      return escaped`Remove or change one of the two under \`with:\` of the step.`
    case 'requires':
      return escaped`Set ${trustedText(problem.setting)}, or remove \`${input}\` from \`with:\` of the step.`
    case 'empty-expression':
      return problem.default === null ? valueRemedy : emptyRemedies[problem.default]
    case 'ambiguous-name':
      return escaped`Set \`${input}\` to one of these ids.`
    case 'one-service':
      return escaped`Set \`projects\` and \`services\` so that they select one service.`
    case 'no-files':
      return escaped`Check out or build the directory in an earlier step, or correct \`${input}\`.`
    case 'other-source':
      return escaped`Correct \`${input}\`. To change the source of this service on purpose, name it in \`services\`.`
    case 'removes-everything':
      return escaped`Set \`variables\`, \`variables-file\` or \`variables-from\`. To remove certain variables, name them in \`remove-variables\`.`
    default:
      return escaped`Correct \`${input}\` under \`with:\` of the step.`
  }
}

/** The next step for an input whose expression evaluated to an empty value, by the default that the workflow can write instead. */
const emptyRemedies: Readonly<Record<'@repository' | '*' | '[]', EscapedText>> = {
  '@repository': escaped`Skip the step with \`if:\`, select nothing with \`[]\`, or write the default: \`\${{ … || '@repository' }}\`.`,
  '*': escaped`Skip the step with \`if:\`, select nothing with \`[]\`, or write the default: \`\${{ … || '*' }}\`.`,
  '[]': escaped`Skip the step with \`if:\`, or write \`[]\` for an empty list.`,
}

const valueRemedy = escaped`Skip the step with \`if:\`, leave the input out, or write a default: \`\${{ … || 'value' }}\`.`

function joinCommands(commands: readonly string[]): EscapedText {
  const quoted = commands.map((command) => `\`${command}\``)
  const last = quoted.pop() ?? ''
  return trustedText(quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`)
}

/** The things that a pattern is compared with. */
const candidates = {
  'projects-or-services': 'the selected projects and services',
  services: 'the selected services',
  variables: 'the variables of the services in the other environment',
} as const

/** Describes the source of a service, as a phrase that follows the name of the service, such as `runs nginx:1`. */
function describeSource(source: ServiceSource): EscapedText {
  switch (source.kind) {
    case 'repository':
      return escaped`is built from the repository ${source.repository}`
    case 'image':
      return escaped`runs ${source.image}`
    case 'none':
      return escaped`has no source in Railway`
  }
}
