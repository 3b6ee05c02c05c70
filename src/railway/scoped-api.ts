import type { Failure } from '../errors/codes.ts'
import type { PollLoad } from '../execute/context.ts'
import type { Deployments, VariableWriter } from '../execute/ports.ts'
import type { Previews } from '../execute/preview/ports.ts'
import { type Inventory, locationOf } from '../inventory/inventory.ts'
import type { Named } from '../named.ts'
import type { PlanSources } from '../plan/ports.ts'
import type { TokenScope } from '../scope/token-scope.ts'
import { ApiContext } from './adapters/api-context.ts'
import { RailwayHistories } from './adapters/deployment-history.ts'
import { RailwayDeployments } from './adapters/deployments.ts'
import { InventoryReader } from './adapters/inventory-reader.ts'
import type { WaitLimits } from './adapters/patch-status.ts'
import { RailwayPreviewReader } from './adapters/preview-reader.ts'
import { RailwayPreviews } from './adapters/previews.ts'
import { readRootDirectory } from './adapters/root-directory.ts'
import { RailwaySourceSettings } from './adapters/source-settings.ts'
import { RailwayVariables } from './adapters/variables.ts'
import {
  readWarnedSettings,
  type SettingsRequest,
  type WarnedSettings,
} from './adapters/warned-settings.ts'
import { readProjectNames, readWorkspace } from './adapters/workspace-reader.ts'
import { minPollInterval } from './poll-interval.ts'
import { toFailure } from './transport/api-error.ts'
import type { RailwayClient } from './transport/client.ts'
import type { TokenRecheck } from './transport/token-recheck.ts'

/** The ports through which planning reads from Railway. They throw `FatalFailure` if Railway cannot be read. */
export type RailwaySources = Pick<
  PlanSources,
  'variables' | 'histories' | 'roots' | 'sourceSettings' | 'previews'
>

/** The ports through which the execution of a plan reads and changes Railway. */
export interface RailwayTargets {
  readonly deployments: Deployments
  readonly variables: VariableWriter
  readonly previews: Previews
  /** Waits until a request could be sent at once. Resolves earlier if a request would fail without being sent. */
  whenFree(): Promise<void>
  /** Returns the shortest poll interval, in milliseconds, that the remaining request budget allows. */
  minPollInterval(load: PollLoad): number
  /** Returns the maximum number of items in one batch. */
  batchSize(): number
  /** Returns the failure of a token that is no longer valid; `null` if no probe has found that. */
  invalidToken(): Failure | null
  /**
   * Returns the failure of reading deployments if the rate limit permits no further request before the deadline, or
   * else `null`.
   */
  spentLimit(): Failure | null
}

/** The dependencies of {@link RailwayApi}. */
export interface ApiDeps extends WaitLimits {
  /** Probes the token again after a rejection. */
  readonly recheck?: TokenRecheck
  /** Called after each page of projects, with the number of projects read so far. */
  readonly onProjects: (count: number) => void
}

/**
 * Railway's API within the scope of a token. Each request sends the token in the header that the token's type requires.
 */
export class RailwayApi {
  readonly sources: RailwaySources
  readonly targets: RailwayTargets
  readonly #scope: TokenScope
  readonly #context: ApiContext
  readonly #onProjects: (count: number) => void

  constructor(client: RailwayClient, scope: TokenScope, { onProjects, recheck, ...time }: ApiDeps) {
    const authentication = scope.kind === 'project' ? 'project-access-token' : 'bearer'
    const context = new ApiContext(client.as(authentication, recheck), scope.kind)
    const variables = new RailwayVariables(context, time)
    this.#scope = scope
    this.#context = context
    this.#onProjects = onProjects
    this.sources = sourcesOf(context, variables)
    this.targets = {
      deployments: new RailwayDeployments(context),
      variables,
      previews: new RailwayPreviews(context),
      whenFree: () => context.client.whenFree(),
      minPollInterval: (load) =>
        minPollInterval(load, context.client.share, context.batcher.size, time.clock.now()),
      batchSize: () => context.batcher.size,
      invalidToken: () => context.client.invalidToken,
      spentLimit: () => {
        const problem = context.client.spentLimit
        return problem && toFailure(problem, { ...followingDeployments, tokenType: scope.kind })
      },
    }
  }

  /** The maximum number of items in one batch. */
  get batchSize(): number {
    return this.#context.batcher.size
  }

  /** Reads all projects that the token can access. Throws `FatalFailure` if they cannot be read. */
  inventory(): Promise<Inventory> {
    const scope = this.#scope
    const reader = new InventoryReader(this.#context, this.#onProjects)
    if (scope.kind === 'project') {
      const { projectId, environmentId } = scope
      const reading = { activity: 'read-token-project', object: null } as const
      return this.#context.require(reading, () => reader.project(projectId, environmentId))
    }
    const reading = { activity: 'read-workspace', object: scope.workspace.name } as const
    return this.#context.require(reading, () => readWorkspace(this.#context.client, reader, scope))
  }

  /** Reads the names of the projects of another workspace. Returns `null` if they cannot be read. */
  projectNames(workspaceId: string): Promise<readonly Named[] | null> {
    return readProjectNames(this.#context, workspaceId)
  }

  /** Reads settings of services that only warnings depend on. Settings that cannot be read are missing. */
  warnedSettings(request: SettingsRequest): Promise<WarnedSettings> {
    return readWarnedSettings(this.#context, request)
  }
}

/** The activity that a spent rate limit interrupts while deployments are followed. */
const followingDeployments = {
  activity: 'follow-deployment',
  object: null,
  effect: 'may-be-live',
} as const

/** Creates the sources of planning. */
function sourcesOf(context: ApiContext, variables: RailwayVariables): RailwaySources {
  const histories = new RailwayHistories(context)
  const previews = new RailwayPreviewReader(context)
  const settings = new RailwaySourceSettings(context)
  return {
    variables,
    histories: {
      read: (targets, isEnough) =>
        context.require({ activity: 'read-histories', object: null }, () =>
          histories.read(targets, isEnough),
        ),
    },
    roots: {
      rootDirectory: (target) =>
        context.require({ activity: 'read-service', object: locationOf(target) }, () =>
          readRootDirectory(context, target),
        ),
    },
    sourceSettings: {
      read: (targets) =>
        context.require({ activity: 'read-source-settings', object: null }, () =>
          settings.read(targets),
        ),
    },
    previews: {
      records: (environments) =>
        context.require({ activity: 'read-previews', object: null }, () =>
          previews.records(environments),
        ),
    },
  }
}
