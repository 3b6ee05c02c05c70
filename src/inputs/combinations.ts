import type { Failure } from '../errors/codes.ts'
import { isChanging, isCommand } from './commands.ts'
import { invalidInput } from './invalid-input.ts'
import { isEmptyArray } from './list-entries.ts'
import { hasValue, type RawInputs } from './raw-inputs.ts'

/**
 * Commands that an input is for; one that is not listed here goes with every command. An input that would have
 * no effect is refused: whoever gives `preview-action` and forgets the command does not mean a deploy.
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

/** The defaults of `action.yml`, which say nothing when they are given. */
const defaults: Readonly<Record<string, string>> = {
  force: 'false',
  'only-changed': 'false',
  'allow-empty-values': 'false',
  'fail-on-changes': 'false',
  diagnose: 'false',
  'preview-action': 'auto',
  'health-check-timeout': '2m',
}

/** The inputs of a run, as combinations of them are judged: on the texts, beside inputs that do not parse. */
interface GivenInputs {
  readonly command: string
  /** The trimmed text. */
  value(input: string): string
  /** The input has a value, and another one than its default. */
  given(input: string): boolean
  is(input: string, value: string): boolean
}

/** A rule: the input that is refused, when, and what is expected in its place. */
type Rule = readonly [input: string, isBroken: boolean, expected: string]

/** Reports inputs that the command does not use, and inputs that contradict each other. */
export function badCombinations(raw: RawInputs): Failure[] {
  const value = (input: string) => (raw[input] ?? '').trim()
  const inputs: GivenInputs = {
    command: value('command') || 'deploy',
    value,
    given: (input) => hasValue(raw, input) && value(input) !== defaults[input],
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
      // Registry credentials are never part of a message.
      invalidInput(input, input.startsWith('registry-') ? null : (raw[input] ?? ''), expected),
    )
}

function commandRules({ command, given, is }: GivenInputs): Rule[] {
  const unused = Object.entries(commandsOf).map(
    ([input, commands]): Rule => [
      input,
      given(input) && isCommand(command) && !commands.includes(command),
      `nothing with \`command: ${command}\`; it is for ${list(commands)}`,
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

function targetRules({ command, given, value }: GivenInputs): Rule[] {
  const changes = isChanging(command)
  return [
    [
      'environment',
      changes && command !== 'preview' && !given('environment'),
      `the name or id of an environment; \`${command}\` has no default for it, because a wrong guess would be an outage`,
    ],
    [
      'projects',
      changes && given('services') && !given('projects') && !isEmptyArray(value('services')),
      'patterns, and it is required when `services` is given, so that a wide service pattern never meets the whole workspace by accident (`*` is every project)',
    ],
  ]
}

function sourceRules({ command, given, is, value }: GivenInputs): Rule[] {
  const sources = ['image', 'directory', 'from-environment'].filter(given)
  const [first] = sources
  const others = sources.slice(1)
  const deploys = command === 'deploy'
  const isSame = value('from-environment').toLowerCase() === value('environment').toLowerCase()
  return [
    ...others.map(
      (input): Rule => [input, true, `nothing beside \`${first}\`: a run deploys one or the other`],
    ),
    [
      'commit-sha',
      deploys && first !== undefined && given('commit-sha'),
      `nothing beside \`${first}\`, which is deployed instead of a commit`,
    ],
    [
      'from-environment',
      given('from-environment') && isSame,
      'another environment than `environment`, which is deployed to',
    ],
    [
      'only-changed',
      is('only-changed', 'true') && (given('image') || given('directory')),
      `\`false\` beside \`${first}\`: only commits can be compared`,
    ],
    [
      'only-changed',
      is('only-changed', 'true') && is('commit-sha', 'latest'),
      '`false` with `commit-sha: latest`: nothing can be compared with a commit that is not known',
    ],
  ]
}

function credentialRules({ given }: GivenInputs): Rule[] {
  const others = {
    'registry-username': 'registry-password',
    'registry-password': 'registry-username',
  }
  return Object.entries(others).flatMap(([name, other]): Rule[] => [
    [name, given(name) && !given(other), `no value without \`${other}\`, which is empty`],
    [name, given(name) && !given('image'), 'no value without `image`, which is left out'],
  ])
}

function waitRules({ given, is }: GivenInputs): Rule[] {
  const isAsync = is('wait', 'false')
  return [
    [
      'canary',
      isAsync && given('canary'),
      'patterns only with `wait: true`: the rest starts when the canary is healthy',
    ],
    [
      'order',
      isAsync && given('order'),
      'patterns only with `wait: true`: a wave starts when the one before it is healthy',
    ],
    [
      'on-failure',
      isAsync && is('on-failure', 'rollback'),
      '`rollback` only with `wait: true`: without waiting no failure is seen',
    ],
    [
      'health-check',
      isAsync && given('health-check'),
      'a path only with `wait: true`: the check starts once a deployment is live',
    ],
    [
      'max-parallel',
      isAsync && given('max-parallel'),
      'a number only with `wait: true`: it counts deployments until they are finished',
    ],
    [
      'health-check-timeout',
      given('health-check-timeout') && !given('health-check'),
      'a duration only together with `health-check`, which is left out',
    ],
  ]
}

function previewRules({ command, given, is }: GivenInputs): Rule[] {
  return [
    [
      'older-than',
      command === 'preview' && given('older-than') && !is('preview-action', 'prune'),
      'a duration only with `preview-action: prune`, which deletes what is older',
    ],
  ]
}

function planRules({ is }: GivenInputs): Rule[] {
  return [
    [
      'fail-on-changes',
      is('fail-on-changes', 'true') && !is('dry-run', 'true'),
      '`true` only with `dry-run: true`: it judges the plan',
    ],
  ]
}

const list = (commands: readonly string[]) => {
  const quoted = commands.map((command) => `\`${command}\``)
  const last = quoted.pop()
  return quoted.length === 0 ? `${last}` : `${quoted.join(', ')} and ${last}`
}
