import type { Failure } from '../errors/codes.ts'
import { isChanging, isCommand } from './commands.ts'
import { invalidInput, rejected, required } from './invalid-input.ts'
import { listEntries } from './list-entries.ts'
import type { RawInputs } from './raw-inputs.ts'
import type { RunContext } from './run-context.ts'

/**
 * Rejects selections by this repository if Railway cannot build from it, because it is not on github.com or not known.
 * Without this check, a repository of github.com with the same name would be selected.
 */
export function checkRepositorySelection(raw: RawInputs, context: RunContext): Failure[] {
  const because = whyNotBuilt(context)
  if (because === null) return []
  const value = (input: string) => (raw[input] ?? '').trim()
  const command = value('command') || 'deploy'
  if (!isCommand(command)) return []
  if (command === 'preview') {
    const problem = rejected(
      `${because} The action recognizes a preview by a service that is built from this repository.`,
    )
    return [invalidInput('command', command, problem)]
  }
  const patterns = listEntries(raw.services ?? '')
  if (patterns.some((pattern) => /^!?@repository$/i.test(pattern))) {
    return [
      invalidInput(
        'services',
        raw.services ?? '',
        rejected(`${because} Expected patterns without \`@repository\`.`),
      ),
    ]
  }
  const hasDefault =
    !isChanging(command) ||
    (command === 'deploy' && value('image') !== '') ||
    (command === 'variables' && value('shared-variables') === 'true')
  const isGiven = value('services') === '[]' || patterns.some((pattern) => !pattern.startsWith('!'))
  if (hasDefault || isGiven) return []
  return [invalidInput('services', raw.services ?? '', required(because))]
}

/**
 * Explains in a sentence why no service can be built from the run's repository; `null` if Railway can build from it.
 */
function whyNotBuilt({ foreignHost, run }: RunContext): string | null {
  if (foreignHost !== null) {
    return `This workflow runs on ${foreignHost}, and Railway builds from repositories of github.com only, so no service is built from this repository.`
  }
  return run.repository === ''
    ? '`GITHUB_REPOSITORY` is not set, so the action does not know which services are built from this repository.'
    : null
}
