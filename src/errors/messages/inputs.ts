import type { InputProblem, ServiceSource } from '../codes.ts'
import { listNames } from '../list-names.ts'
import { ownWords, type Words, words } from '../words.ts'
import type { Wording } from './message.ts'

export const inputInvalid: Wording<'input-invalid'> = ({ input, given, problem }) => ({
  title: words`input cannot be used`,
  what: describeRejected(input, given, problem),
  why: describeProblem(problem),
  next: nextStep(input, problem),
})

/** Names the input, with its value if it is known and may be shown. */
function describeRejected(input: string, given: string | null, problem: InputProblem): Words {
  switch (problem.kind) {
    case 'required':
      return words`The input \`${input}\` is required here.`
    case 'unused':
      return words`The input \`${input}\` has no effect with \`command: ${problem.command}\`.`
    case 'excluded':
      return words`The input \`${input}\` cannot be combined with ${ownWords(problem.by)}.`
    case 'requires':
      return words`The input \`${input}\` requires ${ownWords(problem.setting)}.`
    case 'empty-expression':
      return words`The input \`${input}\` is written as an expression that evaluated to an empty value: ${ownWords(problem.expressions.join(', '))}.`
    default:
      return given
        ? words`The value "${given}" of the input \`${input}\` cannot be used.`
        : words`The value of the input \`${input}\` cannot be used.`
  }
}

function describeProblem(problem: InputProblem): Words {
  switch (problem.kind) {
    case 'format':
      return words`Expected ${ownWords(problem.expected)}.`
    case 'unused':
      return words`It is for ${joinCommands(problem.commands)} only.`
    case 'required':
    case 'excluded':
    case 'requires':
    case 'rejected':
      return ownWords(problem.because)
    case 'empty-expression':
      return words`GitHub does not distinguish an empty value from an omitted input. The default would apply, which may select more than you intend.`
    case 'ambiguous-name':
      return problem.project === null
        ? words`The name is not unique. The ids with this name: ${problem.ids.join(', ')}.`
        : words`Project "${problem.project}" has several environments with this name. Their ids: ${problem.ids.join(', ')}.`
    case 'same-environment':
      return words`Expected another environment than the one in \`environment\`.`
    case 'one-service':
      return words`Expected exactly one selected service, but ${problem.services.length} are selected: ${listNames(problem.services)}.`
    case 'no-files':
      return words`The directory does not exist in the workspace, or ignore rules exclude all of its files.`
    case 'outside-workspace':
      return words`Expected a directory inside the workspace, also after symbolic links are followed. An absolute path may be inside RUNNER_TEMP.`
    case 'repository-data':
      return words`The directory is the data of a git repository, which may contain the credentials of the checkout.`
    case 'other-source':
      return words`Expected services that run ${problem.image} with another tag. ${problem.service} in environment "${problem.environment}" ${describeSource(problem.source)}.`
    case 'removes-everything':
      return words`\`replace\` without variables would remove all variables of ${listNames(problem.services)}.`
    case 'no-match':
      return words`It matches none of ${candidates[problem.of]}: ${listNames(problem.available)}.`
  }
}

function nextStep(input: string, problem: InputProblem): Words {
  switch (problem.kind) {
    case 'required':
      return words`Set \`${input}\` under \`with:\` of the step.`
    case 'unused':
      return words`Remove \`${input}\` from \`with:\` of the step, or set another \`command\`.`
    case 'excluded':
      return words`Remove or change one of the two under \`with:\` of the step.`
    case 'requires':
      return words`Set ${ownWords(problem.setting)}, or remove \`${input}\` from \`with:\` of the step.`
    case 'empty-expression':
      return problem.default === null ? valueRemedy : emptyRemedies[problem.default]
    case 'ambiguous-name':
      return words`Set \`${input}\` to one of these ids.`
    case 'one-service':
      return words`Set \`projects\` and \`services\` so that they select one service.`
    case 'no-files':
      return words`Check out or build the directory in an earlier step, or correct \`${input}\`.`
    case 'other-source':
      return words`Correct \`${input}\`. To change the source of this service on purpose, name it in \`services\`.`
    case 'removes-everything':
      return words`Set \`variables\`, \`variables-file\` or \`variables-from\`. To remove certain variables, name them in \`remove-variables\`.`
    default:
      return words`Correct \`${input}\` under \`with:\` of the step.`
  }
}

/** The next step for an input whose expression evaluated to an empty value, by the default that the workflow can write instead. */
const emptyRemedies: Readonly<Record<'@repository' | '*' | '[]', Words>> = {
  '@repository': words`Skip the step with \`if:\`, select nothing with \`[]\`, or write the default: \`\${{ … || '@repository' }}\`.`,
  '*': words`Skip the step with \`if:\`, select nothing with \`[]\`, or write the default: \`\${{ … || '*' }}\`.`,
  '[]': words`Skip the step with \`if:\`, or write \`[]\` for an empty list.`,
}

const valueRemedy = words`Skip the step with \`if:\`, leave the input out, or write a default: \`\${{ … || 'value' }}\`.`

function joinCommands(commands: readonly string[]): Words {
  const quoted = commands.map((command) => `\`${command}\``)
  const last = quoted.pop() ?? ''
  return ownWords(quoted.length === 0 ? last : `${quoted.join(', ')} and ${last}`)
}

/** The things that a pattern is compared with. */
const candidates = {
  'projects-or-services': 'the selected projects and services',
  services: 'the selected services',
  variables: 'the variables of the services in the other environment',
} as const

/** Describes the source of a service, as a phrase that follows the name of the service, such as `runs nginx:1`. */
function describeSource(source: ServiceSource): Words {
  switch (source.kind) {
    case 'repository':
      return words`is built from the repository ${source.repository}`
    case 'image':
      return words`runs ${source.image}`
    case 'none':
      return words`has no source in Railway`
  }
}
