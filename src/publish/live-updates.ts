import type { Clock } from '../clock.ts'
import { githubWarnings } from '../errors/github-warnings.ts'
import type { UpdateError } from '../errors/update-error.ts'
import type { Warning } from '../errors/warning.ts'
import type { ExecuteEvent } from '../execute/events.ts'
import type { Outcome } from '../execute/outcome.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import { hasWork, type Plan } from '../plan/plan.ts'
import type { Redactor } from '../redactor.ts'
import { createsComment, renderBegin, renderEnd } from '../report/comment.ts'
import { isRemoval } from '../report/comment-parts.ts'
import {
  githubEnvironmentName,
  interrupted,
  type RecordStatus,
  recordedEnvironments,
  recordStatuses,
  removedEnvironments,
} from '../report/github-deployments.ts'
import { environmentLink } from '../report/links.ts'
import type { RunReport } from '../run-state.ts'
import type { Comments, GitHubDeploymentsPort } from './ports.ts'
import { chooseTargets, type UpdateTargets } from './update-targets.ts'

/**
 * The updates on GitHub during a run: the pull request comment and the GitHub deployments. Updates are sent one after
 * the other while the run continues. The run waits for them only at its end. An error of an update becomes a warning.
 */
export class LiveUpdates {
  readonly #inputs: Inputs
  readonly #clock: Clock
  readonly #redactor: Redactor
  readonly #docs: string
  readonly #targets: UpdateTargets
  /** The ids of the GitHub deployments, by the name of the GitHub environment. */
  readonly #ids = new Map<string, number>()
  readonly #begun = new Set<string>()
  readonly #errors: UpdateError[] = []
  #tail: Promise<void> = Promise.resolve()

  constructor(
    inputs: Inputs,
    ports: { comments: Comments; records: GitHubDeploymentsPort } | null,
    { clock, redactor, docs }: { clock: Clock; redactor: Redactor; docs: string },
  ) {
    this.#inputs = inputs
    this.#clock = clock
    this.#redactor = redactor
    this.#docs = docs
    this.#targets = chooseTargets(inputs, ports)
  }

  /**
   * Writes the comment and opens the GitHub deployments before the plan is executed. The comment about a deletion, or
   * about a plan with nothing to do, is written at the end of the run only.
   */
  begin(plan: Plan): void {
    const { records } = this.#targets
    if (!isRemoval(this.#inputs) && hasWork(plan)) {
      const { inputs, plan: shown } = this.#redactor.redactData({ inputs: this.#inputs, plan })
      this.#comment(renderBegin(inputs, shown, this.#clock.now()), true)
    }
    if (!records) return
    for (const environment of recordedEnvironments(plan)) {
      this.#then(async () => {
        const { port, sha, transient } = records
        const description = 'Railway deployment'
        const opened = await port.open({
          environment: this.#redactor.redactOwn(environment),
          sha,
          description,
          transient,
        })
        if (opened.id !== null) this.#ids.set(environment, opened.id)
        if (opened.id === null) return opened.errors
        return port.status(opened.id, { state: 'queued', ...waiting, logUrl: null })
      })
    }
  }

  /** Sets the GitHub deployment of an environment to `in_progress` when its first deployment is started. */
  readonly onEvent = (event: ExecuteEvent): void => {
    const { records } = this.#targets
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

  /**
   * Writes the result of the run, even if the run stopped before it executed anything. Resolves when all updates are
   * finished, with warnings about the failed ones.
   */
  async end(known: RunReport): Promise<Warning[]> {
    this.#targets.records?.port.setFinalDeadline()
    this.#targets.comment?.port.setFinalDeadline()
    this.#closeDeployments(known.outcomes ?? [])
    this.#then(async () => {
      const report = this.#redactor.redactData({ known, inputs: this.#inputs })
      const body = renderEnd(report.known, report.inputs, this.#clock.now(), this.#docs)
      return this.#put(body, createsComment(known, this.#inputs))
    })
    await this.#tail
    const { redact } = this.#redactor
    return githubWarnings(
      this.#errors.map((one) =>
        one.kind === 'failed' ? { ...one, detail: redact(one.detail) } : one,
      ),
    )
  }

  #closeDeployments(outcomes: readonly Outcome[]): void {
    const { records } = this.#targets
    if (!records) return
    const statuses = recordStatuses(outcomes)
    for (const [environment, status] of statuses) {
      this.#then(async () => {
        const id = this.#ids.get(environment)
        if (id === undefined) return []
        const errors = await records.port.status(id, this.#redactor.redactData(status))
        if (status.state !== 'success') return errors
        return [...errors, ...(await records.port.deactivateOthers(environment, id))]
      })
    }
    this.#then(() => this.#closeRest(records.port, statuses))
    for (const environment of removedEnvironments(outcomes)) {
      this.#then(() => records.port.deactivateOthers(environment, null))
    }
  }

  /**
   * Closes the GitHub deployments of environments without an outcome. The run was interrupted, and no later run closes
   * them.
   */
  async #closeRest(
    port: GitHubDeploymentsPort,
    statuses: ReadonlyMap<string, RecordStatus>,
  ): Promise<UpdateError[]> {
    const open = [...this.#ids].filter(([environment]) => !statuses.has(environment))
    const errors = await Promise.all(
      open.map(([, id]) => port.status(id, { ...interrupted, ...noLinks })),
    )
    return errors.flat()
  }

  #comment(body: string, create: boolean): void {
    this.#then(() => this.#put(body, create))
  }

  async #put(body: string, create: boolean): Promise<readonly UpdateError[]> {
    const { comment } = this.#targets
    if (!comment) return []
    const { port, number, marker } = comment
    return port.put({ number, marker, body: this.#redactor.redactOwn(body), create })
  }

  /**
   * Adds an update to the queue. An update that throws, because of a bug in this action, does not stop later ones.
   */
  #then(update: () => Promise<readonly UpdateError[]>): void {
    this.#tail = this.#tail.then(async () => {
      try {
        this.#errors.push(...(await update()))
      } catch (error) {
        const detail = error instanceof Error ? error.name : typeof error
        this.#errors.push({ kind: 'failed', doing: 'an update', detail })
      }
    })
  }
}

const noLinks = { environmentUrl: null, logUrl: null } as const

const waiting = { description: 'Deploying to Railway', environmentUrl: null } as const
