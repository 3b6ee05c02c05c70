import type { ReadableStream } from 'node:stream/web'
import type { Activity, Failure, HealthCheckResult } from '../errors/codes.ts'
import type { ImageReference } from '../inputs/image-reference.ts'
import type { RegistryCredentials } from '../inputs/read-inputs.ts'
import type { Deployment, ServiceTarget, Target } from '../inventory/inventory.ts'
import type { Revision } from '../plan/plan.ts'
import type { Tree } from '../plan/ports.ts'
import type { VariableTarget } from '../plan/variables/state.ts'
import type { Secret } from '../secret.ts'
import type { MutationResult } from './mutation-result.ts'

/** The result of requesting a deployment. Its value is the id of the deployment; `null` if the response has none. */
export type StartResult = MutationResult<string | null>

/** The current state of a deployment. */
export interface DeploymentState extends Deployment {
  /** `true` if all its instances have ended by themselves. */
  readonly stopped: boolean
  /** Railway's reason for skipping it, or its objections to the configuration; `null` if it gives none. */
  readonly reason?: string | null
}

/** The newest deployment of a service instance, and those that serve traffic now. */
export interface ServedDeployments {
  readonly latest: DeploymentState | null
  readonly active: readonly DeploymentState[]
}

/** The current state of a service instance. */
export interface InstanceState extends ServedDeployments {
  readonly domains: readonly string[]
}

/** The result of reading one of several objects: its value, or the failure of reading it. */
export type ReadResult<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly failure: Failure }

/** Railway's report about a failed deployment. A part that could not be read is `null` or empty. */
export interface FailureReport {
  readonly step: string | null
  /** Railway's reason for the status of the deployment. */
  readonly reason: string | null
  readonly diagnosis: string | null
  readonly firstErrorLine: string | null
  /** The last lines of the log, oldest first. Secrets are redacted; nothing else is changed. */
  readonly lines: readonly string[]
  readonly log: DeploymentLog
}

/** The lines of a deployment's logs that Railway returned, oldest line first. */
export interface DeploymentLog {
  readonly build: readonly string[]
  readonly container: readonly string[]
}

/** A packed directory on the runner's disk. */
export interface Archive {
  readonly bytes: number
  /** Opens the archive for reading, from its first byte. */
  open(): ReadableStream<Uint8Array>
  remove(): Promise<void>
}

/** An archive to upload to a service. */
export interface Upload {
  /** The directory as the workflow names it, for errors. */
  readonly directory: string
  readonly archive: Archive
  /** The message that Railway shows with the deployment. */
  readonly message: string
  /** Reports the number of bytes that were sent. */
  readonly onProgress: (sent: number) => void
}

/** The progress of packing, in files. */
export interface PackProgress {
  readonly done: number
  readonly of: number
}

/** The result of packing a directory. */
export type Packed =
  | { readonly kind: 'packed'; readonly archive: Archive }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'cancelled' }

/** The port to the file system for uploads. */
export interface Archives {
  /** Packs a tree. Its entries are in the directory `below` of the archive. */
  pack(
    tree: Tree,
    below: string,
    ports: { signal: AbortSignal; onProgress: (progress: PackProgress) => void },
  ): Promise<Packed>
}

/** The port to Railway for deployments. */
export interface Deployments {
  /** Sets the image that a service is deployed from next. */
  writeImage(
    target: ServiceTarget,
    image: ImageReference,
    registry: RegistryCredentials | null,
  ): Promise<MutationResult<null>>
  /** Requests one deployment. The request is not repeated if Railway may have received it. */
  start(target: ServiceTarget, revision: Revision): Promise<StartResult>
  /** Uploads an archive, which starts a deployment. The upload is not repeated if Railway may have received it. */
  upload(target: ServiceTarget, upload: Upload): Promise<StartResult>
  /** Requests a rollback to an earlier deployment. The request is not repeated if Railway may have received it. */
  rollBack(target: ServiceTarget, to: Deployment): Promise<StartResult>
  /** Cancels a deployment that is still in progress. */
  cancel(target: ServiceTarget, deploymentId: string): Promise<MutationResult<null>>
  /** Reads whether Railway can roll back to these deployments, in their order; `null` if there was no response. */
  offers(ids: readonly string[]): Promise<readonly ReadResult<boolean>[] | null>
  /** Reads the newest deployments of a service instance; `null` if there was no response. */
  recent(target: ServiceTarget): Promise<ReadResult<readonly Deployment[]> | null>
  /**
   * Looks up whether a service was deleted during the run. Resolves with the failure, or with `null` if that is not
   * known.
   */
  deleted(target: ServiceTarget, activity: Activity): Promise<Failure | null>
  /**
   * Reads the states of these deployments, in their order; `null` if there was no response. `environmentIds`: the ids
   * of their environments, in the same order. With them, a deleted environment is recognized without a request for each
   * of its deployments.
   */
  states(
    ids: readonly string[],
    environmentIds?: readonly string[],
  ): Promise<readonly ReadResult<DeploymentState>[] | null>
  /** Reads the newest and the live deployments of these services, in their order; `null` if there was no response. */
  served(
    targets: readonly ServiceTarget[],
  ): Promise<readonly ReadResult<ServedDeployments>[] | null>
  /** Reads the current state of these service instances, in their order; `null` if there was no response. */
  instances(targets: readonly ServiceTarget[]): Promise<readonly ReadResult<InstanceState>[] | null>
  /**
   * Reads why a deployment of the target failed. It never throws: parts that could not be read are `null` or empty. The
   * secrets of the service are redacted, also in `reason`, Railway's reason for the status of the deployment.
   */
  explain(target: Target, deploymentId: string, reason: string | null): Promise<FailureReport>
}

/** Variables to write, with their values. */
export interface VariablesWrite extends VariableTarget {
  readonly values: ReadonlyMap<string, Secret>
  /** The names whose current values are sealed and cannot be read back. */
  readonly sealed: readonly string[]
  readonly remove: readonly string[]
  /** Paths that are staged in the environment and belong to the plan, besides the names to remove. */
  readonly leftoverPaths: readonly string[]
}

/** The result of writing variables. `doubt`: a difference to the request in words; `null` if there is none. */
export type VariableWriteResult =
  | MutationResult<{ readonly doubt: string | null }>
  /** The values are written, the removal was rejected. */
  | { readonly kind: 'partial'; readonly failure: Failure }
  /** The job was cancelled while the values were written. */
  | { readonly kind: 'interrupted' }

/** The port to Railway for writing variables. Writing starts no deployment. */
export interface VariableWriter {
  write(change: VariablesWrite): Promise<VariableWriteResult>
}

/**
 * Requests an address once, until a time in milliseconds since the epoch or until the signal aborts. It never throws.
 */
export type HealthProbe = (
  url: string,
  until: number,
  signal: AbortSignal,
) => Promise<HealthCheckResult>
