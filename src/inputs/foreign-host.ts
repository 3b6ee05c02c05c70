import type { Failure } from '../errors/codes.ts'
import { isChanging, isCommand } from './commands.ts'
import { invalidInput } from './invalid-input.ts'
import { listEntries } from './list-entries.ts'
import type { RawInputs } from './raw-inputs.ts'
import type { RunContext } from './run-context.ts'

/**
 * Reports selections by this repository on a GitHub that Railway does not build from. A repository of github.com may
 * have the same name, and its services are not meant.
 */
export function badForeignHost(raw: RawInputs, { foreignHost }: RunContext): Failure[] {
  if (foreignHost === null) return []
  const value = (input: string) => (raw[input] ?? '').trim()
  const command = value('command') || 'deploy'
  if (!isCommand(command)) return []
  const because = `this workflow runs on ${foreignHost}, and Railway builds from repositories of github.com only, so no service is built from this repository`
  if (command === 'preview') {
    const expected = `another command: a preview is recognized by services that are built from this repository; ${because}`
    return [invalidInput('command', command, expected)]
  }
  const patterns = listEntries(raw.services ?? '')
  if (patterns.some((pattern) => /^!?@repository$/i.test(pattern))) {
    return [
      invalidInput('services', raw.services ?? '', `patterns without \`@repository\`: ${because}`),
    ]
  }
  const hasDefault =
    !isChanging(command) ||
    (command === 'deploy' && value('image') !== '') ||
    (command === 'variables' && value('shared-variables') === 'true')
  const isGiven = value('services') === '[]' || patterns.some((pattern) => !pattern.startsWith('!'))
  if (hasDefault || isGiven) return []
  const expected = `patterns, and it is required here: ${because}`
  return [invalidInput('services', raw.services ?? '', expected)]
}
