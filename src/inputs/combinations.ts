import type { Failure } from '../errors/codes.ts'
import { isChanging, isCommand } from './commands.ts'
import { invalidInput } from './invalid-input.ts'
import { isEmptyArray } from './list-entries.ts'
import { hasValue, type RawInputs } from './raw-inputs.ts'

/**
 * The commands that use an input. An input that is not listed here is for all commands. An input without effect is an
 * error: a step with `preview-action` and without `command` is not meant to deploy.
 */
const commandsOf: Readonly<Record<string, readonly string[]>> = {
  'commit-sha': ['deploy', 'preview'],
  'from-environment': ['deploy'],
  'only-changed': ['deploy'],
  force: ['deploy', 'preview'],
  image: ['deploy', 'preview'],
  directory: ['deploy'],
  // A clone has the credentials of its base.
  'registry-username': ['deploy'],
  'registry-password': ['deploy'],
  canary: ['deploy', 'variables', 'rollback'],
  order: ['deploy', 'variables', 'rollback'],
  'health-check': ['deploy', 'variables', 'preview', 'rollback'],
  'health-check-timeout': ['deploy', 'variables', 'preview', 'rollback'],
  'max-parallel': ['deploy', 'variables', 'preview', 'rollback'],
  'allow-empty-values': ['deploy', 'variables', 'preview'],
  'fail-on-changes': ['deploy', 'variables', 'preview', 'rollback'],
  'preview-name': ['preview'],
  'preview-action': ['preview'],
  'older-than': ['preview'],
  'require-overrides': ['preview'],
  diagnose: ['check'],
}

/** The defaults of `action.yml`. An input that is set to its default counts as left out. */
const defaults: Readonly<Record<string, string>> = {
  force: 'false',
  'only-changed': 'false',
  'allow-empty-values': 'false',
  'fail-on-changes': 'false',
  diagnose: 'false',
  'preview-action': 'auto',
  'health-check-timeout': '2m',
}

/** The texts of the inputs for the rules, which are checked even if an input does not parse. */
interface InputTexts {
  readonly command: string
  /** Returns the trimmed text of an input. */
  value(input: string): string
  /** Returns whether an input has a value other than its default. */
  isSet(input: string): boolean
  /** Returns whether an input has this value. */
  is(input: string, value: string): boolean
}

/** A rule about an input: its name, whether the rule is broken, and the end of "Expected …". */
type Rule = readonly [input: string, isBroken: boolean, expected: string]

/** Reports inputs that the command does not use, and inputs that contradict each other. */
export function checkCombinations(raw: RawInputs): Failure[] {
  const value = (input: string) => (raw[input] ?? '').trim()
  const inputs: InputTexts = {
    command: value('command') || 'deploy',
    value,
    isSet: (input) => hasValue(raw, input) && value(input) !== defaults[input],
    is: (input, text) => value(input) === text,
  }
  const rules = [
    ...commandRules(inputs),
    ...targetRules(inputs),
    ...sourceRules(inputs),
    ...credentialRules(inputs),
    ...waitRules(inputs),
    ...previewRules(inputs),
    ...planRules(inputs),
  ]
  return rules
    .filter(([, isBroken]) => isBroken)
    .map(([input, , expected]) =>
      // No message repeats registry credentials.
      invalidInput(input, input.startsWith('registry-') ? null : (raw[input] ?? ''), expected),
    )
}

function commandRules({ command, isSet, is }: InputTexts): Rule[] {
  const unused = Object.entries(commandsOf).map(
    ([input, commands]): Rule => [
      input,
      isSet(input) && isCommand(command) && !commands.includes(command),
      `no value with \`command: ${command}\`; the input is for ${list(commands)}`,
    ],
  )
  return [
    ...unused,
    [
      'on-failure',
      is('on-failure', 'rollback') && !['deploy', 'variables'].includes(command),
      `\`keep\` with \`command: ${command}\`; \`rollback\` is for ${list(['deploy', 'variables'])}`,
    ],
  ]
}

function targetRules({ command, isSet, value }: InputTexts): Rule[] {
  const changes = isChanging(command)
  return [
    [
      'environment',
      changes && command !== 'preview' && !isSet('environment'),
      `the name or id of an environment; \`${command}\` has no default for it, because a wrong guess would be an outage`,
    ],
    [
      'projects',
      changes && isSet('services') && !isSet('projects') && !isEmptyArray(value('services')),
      'patterns, which are required with `services`, so that a wide service pattern never selects services of the whole workspace by accident (`*` is every project)',
    ],
  ]
}

function sourceRules({ command, isSet, is, value }: InputTexts): Rule[] {
  const sources = ['image', 'directory', 'from-environment'].filter(isSet)
  const [first] = sources
  const others = sources.slice(1)
  const deploys = command === 'deploy'
  const isSame = value('from-environment').toLowerCase() === value('environment').toLowerCase()
  return [
    ...others.map(
      (input): Rule => [
        input,
        true,
        `no value together with \`${first}\`: a run deploys one or the other`,
      ],
    ),
    [
      'commit-sha',
      deploys && first !== undefined && isSet('commit-sha'),
      `no value together with \`${first}\`, which is deployed instead of a commit`,
    ],
    [
      'from-environment',
      isSet('from-environment') && isSame,
      'an environment other than the one in `environment`, which is the target',
    ],
    [
      'only-changed',
      is('only-changed', 'true') && (isSet('image') || isSet('directory')),
      `\`false\` together with \`${first}\`: only commits can be compared`,
    ],
    [
      'only-changed',
      is('only-changed', 'true') && is('commit-sha', 'latest'),
      '`false` with `commit-sha: latest`: nothing can be compared with a commit that is not known',
    ],
  ]
}

function credentialRules({ isSet }: InputTexts): Rule[] {
  const others = {
    'registry-username': 'registry-password',
    'registry-password': 'registry-username',
  }
  return Object.entries(others).flatMap(([name, other]): Rule[] => [
    [name, isSet(name) && !isSet(other), `no value without \`${other}\`, which is empty`],
    [name, isSet(name) && !isSet('image'), 'no value without `image`, which is left out'],
  ])
}

function waitRules({ isSet, is }: InputTexts): Rule[] {
  const isAsync = is('wait', 'false')
  return [
    [
      'canary',
      isAsync && isSet('canary'),
      'patterns only with `wait: true`: the rest starts when the canary is healthy',
    ],
    [
      'order',
      isAsync && isSet('order'),
      'patterns only with `wait: true`: a wave starts when the one before it is healthy',
    ],
    [
      'on-failure',
      isAsync && is('on-failure', 'rollback'),
      '`rollback` only with `wait: true`: without waiting, the run does not see failures',
    ],
    [
      'health-check',
      isAsync && isSet('health-check'),
      'a path only with `wait: true`: the check starts once a deployment is live',
    ],
    [
      'max-parallel',
      isAsync && isSet('max-parallel'),
      'a number only with `wait: true`: it counts deployments until they are finished',
    ],
    [
      'health-check-timeout',
      isSet('health-check-timeout') && !isSet('health-check'),
      'a duration only together with `health-check`, which is left out',
    ],
  ]
}

function previewRules({ command, isSet, is }: InputTexts): Rule[] {
  return [
    [
      'older-than',
      command === 'preview' && isSet('older-than') && !is('preview-action', 'prune'),
      'a duration only with `preview-action: prune`, which deletes what is older',
    ],
  ]
}

function planRules({ is }: InputTexts): Rule[] {
  return [
    [
      'fail-on-changes',
      is('fail-on-changes', 'true') && !is('dry-run', 'true'),
      '`true` only with `dry-run: true`: it fails a dry run whose plan changes something',
    ],
  ]
}

const list = (commands: readonly string[]) => {
  const quoted = commands.map((command) => `\`${command}\``)
  const last = quoted.pop()
  return quoted.length === 0 ? `${last}` : `${quoted.join(', ')} and ${last}`
}
