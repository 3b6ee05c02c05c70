import type { UpdateError } from '../../errors/update-error.ts'
import type { GitHubProblem } from './client.ts'

/** Converts a problem into an error of an update. `permission` is the one that the request needs. */
export function troubleOf(problem: GitHubProblem, doing: string, permission: string): UpdateError {
  switch (problem.kind) {
    case 'missing-permission':
      return { kind: 'missing-permission', permission, for: doing }
    case 'not-found':
      // GitHub says "not found" of what a token may not see, too.
      return { kind: 'failed', doing, detail: 'GitHub does not find it' }
    case 'refused':
    case 'lost':
      return { kind: 'failed', doing, detail: problem.detail }
    case 'given-up':
      // The same words whatever was not done, so that all of it is one warning.
      return { kind: 'failed', doing: 'this run', detail: problem.because }
  }
}
