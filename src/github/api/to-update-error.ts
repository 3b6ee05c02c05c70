import type { UpdateError } from '../../errors/update-error.ts'
import type { GitHubProblem } from './client.ts'

/**
 * Converts the problem of a request. `doing`: the object of the request as a noun phrase. `permission`: the permission
 * of the job that the request needs.
 */
export function toUpdateError(
  problem: GitHubProblem,
  doing: string,
  permission: string,
): UpdateError {
  switch (problem.kind) {
    case 'missing-permission':
      return { kind: 'missing-permission', permission, for: doing }
    case 'not-found':
      // GitHub also responds with "not found" if the token may not see the object.
      return { kind: 'failed', doing, detail: 'GitHub responded with "not found"' }
    case 'refused':
    case 'lost':
      return { kind: 'failed', doing, detail: problem.detail }
    case 'not-sent':
      // The object is left out, so that all skipped requests have one warning.
      return { kind: 'failed', doing: null, detail: problem.because }
  }
}
