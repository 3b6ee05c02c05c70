import type { UpdateError } from '../errors/update-error.ts'
import type { ExecuteEvent } from '../execute/events.ts'
import type { Outcome } from '../execute/outcome.ts'
import type { Plan } from '../plan/plan.ts'
import type { RecordStatus } from '../report/github-deployments.ts'
import {
  githubEnvironmentName,
  interrupted,
  recordedEnvironments,
  recordStatuses,
  removedEnvironments,
} from '../report/github-deployments.ts'
import { environmentLink } from '../report/links.ts'
import type { Comments, GitHubDeploymentsPort } from './ports.ts'

/** What is told where. A port is `null` where that is turned off or not possible. */
export interface UpdateTargets {
  /** The comment's marker and the pull request it stands on. */
  readonly comment: { port: Comments; number: number; marker: string } | null
  readonly records: { port: GitHubDeploymentsPort; sha: string; transient: boolean } | null
}

/**
 * Tells GitHub about a run while it is under way: the pull request comment and the GitHub deployments. Nothing
 * of that may hold up or fail a run, so everything happens beside it, in order, and trouble is collected.
 */
export class UpdateQueue {
  readonly #audience: UpdateTargets
  readonly #ids = new Map<string, number>()
  readonly #begun = new Set<string>()
  readonly #troubles: UpdateError[] = []
  #tail: Promise<void> = Promise.resolve()

  constructor(audience: UpdateTargets) {
    this.#audience = audience
  }

  /** The plan stands and is about to be carried out. `body` is the comment for now; `null` for none. */
  begin(plan: Plan, body: string | null): void {
    const { records } = this.#audience
    if (body !== null) this.#comment(body, true)
    if (!records) return
    for (const environment of recordedEnvironments(plan)) {
      this.#then(async () => {
        const { port, sha, transient } = records
        const description = 'Railway deployment'
        const opened = await port.open({ environment, sha, description, transient })
        if (opened.id !== null) this.#ids.set(environment, opened.id)
        if (opened.id === null) return opened.troubles
        return port.status(opened.id, { state: 'queued', ...waiting, logUrl: null })
      })
    }
  }

  /** A deployment was started: its environment is in progress now. */
  readonly tell = (event: ExecuteEvent): void => {
    const { records } = this.#audience
    if (event.kind !== 'started' || !records) return
    const environment = githubEnvironmentName(event.step)
    if (this.#begun.has(environment)) return
    this.#begun.add(environment)
    this.#then(async () => {
      const id = this.#ids.get(environment)
      if (id === undefined) return []
      const logUrl = environmentLink(event.step.target)
      return records.port.status(id, { state: 'in_progress', ...waiting, logUrl })
    })
  }

  /** The run is over. `create: false` does not make a comment where there is none. */
  end(outcomes: readonly Outcome[], comment: { body: string; create: boolean } | null): void {
    const { records } = this.#audience
    records?.port.setFinalDeadline()
    this.#audience.comment?.port.setFinalDeadline()
    if (records) {
      const statuses = recordStatuses(outcomes)
      for (const [environment, status] of statuses) {
        this.#then(async () => {
          const id = this.#ids.get(environment)
          if (id === undefined) return []
          const troubles = await records.port.status(id, status)
          if (status.state !== 'success') return troubles
          return [...troubles, ...(await records.port.deactivateOthers(environment, id))]
        })
      }
      this.#then(() => this.#closeRest(records.port, statuses))
      for (const environment of removedEnvironments(outcomes)) {
        this.#then(() => records.port.deactivateOthers(environment, null))
      }
    }
    if (comment) this.#comment(comment.body, comment.create)
  }

  /** Resolves when everything was told, with the trouble there was. */
  async finish(): Promise<readonly UpdateError[]> {
    await this.#tail
    return this.#troubles
  }

  /** What was opened and has no outcome: the run broke off, and nothing else would ever close it. */
  async #closeRest(
    port: GitHubDeploymentsPort,
    statuses: ReadonlyMap<string, RecordStatus>,
  ): Promise<UpdateError[]> {
    const open = [...this.#ids].filter(([environment]) => !statuses.has(environment))
    const troubles = await Promise.all(
      open.map(([, id]) => port.status(id, { ...interrupted, ...noLinks })),
    )
    return troubles.flat()
  }

  #comment(body: string, create: boolean): void {
    const { comment } = this.#audience
    if (!comment) return
    const { port, number, marker } = comment
    this.#then(() => port.put({ number, marker, body, create }))
  }

  #then(tell: () => Promise<readonly UpdateError[]>): void {
    this.#tail = this.#tail.then(async () => {
      this.#troubles.push(...(await tell()))
    })
  }
}

const noLinks = { environmentUrl: null, logUrl: null } as const

const waiting = { description: 'Deploying to Railway', environmentUrl: null } as const
