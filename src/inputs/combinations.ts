import { expected, type Failure, failure } from '../errors/codes.ts'
import { isCommand } from './commands.ts'
import { hasValue } from './raw-inputs.ts'

/**
 * Commands that an input means something for; one that is not listed here goes with every command. An input
 * that would be passed over is refused: whoever gives `preview-action` and forgets the command means no deploy.
 */
const meantFor: Readonly<Record<string, readonly string[]>> = {
  'commit-sha': ['deploy', 'preview'],
  force: ['deploy', 'preview'],
  image: ['deploy', 'preview'],
  directory: ['deploy'],
  // A clone has the credentials of its base.
  'registry-username': ['deploy'],
  'registry-password': ['deploy'],
  canary: ['deploy', 'variables', 'rollback'],
  'preview-name': ['preview'],
  'preview-action': ['preview'],
  'require-overrides': ['preview'],
}

/** What `action.yml` gives where an input is left out. */
const defaults: Readonly<Record<string, string>> = { force: 'false', 'preview-action': 'auto' }

/**
 * What makes no sense together: inputs that the command does not know, and those that say what is deployed
 * and how it is brought back. Judged on the texts, so that it is reported beside inputs that do not parse.
 * Values of registry credentials are never part of what is reported.
 */
export function badSources(raw: Readonly<Record<string, string>>): Failure[] {
  const value = (name: string) => (raw[name] ?? '').trim()
  const given = (name: string) => hasValue(raw, name)
  const command = value('command') || 'deploy'
  const failures: Failure[] = []
  const refuse = (input: string, takes: string) =>
    failures.push(
      failure('input-invalid', {
        input,
        given: input.startsWith('registry-') ? null : (raw[input] ?? ''),
        problem: expected(takes),
      }),
    )
  for (const [input, commands] of Object.entries(meantFor)) {
    const isAsked = given(input) && value(input) !== defaults[input]
    if (isAsked && isCommand(command) && !commands.includes(command)) {
      refuse(input, `nothing with \`command: ${command}\`; it is for ${list(commands)}`)
    }
  }
  if (given('image') && given('directory')) {
    refuse('directory', 'nothing beside `image`: a run deploys either an image or a directory')
  }
  const source = ['image', 'directory'].find(given)
  if (source && command === 'deploy' && given('commit-sha')) {
    refuse('commit-sha', `nothing beside \`${source}\`, which is deployed instead of a commit`)
  }
  badCredentials(given, refuse)
  if (value('on-failure') === 'rollback' && !['deploy', 'variables'].includes(command)) {
    refuse(
      'on-failure',
      `\`keep\` with \`command: ${command}\`; \`rollback\` is for ${list(['deploy', 'variables'])}`,
    )
  }
  if (value('wait') === 'false') {
    if (given('canary')) {
      refuse('canary', 'patterns, with `wait: true`: the rest starts when the canary is healthy')
    }
    if (value('on-failure') === 'rollback') {
      refuse(
        'on-failure',
        '`rollback` only with `wait: true`: nothing fails that is not waited for',
      )
    }
  }
  return failures
}

function badCredentials(
  given: (name: string) => boolean,
  refuse: (input: string, takes: string) => void,
): void {
  const names = ['registry-username', 'registry-password']
  for (const name of names.filter(given)) {
    const other = names.find((one) => one !== name) ?? ''
    if (!given(other)) refuse(name, `effect only together with \`${other}\`, which is empty`)
    if (!given('image')) refuse(name, 'effect only beside `image`, which is left out')
  }
}

const list = (commands: readonly string[]) =>
  commands.map((command) => `\`${command}\``).join(' and ')
