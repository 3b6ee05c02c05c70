import { type Failure, failure } from '../errors/codes.ts'
import { hasValue, type RawInputs } from './raw-inputs.ts'
import type { RunContext } from './run-context.ts'

/** The inputs that choose another source or commit to deploy than the event's commit. */
const otherSources = ['commit-sha', 'image', 'directory', 'from-environment'] as const

/**
 * Rejects the event's commit if it belongs to a fork, or may belong to one. `deploys` is `true` for a run that deploys
 * a commit: `deploy`, and a preview that is created or updated.
 */
export function checkCommitOrigin(
  raw: RawInputs,
  { commit, commitOrigin, eventName }: RunContext,
  deploys: boolean,
): Failure[] {
  if (!deploys || commitOrigin.kind === 'own') return []
  if (otherSources.some((name) => hasValue(raw, name))) return []
  const certain = commitOrigin.kind === 'fork'
  const repository = certain ? commitOrigin.repository : null
  return [failure('untrusted-commit', { commit, event: eventName, repository, certain })]
}
