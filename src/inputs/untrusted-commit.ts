import { type Failure, failure } from '../errors/codes.ts'
import { hasValue, type RawInputs } from './raw-inputs.ts'
import type { RunContext } from './run-context.ts'

/**
 * The inputs that choose another source or commit to deploy than the event's commit. A preview with `image` still
 * deploys the event's commit to the services that are built from the repository.
 */
const otherSources = {
  deploy: ['commit-sha', 'image', 'directory', 'from-environment'],
  preview: ['commit-sha'],
} as const

/**
 * Rejects the event's commit if it belongs to a fork, or may belong to one. `deploying`: the command of a run that
 * deploys a commit, with `preview` for a preview that is created or updated; `null` for any other run.
 */
export function checkCommitOrigin(
  raw: RawInputs,
  { commit, commitOrigin, eventName }: RunContext,
  deploying: keyof typeof otherSources | null,
): Failure[] {
  if (deploying === null || commitOrigin.kind === 'own') return []
  if (otherSources[deploying].some((name) => hasValue(raw, name))) return []
  const certain = commitOrigin.kind === 'fork'
  const repository = certain ? commitOrigin.repository : null
  return [failure('untrusted-commit', { commit, event: eventName, repository, certain })]
}
