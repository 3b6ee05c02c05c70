import type { Failure } from '../errors/codes.ts'
import type { PollLoad } from '../execute/context.ts'
import type { Deployments, VariableWriter } from '../execute/ports.ts'
import type { Previews } from '../execute/preview/ports.ts'
import {
  type Inventory,
  locationOf,
  type ServiceInstance,
  type ServiceTarget,
} from '../inventory/inventory.ts'
import type { Named } from '../named.ts'
import type { PlanSources } from '../plan/ports.ts'
import type { TokenScope } from '../scope/token-scope.ts'
import { ApiContext } from './adapters/api-context.ts'
import { readConfigFiles } from './adapters/config-files.ts'
import { RailwayHistories } from './adapters/deployment-history.ts'
import { RailwayDeployments } from './adapters/deployments.ts'
import { InventoryReader } from './adapters/inventory-reader.ts'
import type { Time } from './adapters/patch-status.ts'
import { RailwayPreviewReader } from './adapters/preview-reader.ts'
import { RailwayPreviews } from './adapters/previews.ts'
import { readRootDirectory } from './adapters/root-directory.ts'
import { RailwaySourceSettings } from './adapters/source-settings.ts'
import { RailwayVariables } from './adapters/variables.ts'
import { readProjectNames, readWorkspace } from './adapters/workspace-reader.ts'
import { minPollInterval } from './poll-interval.ts'
import type { RailwayClient } from './transport/client.ts'
import type { TokenRecheck } from './transport/token-recheck.ts'

/** The ports to Railway that planning reads from. A failure there stops the run before anything is changed. */
export type RailwaySources = Pick<
  PlanSources,
  'variables' | 'histories' | 'roots' | 'sourceSettings' | 'previews'
>

/** The ports to Railway that execution uses. */
export interface RailwayTargets {
  readonly deployments: Deployments
  readonly variables: VariableWriter
  readonly previews: Previews
  /** Resolves when a request would be sent at once, or would not be sent at all. */
  whenFree(): Promise<void>
  /** Returns the least milliseconds between polls that let the rest of the budget last. */
  minPollInterval(load: PollLoad): number
  /** Returns the number of items that one batch holds. */
  batchSize(): number
  /** Returns the failure that the token is not valid any more; `null` as far as is known. */
  invalidToken(): Failure | null
}

/** The part of the run that the API needs. */
export interface ApiDeps extends Time {
  /** Probes the token again after a refusal. */
  readonly recheck?: TokenRecheck
  readonly onProjects: (count: number) => void
}

/** Railway's API within the scope of a token. It sends the token in the way that the token's type requires. */
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
    }
  }

  /** The number of items that one batch holds. */
  get batchSize(): number {
    return this.#context.batcher.size
  }

  /** Reads everything that the token reaches. */
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

  /** Reads the projects of another workspace, for a hint: `null` if they cannot be read. */
  projectNames(workspaceId: string): Promise<readonly Named[] | null> {
    return readProjectNames(this.#context, workspaceId)
  }

  /** Reads the config files that services' settings were last read from, for a warning: none if that is not known. */
  configFiles(targets: readonly ServiceTarget[]): Promise<ReadonlyMap<ServiceInstance, string>> {
    return readConfigFiles(this.#context, targets)
  }
}

/** Returns the sources of planning. A failure to read any of them ends the run. */
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
