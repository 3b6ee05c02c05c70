import type { UpdateError } from '../errors/update-error.ts'
import type { RecordStatus } from '../report/github-deployments.ts'

/* The ports to GitHub. A run does not depend on them: errors are returned and never thrown. */

/** A port to GitHub that sends no request later than one minute after the end of the run. */
export interface WithFinalDeadline {
  /** Starts the final minute. Updates that are not sent within this minute are left out. */
  setFinalDeadline(): void
}

/** The port for comments of a pull request. */
export interface Comments extends WithFinalDeadline {
  /**
   * Creates or updates the comment that begins with a marker. With `create: false`, only an existing comment is
   * updated. There is only one such comment in the end, even if several runs call this at the same time.
   */
  put(comment: {
    number: number
    marker: string
    body: string
    create: boolean
  }): Promise<UpdateError[]>
}

/** The port for GitHub deployments. */
export interface GitHubDeploymentsPort extends WithFinalDeadline {
  /** Opens a GitHub deployment for a commit and returns its id; `null` if that failed, with the errors. */
  open(wanted: {
    environment: string
    sha: string
    description: string
    transient: boolean
  }): Promise<{ id: number | null; errors: UpdateError[] }>
  /** Sets the status of a GitHub deployment. */
  status(id: number, status: RecordStatus): Promise<UpdateError[]>
  /** Sets all other GitHub deployments of the environment to `inactive`. */
  deactivateOthers(environment: string, except: number | null): Promise<UpdateError[]>
}
