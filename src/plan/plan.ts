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

/** The environment of a step: an existing one, one that a step of the same plan makes, or one that does not exist. */
export type StepEnvironment =
  | Named
  | { readonly createdBy: StepId; readonly name: string }
  | { readonly absent: true; readonly name: string }

/** Returns whether an environment exists, and so has an id. */
export const isThere = (environment: StepEnvironment): environment is Named => 'id' in environment

/** Returns whether the environment of a target exists. */
export const isPlaced = <Of extends Target<StepEnvironment>>(
  target: Of,
): target is Of & { environment: Named } => isThere(target.environment)

/**
 * The revision to deploy: a commit, an image to set on the service, Railway's newest commit, or the service's present
 * one.
 */
export type Revision =
  | { readonly kind: 'commit'; readonly sha: string }
  | { readonly kind: 'image'; readonly image: ImageReference }
  | { readonly kind: 'latest' }
  | { readonly kind: 'current' }

interface StepBase<Of extends Target<StepEnvironment>> {
  readonly id: StepId
  readonly target: Of
  /** The reason, or the exact change, in a few words. It is printed, so it never holds a secret. */
  readonly detail: string
  /** The steps earlier in the plan that must have ended well before this one begins. */
  readonly after: readonly StepId[]
  /** The wave of the step, by default 0. Its steps begin when every step of the waves before it has ended well. */
  readonly wave?: number
  /** The number of changes at Railway, one request each; by default 1. */
  readonly changes?: number
}

/** A step that starts a deployment. */
export interface DeployStep<Place extends StepEnvironment = StepEnvironment>
  extends StepBase<ServiceTarget<Place>> {
  readonly action: 'deploy'
  readonly revision: Revision
  /** The revision is the one that was live at planning. If another is live when the step begins, that is deployed. */
  readonly ofLive?: true
  /** A commit is deployed even if a newer one goes live before the step begins. */
  readonly mayGoBack?: true
}

/** A step that waits for a deployment of the same commit or image that is already under way. */
export interface AdoptStep<Place extends StepEnvironment = StepEnvironment>
  extends StepBase<ServiceTarget<Place>> {
  readonly action: 'adopt'
  readonly deployment: Deployment
  readonly revision: Revision
  /** If the deployment is skipped, the commit is deployed even if a newer one went live meanwhile. */
  readonly mayGoBack?: true
}

/** A step that returns a service to an earlier deployment. */
export interface RollbackStep extends StepBase<ServiceTarget> {
  readonly action: 'rollback'
  /** The deployment that is live now; `null` if there is none. */
  readonly from: Deployment | null
  readonly to: Deployment
  /** The image to set as the service's source again; `null` if the source stays as it is. */
  readonly image: ImageReference | null
  readonly revision: { readonly kind: 'past' }
}

/** A step that uploads a directory and deploys it. */
export interface UploadStep extends StepBase<ServiceTarget> {
  readonly action: 'upload'
  readonly revision: {
    readonly kind: 'upload'
    /** The directory as the input has it. */
    readonly directory: string
    readonly tree: Tree
    /** The directory in the archive under which the tree is packed; empty for its top. */
    readonly below: string
    /** The message that Railway shows with the deployment. */
    readonly message: string
  }
}

/** Steps that start a deployment. */
export type StartingStep<Place extends StepEnvironment = StepEnvironment> =
  | DeployStep<Place>
  | UploadStep
  | RollbackStep

/**
 * A step that leaves the target alone, because it is as requested (`unchanged`), cannot be deployed (`skipped`) or has
 * a newer commit (`superseded`).
 */
export interface KeepStep extends StepBase<Target<StepEnvironment>> {
  readonly action: 'keep'
  readonly because: 'unchanged' | 'skipped' | 'superseded'
}

/** A change of variables by their names. The values are secrets and stay out of the plan. */
export interface PlannedVariables {
  readonly owner: VariableOwner
  readonly write: readonly string[]
  readonly remove: readonly string[]
  /** The difference from the present variables. */
  readonly diff: VariableDiff
  /**
   * Paths of removals that an earlier run left staged in the environment. They belong to this plan and are
   * committed with its first removal there.
   */
  readonly leftoverPaths: readonly string[]
}

/** A step that writes variables of a service, or the shared ones of an environment, and deploys nothing. */
export interface SetVariablesStep extends StepBase<Target> {
  readonly action: 'set-variables'
  readonly variables: PlannedVariables
}

/**
 * A step that creates a preview environment, or finds one that was made in the meantime. Its environment is `createdBy`
 * itself.
 */
export interface CreatePreviewStep extends StepBase<Target<StepEnvironment>> {
  readonly action: 'create-preview'
  readonly preview: PreviewSpec
}

/** A step that updates an existing preview: missing parts of the clone, branch, image, variables and domains. */
export interface UpdatePreviewStep extends StepBase<Target> {
  readonly action: 'update-preview'
  readonly preview: PreviewSpec
}

/** A step that deletes a preview environment and confirms that it is gone. */
export interface DeletePreviewStep extends StepBase<Target> {
  readonly action: 'delete-preview'
  /**
   * When something was last deployed in it, in milliseconds since the epoch, if it is deleted for its age. It is kept
   * if something was deployed since.
   */
  readonly idleSince?: number
  /** The pull request, if it is deleted because that is closed. It is kept if that is open again by then. */
  readonly closed?: ClosedPullRequest
}

/** A pull request that was closed when the deletion of its preview was planned. */
export interface ClosedPullRequest {
  readonly number: number
  /** The source of its state: the event of the run, or GitHub. */
  readonly toldBy: 'event' | 'github'
}

/** One change to one target, as JSON. */
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
  /** Remarks that need no action. */
  readonly notices?: readonly Warning[]
  /** `true` if the first wave is the canary. */
  readonly canary?: boolean
}

/** Returns whether a step changes something at Railway. */
export const changes = ({ action }: Step) => action !== 'keep' && action !== 'adopt'

/** Returns whether a step starts a deployment. */
export const starts = <Place extends StepEnvironment>(
  step: Step<Place>,
): step is StartingStep<Place> =>
  step.action === 'deploy' || step.action === 'upload' || step.action === 'rollback'

/** Returns whether a step creates or updates a preview. */
export const preparesPreview = ({ action }: Step) =>
  action === 'create-preview' || action === 'update-preview'

/** Returns whether there is something to do or to wait for. */
export const hasWork = ({ steps }: Plan) => steps.some(({ action }) => action !== 'keep')
