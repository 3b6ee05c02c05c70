import type { UpdateError } from '../errors/update-error.ts'
import type { RecordStatus } from '../report/github-deployments.ts'

/** The ports to GitHub. All of them are optional to a run: errors are returned, never thrown. */

/** A port to GitHub with a final deadline. */
export interface Hurried {
  /** Starts the final deadline of a run that is over: updates that are not written within a minute are left out. */
  setFinalDeadline(): void
}

export interface Comments extends Hurried {
  /**
   * Creates or updates the one comment of a marker. With `create: false`, only an existing comment is updated. However
   * often and from however many runs it is called, there is one such comment in the end.
   */
  put(comment: {
    number: number
    marker: string
    body: string
    create: boolean
  }): Promise<UpdateError[]>
}

export interface GitHubDeploymentsPort extends Hurried {
  /** Opens a GitHub deployment for a commit; `null` if that failed. */
  open(wanted: {
    environment: string
    sha: string
    description: string
    transient: boolean
  }): Promise<{ id: number | null; troubles: UpdateError[] }>
  status(id: number, status: RecordStatus): Promise<UpdateError[]>
  /** Makes every other deployment of the environment inactive. */
  deactivateOthers(environment: string, except: number | null): Promise<UpdateError[]>
}
