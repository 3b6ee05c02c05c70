import type { Clock } from '../clock.ts'
import { troubleWarnings } from '../errors/github-warnings.ts'
import type { Warning } from '../errors/warning.ts'
import type { ExecuteEvent } from '../execute/events.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import { hasWork, type Plan } from '../plan/plan.ts'
import { isRemoval, renderBegin, renderEnd } from '../report/comment.ts'
import type { RunReport } from '../run-state.ts'
import { UpdateQueue } from './announcer.ts'
import type { Comments, GitHubDeploymentsPort } from './ports.ts'
import { chooseTargets } from './targets.ts'

/** Tells GitHub about one run, by its inputs: what begins, what happens, how it ended. */
export class LiveUpdates {
  readonly #inputs: Inputs
  readonly #clock: Clock
  readonly #announcer: UpdateQueue

  constructor(
    inputs: Inputs,
    ports: { comments: Comments; records: GitHubDeploymentsPort } | null,
    clock: Clock,
  ) {
    this.#inputs = inputs
    this.#clock = clock
    this.#announcer = new UpdateQueue(chooseTargets(inputs, ports))
  }

  /** Nobody waits for a deletion, or for nothing: these are told when they are over. */
  begin(plan: Plan): void {
    const silent = isRemoval(this.#inputs) || !hasWork(plan)
    const body = silent ? null : renderBegin(this.#inputs, plan, this.#clock.now())
    this.#announcer.begin(plan, body)
  }

  readonly tell = (event: ExecuteEvent): void => this.#announcer.tell(event)

  /**
   * The run is over, also where it ended before anything began. Resolves when all was told. A deletion makes no
   * comment where there was none.
   */
  async end(known: RunReport): Promise<Warning[]> {
    const body = renderEnd(known, this.#inputs, this.#clock.now())
    this.#announcer.end(known.outcomes ?? [], { body, create: !isRemoval(this.#inputs) })
    return troubleWarnings(await this.#announcer.finish())
  }
}
