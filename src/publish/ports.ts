import type { UpdateError } from '../errors/update-error.ts'
import type { RecordStatus } from '../report/github-deployments.ts'

/** The ports to GitHub. All of them are optional to a run: errors are returned, never thrown. */

/** A way to GitHub that may be told to come to an end. */
export interface Hurried {
  /** The run is over: what cannot be told within a minute from now is left, so that nobody waits for it. */
  setFinalDeadline(): void
}

export interface Comments extends Hurried {
  /**
   * Makes the one comment of this marker read so; `create: false` leaves it at that where there is none.
   * However often and from however many runs it is called, there is one such comment in the end.
   */
  put(comment: {
    number: number
    marker: string
    body: string
    create: boolean
  }): Promise<UpdateError[]>
}

export interface GitHubDeploymentsPort extends Hurried {
  /** Opens a GitHub deployment for a commit; `null` where that did not work. */
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
