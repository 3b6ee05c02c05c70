import type { Diagnosis } from '../diagnosis.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { detectToken } from '../scope/detect-token.ts'
import type { TokenProbes } from '../scope/ports.ts'
import type { ScopeRequirements, TokenScope } from '../scope/token-scope.ts'
import { tokenProbes } from './adapters/token-probes.ts'
import { RailwayApi } from './scoped-api.ts'
import { RailwayClient } from './transport/client.ts'
import type { Budget, BudgetShare } from './transport/rate-limiter.ts'
import { TokenRecheck } from './transport/token-recheck.ts'
import { Transport, type TransportOptions } from './transport/transport.ts'

/** The dependencies of {@link Railway}. */
export interface RailwayDeps extends Omit<TransportOptions, 'signal'> {
  /** Aborts when no further request may be sent. All waits then end. */
  readonly stop: AbortSignal
  /** Called after each page of projects, with the number of projects read so far. */
  readonly onProjects: (count: number) => void
}

/** The access of one run to Railway: the queries that determine the token's type, and the API within its scope. */
export class Railway {
  /** The queries that determine the type and the scope of the token. */
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

  /** The number of requests that were sent so far. Each attempt counts. */
  get requests(): number {
    return this.#transport.requests
  }

  /** The request budget of the token. */
  get budget(): Budget {
    return this.#client.budget
  }

  /** The part of the request budget that this job may use. */
  get share(): BudgetShare {
    return this.#client.share
  }

  /**
   * Checks the assumptions of the action about Railway's API. It sends at most 25 requests, and no mutations. Its code
   * is loaded only if it is called.
   */
  async diagnose(scope: TokenScope, inventory: Inventory): Promise<Diagnosis> {
    const { clock, deadline } = this.#deps
    const { diagnose, probeContext } = await import(
      /* webpackChunkName: "rarely-used" */ './diagnosis/index.ts'
    )
    return diagnose(probeContext(this.#client, scope, { inventory, clock, deadline }))
  }

  /**
   * Returns the API within the scope of the token. The token is probed again if Railway rejects a request as "not
   * authorized".
   */
  as(scope: TokenScope, requirements: ScopeRequirements): RailwayApi {
    const { clock, stop: signal, deadline, onProjects } = this.#deps
    const detect = () => detectToken(this.probes, { ...requirements, workspace: null })
    const recheck = new TokenRecheck({ clock, detect })
    return new RailwayApi(this.#client, scope, { clock, signal, deadline, onProjects, recheck })
  }
}
