import type { Failure, InputProblem } from '../errors/codes.ts'
import { isChanging, isCommand } from './commands.ts'
import { excluded, invalidInput, required, requires } from './invalid-input.ts'
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

/** A rule about an input: its name, whether the rule is broken, and the problem if it is. */
type Rule = readonly [input: string, isBroken: boolean, problem: InputProblem]

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
    .map(([input, , problem]) =>
      // No message repeats registry credentials.
      invalidInput(input, input.startsWith('registry-') ? null : (raw[input] ?? ''), problem),
    )
}

function commandRules({ command, isSet, is }: InputTexts): Rule[] {
  const unused = Object.entries(commandsOf).map(
    ([input, commands]): Rule => [
      input,
      isSet(input) && isCommand(command) && !commands.includes(command),
      { kind: 'unused', command, commands },
    ],
  )
  return [
    ...unused,
    [
      'on-failure',
      is('on-failure', 'rollback') && !['deploy', 'variables'].includes(command),
      excluded(
        `\`command: ${command}\``,
        '`rollback` is for the commands `deploy` and `variables` only.',
      ),
    ],
  ]
}

function targetRules({ command, isSet, value }: InputTexts): Rule[] {
  const changes = isChanging(command)
  return [
    [
      'environment',
      changes && command !== 'preview' && !isSet('environment'),
      required(
        `Expected the name or id of an environment. \`command: ${command}\` has no default for it, because a wrong guess could change production.`,
      ),
    ],
    [
      'projects',
      changes && isSet('services') && !isSet('projects') && !isEmptyArray(value('services')),
      required(
        'With `services`, the projects have to be given, too. Otherwise a wide pattern could select services of the whole workspace by accident. For every project, set `*`.',
      ),
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
      (input): Rule => [input, true, excluded(`\`${first}\``, 'A run deploys one or the other.')],
    ),
    [
      'commit-sha',
      deploys && first !== undefined && isSet('commit-sha'),
      excluded(`\`${first}\``, `The run deploys \`${first}\` instead of a commit.`),
    ],
    ['from-environment', isSet('from-environment') && isSame, { kind: 'same-environment' }],
    [
      'only-changed',
      is('only-changed', 'true') && (isSet('image') || isSet('directory')),
      excluded(`\`${first}\``, 'Changed files are known for commits only.'),
    ],
    [
      'only-changed',
      is('only-changed', 'true') && is('commit-sha', 'latest'),
      excluded(
        '`commit-sha: latest`',
        'Railway chooses the commit, so the changed files are not known.',
      ),
    ],
  ]
}

function credentialRules({ isSet }: InputTexts): Rule[] {
  const others = {
    'registry-username': 'registry-password',
    'registry-password': 'registry-username',
  }
  return Object.entries(others).flatMap(([name, other]): Rule[] => [
    [name, isSet(name) && !isSet(other), requires(`\`${other}\``, `\`${other}\` is empty.`)],
    [
      name,
      isSet(name) && !isSet('image'),
      requires('`image`', 'The credentials are for the registry of this image.'),
    ],
  ])
}

function waitRules({ isSet, is }: InputTexts): Rule[] {
  const isAsync = is('wait', 'false')
  return [
    [
      'canary',
      isAsync && isSet('canary'),
      requires('`wait: true`', 'The other services start when the canary is healthy.'),
    ],
    [
      'order',
      isAsync && isSet('order'),
      requires('`wait: true`', 'A wave starts when the one before it is healthy.'),
    ],
    [
      'on-failure',
      isAsync && is('on-failure', 'rollback'),
      requires('`wait: true`', 'A run that does not wait cannot see failures.'),
    ],
    [
      'health-check',
      isAsync && isSet('health-check'),
      requires('`wait: true`', 'The health check starts when a deployment is live.'),
    ],
    [
      'max-parallel',
      isAsync && isSet('max-parallel'),
      requires('`wait: true`', 'A deployment counts until it is finished.'),
    ],
    [
      'health-check-timeout',
      isSet('health-check-timeout') && !isSet('health-check'),
      requires('`health-check`', '`health-check` is left out.'),
    ],
  ]
}

function previewRules({ command, isSet, is }: InputTexts): Rule[] {
  return [
    [
      'older-than',
      command === 'preview' && isSet('older-than') && !is('preview-action', 'prune'),
      requires('`preview-action: prune`', 'Only `prune` deletes old previews.'),
    ],
  ]
}

function planRules({ is }: InputTexts): Rule[] {
  return [
    [
      'fail-on-changes',
      is('fail-on-changes', 'true') && !is('dry-run', 'true'),
      requires('`dry-run: true`', 'It fails a dry run whose plan changes something.'),
    ],
  ]
}
