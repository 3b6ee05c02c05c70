import type { Warning } from '../errors/warning.ts'
import type { ImageReference } from '../inputs/image-reference.ts'
import type { Deployment, ServiceTarget, Target } from '../inventory/inventory.ts'
import type { Named } from '../named.ts'
import type { Tree } from './ports.ts'
import type { PreviewSpec } from './preview/spec.ts'
import type { VariableDiff } from './variables/diff.ts'
import type { VariableOwner } from './variables/state.ts'

/** The name of a step, unique in its plan: `deploy shop/production/web`. */
export type StepId = string

/**
 * The environment of a step. It exists, or a step of the same plan creates it, or the step does nothing because it does
 * not exist.
 */
export type StepEnvironment =
  | Named
  | { readonly createdBy: StepId; readonly name: string }
  | { readonly absent: true; readonly name: string }

/** Returns whether an environment exists. Only then it has an id. */
export const isThere = (environment: StepEnvironment): environment is Named => 'id' in environment

/** Returns whether the environment of a target exists. */
export const isPlaced = <Of extends Target<StepEnvironment>>(
  target: Of,
): target is Of & { environment: Named } => isThere(target.environment)

/**
 * The revision to deploy.
 * - `commit`: a given commit.
 * - `image`: an image, which is set on the service first.
 * - `latest`: the newest commit of the branch, which Railway chooses.
 * - `current`: the commit, image or upload that the service has.
 */
export type Revision =
  | { readonly kind: 'commit'; readonly sha: string }
  | { readonly kind: 'image'; readonly image: ImageReference }
  | { readonly kind: 'latest' }
  | { readonly kind: 'current' }

interface StepBase<Of extends Target<StepEnvironment>> {
  readonly id: StepId
  readonly target: Of
  /** The reason for the step, or the change that it makes, in a few words. It is printed, so it contains no secret. */
  readonly detail: string
  /** The ids of the steps that must succeed before this step begins. They are earlier in the plan. */
  readonly after: readonly StepId[]
  /** The number of the wave, by default 0. A wave begins when all steps of the earlier waves have succeeded. */
  readonly wave?: number
  /** The number of requests that change something in Railway; by default 1. */
  readonly changes?: number
}

/** A step that deploys a commit or an image. */
export interface DeployStep<Place extends StepEnvironment = StepEnvironment>
  extends StepBase<ServiceTarget<Place>> {
  readonly action: 'deploy'
  readonly revision: Revision
  /**
   * The step deploys the live revision again. If another revision is live when the step begins, the step deploys that
   * one.
   */
  readonly ofLive?: true
  /** The commit is deployed even if a newer commit goes live before the step begins. */
  readonly mayReplaceNewerCommit?: true
}

/** A step that waits for a deployment in progress of the same commit or image. */
export interface AdoptStep<Place extends StepEnvironment = StepEnvironment>
  extends StepBase<ServiceTarget<Place>> {
  readonly action: 'adopt'
  readonly deployment: Deployment
  readonly revision: Revision
  /** If Railway skips the deployment, the commit is deployed even if a newer commit has gone live in the meantime. */
  readonly mayReplaceNewerCommit?: true
}

/** A step that rolls a service back to an earlier deployment. */
export interface RollbackStep extends StepBase<ServiceTarget> {
  readonly action: 'rollback'
  /** The deployment that is live now; `null` if there is none. */
  readonly from: Deployment | null
  readonly to: Deployment
  /** The image to set as the service's source again; `null` if the source stays unchanged. */
  readonly image: ImageReference | null
  readonly revision: { readonly kind: 'past' }
}

/** A step that uploads a directory and deploys it. */
export interface UploadStep extends StepBase<ServiceTarget> {
  readonly action: 'upload'
  readonly revision: {
    readonly kind: 'upload'
    /** The value of the input `directory`. */
    readonly directory: string
    readonly tree: Tree
    /** The directory in the archive that the tree is packed into; empty for the top of the archive. */
    readonly below: string
    /** The message that Railway shows with the deployment. */
    readonly message: string
  }
}

/** A step that starts a deployment. */
export type StartingStep<Place extends StepEnvironment = StepEnvironment> =
  | DeployStep<Place>
  | UploadStep
  | RollbackStep

/**
 * A step that changes nothing, with the reason.
 * - `unchanged`: the target is already as requested.
 * - `skipped`: the target cannot be changed, such as a service without a source.
 * - `superseded`: the service has a newer commit than the requested one.
 */
export interface KeepStep extends StepBase<Target<StepEnvironment>> {
  readonly action: 'keep'
  readonly because: 'unchanged' | 'skipped' | 'superseded'
}

/** A change of the variables of one owner, by names only. The values are secrets, and a plan contains no secrets. */
export interface PlannedVariables {
  readonly owner: VariableOwner
  readonly write: readonly string[]
  readonly remove: readonly string[]
  /** The comparison of the stored variables with the requested ones. */
  readonly diff: VariableDiff
  /**
   * The paths of removals that an interrupted run has left staged in the environment. This plan requests the same
   * removals, so it commits them together with its own.
   */
  readonly leftoverPaths: readonly string[]
}

/** A step that writes variables of a service, or the shared ones of an environment, and deploys nothing. */
export interface SetVariablesStep extends StepBase<Target> {
  readonly action: 'set-variables'
  readonly variables: PlannedVariables
}

/**
 * A step that creates a preview environment. If a concurrent run has created it in the meantime, the step uses that
 * one. The target's environment is `createdBy` this step.
 */
export interface CreatePreviewStep extends StepBase<Target<StepEnvironment>> {
  readonly action: 'create-preview'
  readonly preview: PreviewSpec
}

/** A step that completes an existing preview: it adds missing services, branch, image, variables and domains. */
export interface UpdatePreviewStep extends StepBase<Target> {
  readonly action: 'update-preview'
  readonly preview: PreviewSpec
}

/** A step that deletes a preview environment and confirms that it no longer exists. */
export interface DeletePreviewStep extends StepBase<Target> {
  readonly action: 'delete-preview'
  /**
   * The time of the last deployment in the preview, in milliseconds since the epoch. It is set if the preview is
   * deleted because of its age. If there is a newer deployment when the step begins, the preview is kept.
   */
  readonly idleSince?: number
  /**
   * The pull request, if the preview is deleted because the pull request is closed. If the pull request is open again
   * when the step begins, the preview is kept.
   */
  readonly closed?: ClosedPullRequest
}

/** A pull request that was closed when the deletion of its preview was planned. */
export interface ClosedPullRequest {
  readonly number: number
  /** The source of its state: the event of the run, or GitHub. */
  readonly reportedBy: 'event' | 'github'
}

/** One step of a plan: the action for one target. It is JSON. */
export type Step<Place extends StepEnvironment = StepEnvironment> =
  | StartingStep<Place>
  | AdoptStep<Place>
  | KeepStep
  | SetVariablesStep
  | CreatePreviewStep
  | UpdatePreviewStep
  | DeletePreviewStep

/** The plan of a whole run, made before anything is changed. It is JSON: steps refer to each other by id. */
export interface Plan {
  readonly steps: readonly Step[]
  readonly warnings: readonly Warning[]
  /** Messages that need no action. */
  readonly notices?: readonly Warning[]
  /** `true` if the first wave is the canary. */
  readonly canary?: boolean
}

/** Returns whether a step changes something in Railway. */
export const changes = ({ action }: Step) => action !== 'keep' && action !== 'adopt'

/** Returns whether a step starts a deployment. */
export const starts = <Place extends StepEnvironment>(
  step: Step<Place>,
): step is StartingStep<Place> =>
  step.action === 'deploy' || step.action === 'upload' || step.action === 'rollback'

/** Returns whether a step creates or updates a preview. */
export const preparesPreview = ({ action }: Step) =>
  action === 'create-preview' || action === 'update-preview'

/** Returns whether a plan has a step that changes something or waits for a deployment. */
export const hasWork = ({ steps }: Plan) => steps.some(({ action }) => action !== 'keep')
