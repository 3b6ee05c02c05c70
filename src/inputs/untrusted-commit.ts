import { type Failure, failure } from '../errors/codes.ts'
import { hasValue, type RawInputs } from './raw-inputs.ts'
import type { RunContext } from './run-context.ts'

/** Inputs that say what to deploy, so that the event's commit is not asked for. */
const otherSources = ['commit-sha', 'image', 'directory', 'from-environment'] as const

/**
 * Refuses the commit of the event where it is a fork's, or may be. Only commands that would deploy it are
 * concerned: `deploys` is `true` for `deploy` and for `preview` where it creates or updates.
 */
export function untrustedCommit(
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
