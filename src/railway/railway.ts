import type { Diagnosis } from '../diagnosis.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { detectToken } from '../scope/detect-token.ts'
import type { TokenProbes } from '../scope/ports.ts'
import type { ScopeRequirements, TokenScope } from '../scope/token-scope.ts'
import { tokenProbes } from './adapters/token-probes.ts'
import { RailwayApi } from './api.ts'
import { RailwayClient } from './transport/client.ts'
import type { Budget, BudgetShare } from './transport/rate-limiter.ts'
import { TokenRecheck } from './transport/token-recheck.ts'
import { Transport, type TransportOptions } from './transport/transport.ts'

/** The dependencies of Railway's part of a run. */
export interface RailwayDeps extends Omit<TransportOptions, 'signal'> {
  /** Aborts when nothing more may be sent and every wait has to end. */
  readonly stop: AbortSignal
  readonly onProjects: (count: number) => void
}

/** Railway for one run: the queries that determine the token's type, and the API within its scope. */
export class Railway {
  readonly probes: TokenProbes
  readonly #deps: RailwayDeps
  readonly #transport: Transport
  readonly #client: RailwayClient

  constructor(deps: RailwayDeps) {
    this.#deps = deps
    this.#transport = new Transport({ ...deps, signal: deps.stop })
    this.#client = new RailwayClient(this.#transport)
    this.probes = tokenProbes(this.#client)
  }

  /** The number of requests so far, every attempt counted. */
  get requests(): number {
    return this.#transport.requests
  }

  get budget(): Budget {
    return this.#client.budget
  }

  /** The part of the budget that is this job's. */
  get share(): BudgetShare {
    return this.#client.share
  }

  /** Checks everything that the action assumes about the API. It only reads, with at most 25 requests. Loaded if needed. */
  async diagnose(scope: TokenScope, inventory: Inventory): Promise<Diagnosis> {
    const { clock, deadline } = this.#deps
    const { diagnose, probeContext } = await import(
      /* webpackChunkName: "seldom" */ './diagnosis/index.ts'
    )
    return diagnose(probeContext(this.#client, scope, { inventory, clock, deadline }))
  }

  /**
   * Returns the API within a scope. Every request sends the token in the way that its type requires. The token is
   * probed again if Railway rejects something as "not authorized".
   */
  as(scope: TokenScope, requirements: ScopeRequirements): RailwayApi {
    const { clock, stop: signal, deadline, onProjects } = this.#deps
    const detect = () => detectToken(this.probes, { ...requirements, workspace: null })
    const recheck = new TokenRecheck({ clock, detect })
    return new RailwayApi(this.#client, scope, { clock, signal, deadline, onProjects, recheck })
  }
}
