import type { Failure } from '../errors/codes.ts'
import { describeLocation } from '../errors/messages.ts'
import type { Deployments } from '../execute/ports.ts'
import type { Previews } from '../execute/preview/ports.ts'
import {
  type Inventory,
  locationOf,
  type ServiceInstance,
  type ServiceTarget,
} from '../inventory/inventory.ts'
import type { Named } from '../named.ts'
import type { Histories, PreviewReader, RootDirectories } from '../plan/ports.ts'
import type { TokenProbes } from '../scope/ports.ts'
import type { TokenScope } from '../scope/token-scope.ts'
import type { TokenType } from '../token-type.ts'
import { RailwayHistories } from './adapters/deployment-history.ts'
import { RailwayDeployments } from './adapters/deployments.ts'
import { InventoryReader } from './adapters/inventory-reader.ts'
import { RailwayPreviewReader } from './adapters/preview-reader.ts'
import { RailwayPreviews } from './adapters/previews.ts'
import { tokenProbes } from './adapters/token-probes.ts'
import { RailwayVariables } from './adapters/variables.ts'
import { readWorkspace } from './adapters/workspace-reader.ts'
import { instanceRoot } from './operations/deployments.ts'
import { resolvedConfigFile } from './operations/inventory.ts'
import { batchOf, batchVariables } from './operations/operation.ts'
import { projectNames } from './operations/token.ts'
import { type Doing, problemOf, toFailure } from './transport/api-error.ts'
import { Batcher } from './transport/batcher.ts'
import { type ClientOptions, RailwayClient } from './transport/client.ts'
import type { Budget } from './transport/rate-limiter.ts'

/** What the API's side of a run needs. */
export interface RailwayEdges extends Omit<ClientOptions, 'signal'> {
  /** Nothing more is sent, and no wait goes on, once this aborts. */
  readonly stop: AbortSignal
  readonly onProjects: (count: number) => void
}

/** A failure on the way to something the run cannot do without. */
export class FatalFailure extends Error {
  readonly failure: Failure

  constructor(failure: Failure, options: ErrorOptions) {
    super(`Railway: ${failure.code}`, options)
    this.name = 'RailwayFailure'
    this.failure = failure
  }
}

/** A hint is not worth a long wait. */
const hintRetryBudget = 5_000

/** Requests that are left to a run besides one for each service, before one is spent on a hint. */
const spareRequests = 50

/** Railway for one run: one client, and the ports of the rooms on top of it. */
export class Railway {
  readonly probes: TokenProbes
  readonly #client: RailwayClient
  readonly #batches: Batcher
  readonly #edges: RailwayEdges

  constructor(edges: RailwayEdges) {
    this.#edges = edges
    this.#client = new RailwayClient({ ...edges, signal: edges.stop })
    this.#batches = new Batcher(this.#client)
    this.probes = tokenProbes(this.#client)
  }

  get requests(): number {
    return this.#client.requests
  }

  get budget(): Budget {
    return this.#client.budget
  }

  /** How many deployments one request can ask about. */
  get batchSize(): number {
    return this.#batches.size
  }

  /** Reads all that the token reaches. From here on the token is presented as what it is. */
  async inventory(scope: TokenScope): Promise<Inventory> {
    this.#client.authenticateAs(scope.kind === 'project' ? 'project-access-token' : 'bearer')
    const reader = new InventoryReader(this.#client, this.#batches, this.#edges.onProjects)
    return this.#translated(
      {
        doing: 'reading',
        on:
          scope.kind === 'project'
            ? 'the project of the token'
            : `the projects of workspace "${scope.workspace.name}"`,
        tokenType: scope.kind,
        consequence: 'Nothing was changed.',
      },
      () =>
        scope.kind === 'project'
          ? reader.project(scope.projectId, scope.environmentId)
          : readWorkspace(this.#client, reader, scope),
    )
  }

  /** The projects of another workspace, for a hint: any trouble means that there is none. */
  async projectNames(workspaceId: string): Promise<readonly Named[] | null> {
    try {
      const { data } = await this.#client.call(
        projectNames,
        { workspaceId },
        { retryBudget: hintRetryBudget },
      )
      return data.projects.edges.map(({ node }) => node).filter(({ deletedAt }) => !deletedAt)
    } catch {
      return null
    }
  }

  /**
   * The config files that services' settings were last read from, where Railway tells them: one request, never
   * repeated. It is for a warning only, so any trouble, an older server or a thin budget means that none is known.
   */
  async configFiles(
    targets: readonly ServiceTarget[],
  ): Promise<ReadonlyMap<ServiceInstance, string>> {
    const { remaining } = this.budget
    const scarce = remaining !== null && remaining < targets.length + spareRequests
    if (targets.length === 0 || targets.length > this.#batches.size || scarce) return new Map()
    const items = targets.map(({ environment, instance }) => ({
      environmentId: environment.id,
      serviceId: instance.service.id,
    }))
    try {
      const { data } = await this.#client.call(
        {
          ...batchOf(resolvedConfigFile, items.length),
          timeLimit: hintRetryBudget,
          repeatable: false,
        },
        batchVariables(items),
        { retryBudget: 0 },
      )
      const files = targets.flatMap(({ instance }, index): [ServiceInstance, string][] => {
        const file = data[`item${index}`]?.resolvedFileConfig?.configFile?.trim()
        return file ? [[instance, file]] : []
      })
      return new Map(files)
    } catch {
      return new Map()
    }
  }

  /** What services were deployed with so far. Failing to read them stops the run. */
  histories(tokenType: TokenType): Histories {
    const histories = new RailwayHistories(this.#client, this.#batches, tokenType)
    const words = {
      doing: 'reading',
      on: 'the deployments of the selected services',
      tokenType,
      consequence: 'Nothing was changed.',
    }
    return {
      read: (targets, isEnough) => this.#translated(words, () => histories.read(targets, isEnough)),
    }
  }

  /** Where services are built from. Failing to read it stops the run. */
  roots(tokenType: TokenType): RootDirectories {
    return {
      rootDirectory: ({ project, environment, instance }) => {
        const place = describeLocation(locationOf({ project, environment, instance }))
        const words = {
          doing: 'reading',
          on: place,
          tokenType,
          consequence: 'Nothing was changed.',
        }
        const ids = { environmentId: environment.id, serviceId: instance.service.id }
        return this.#translated(words, async () => {
          const { data } = await this.#client.call(instanceRoot, ids)
          const root = data.serviceInstance.rootDirectory ?? ''
          return root
            .split('/')
            .filter((part) => part !== '' && part !== '.')
            .join('/')
        })
      },
    }
  }

  deployments(tokenType: TokenType): Deployments {
    return new RailwayDeployments(this.#client, this.#batches, tokenType)
  }

  variables(tokenType: TokenType): RailwayVariables {
    const { clock, stop: signal, deadline } = this.#edges
    return new RailwayVariables(this.#client, this.#batches, tokenType, { clock, signal, deadline })
  }

  previews(tokenType: TokenType): Previews {
    return new RailwayPreviews(this.#client, this.#batches, tokenType)
  }

  /** What planning previews asks; a failure there stops the run before anything was changed. */
  previewReader(tokenType: TokenType): PreviewReader {
    const reader = new RailwayPreviewReader(this.#client, this.#batches)
    const words = { doing: 'reading', tokenType, consequence: 'Nothing was changed.' }
    return {
      records: (environments) =>
        this.#translated({ ...words, on: 'the previews that are there' }, () =>
          reader.records(environments),
        ),
      variables: (environments) =>
        this.#translated({ ...words, on: 'the names of the variables of the base' }, () =>
          reader.variables(environments),
        ),
    }
  }

  /**
   * The least milliseconds between polls of so many deployments that let what is left of the hourly limit last
   * until it resets; `pending` requests are kept for changes that are still to be made.
   */
  pollFloor({ pending, deployments }: { pending: number; deployments: number }): number {
    const { remaining, resetsAt } = this.#client.budget
    if (remaining === null || resetsAt === null) return 0
    const left = Math.max(0, resetsAt - this.#edges.clock.now())
    const polls = (remaining - pending) / Math.ceil(deployments / this.#batches.size)
    return polls > 1 ? left / polls : left
  }

  async #translated<Value>(words: Doing, ask: () => Promise<Value>): Promise<Value> {
    try {
      return await ask()
    } catch (error) {
      throw new FatalFailure(toFailure(problemOf(error), words), { cause: error })
    }
  }
}
