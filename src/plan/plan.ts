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

/** The environment of a step: one that is there, one that a step of the same plan makes, or one that is not there. */
export type StepEnvironment =
  | Named
  | { readonly createdBy: StepId; readonly name: string }
  | { readonly absent: true; readonly name: string }

/** Tells an environment that is there, and so has an id, from the others. */
export const isThere = (environment: StepEnvironment): environment is Named => 'id' in environment

/** Tells a target in an environment that is there from the others. */
export const isPlaced = <Of extends Target<StepEnvironment>>(
  target: Of,
): target is Of & { environment: Named } => isThere(target.environment)

/** A thing to deploy: a commit, an image to put on the service, Railway's newest commit, or what the service has now. */
export type Revision =
  | { readonly kind: 'commit'; readonly sha: string }
  | { readonly kind: 'image'; readonly image: ImageReference }
  | { readonly kind: 'latest' }
  | { readonly kind: 'current' }

interface StepBase<Of extends Target<StepEnvironment>> {
  readonly id: StepId
  readonly target: Of
  /** The reason, or the exact change, in a few words. Never a secret: it is printed. */
  readonly detail: string
  /** Steps earlier in the plan that must have ended well before this one begins. */
  readonly after: readonly StepId[]
  /** Steps of a wave begin when every step of the waves before it has ended well. By default 0. */
  readonly wave?: number
  /** Changes that it takes at Railway, one request each; by default 1. */
  readonly changes?: number
}

/** Starts a deployment. */
export interface DeployStep<Place extends StepEnvironment = StepEnvironment>
  extends StepBase<ServiceTarget<Place>> {
  readonly action: 'deploy'
  readonly revision: Revision
  /** The revision is the one that was live at planning. If another is live when the step begins, that is deployed. */
  readonly ofLive?: true
  /** A commit is deployed even if a newer one goes live before the step begins. */
  readonly mayGoBack?: true
}

/** Waits for a deployment of the same commit or image that is already under way. */
export interface AdoptStep<Place extends StepEnvironment = StepEnvironment>
  extends StepBase<ServiceTarget<Place>> {
  readonly action: 'adopt'
  readonly deployment: Deployment
  readonly revision: Revision
  /** If the deployment is skipped, the commit is deployed even if a newer one went live meanwhile. */
  readonly mayGoBack?: true
}

/** Returns a service to a deployment of its past. */
export interface RollbackStep extends StepBase<ServiceTarget> {
  readonly action: 'rollback'
  /** The deployment that is live now; `null` if there is none. */
  readonly from: Deployment | null
  readonly to: Deployment
  /** The image that the service's source is set back to; `null` if it stays as it is. */
  readonly image: ImageReference | null
  readonly revision: { readonly kind: 'past' }
}

/** Uploads a directory and deploys it. */
export interface UploadStep extends StepBase<ServiceTarget> {
  readonly action: 'upload'
  readonly revision: {
    readonly kind: 'upload'
    /** As the input has it. */
    readonly directory: string
    readonly tree: Tree
    /** The directory in the archive that the tree goes to; empty for its top. */
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

/** Leaves the target alone, because it is as requested (`unchanged`), cannot be deployed (`skipped`) or has a newer commit (`superseded`). */
export interface KeepStep extends StepBase<Target<StepEnvironment>> {
  readonly action: 'keep'
  readonly because: 'unchanged' | 'skipped' | 'superseded'
}

/** A change of variables by their names. The values are secrets and stay out of the plan. */
export interface PlannedVariables {
  readonly owner: VariableOwner
  readonly write: readonly string[]
  readonly remove: readonly string[]
  /** The difference from what is there. */
  readonly diff: VariableDiff
  /**
   * Paths of removals that an earlier run left staged in the environment. They belong to this plan and are
   * committed with its first removal there.
   */
  readonly leftoverPaths: readonly string[]
}

/** Writes variables of a service, or the shared ones of an environment, and deploys nothing. */
export interface SetVariablesStep extends StepBase<Target> {
  readonly action: 'set-variables'
  readonly variables: PlannedVariables
}

/** Makes a preview environment, or finds one that was made meanwhile. Its environment is `createdBy` itself. */
export interface CreatePreviewStep extends StepBase<Target<StepEnvironment>> {
  readonly action: 'create-preview'
  readonly preview: PreviewSpec
}

/** Brings a preview that is there up to date: what a clone lacks, branch, image, variables, domains. */
export interface UpdatePreviewStep extends StepBase<Target> {
  readonly action: 'update-preview'
  readonly preview: PreviewSpec
}

/** Deletes a preview environment and confirms that it is gone. */
export interface DeletePreviewStep extends StepBase<Target> {
  readonly action: 'delete-preview'
  /**
   * When something was last deployed in it, in milliseconds since the epoch, if it is deleted for its age. It is kept
   * if something was deployed since.
   */
  readonly idleSince?: number
}

/** One thing that will be done to one target, as JSON. */
export type Step<Place extends StepEnvironment = StepEnvironment> =
  | StartingStep<Place>
  | AdoptStep<Place>
  | KeepStep
  | SetVariablesStep
  | CreatePreviewStep
  | UpdatePreviewStep
  | DeletePreviewStep

/** The whole run, decided before anything is changed. It is JSON: steps refer to each other by id. */
export interface Plan {
  readonly steps: readonly Step[]
  readonly warnings: readonly Warning[]
  /** Worth telling, and nothing to act on. */
  readonly notices?: readonly Warning[]
  /** The first wave is the canary. */
  readonly canary?: boolean
}

/** `true` for steps that change something at Railway. */
export const changes = ({ action }: Step) => action !== 'keep' && action !== 'adopt'

/** Tells steps that start a deployment from the others. */
export const starts = <Place extends StepEnvironment>(
  step: Step<Place>,
): step is StartingStep<Place> =>
  step.action === 'deploy' || step.action === 'upload' || step.action === 'rollback'

/** Tells steps that make a preview, or bring it up to date, from the others. */
export const preparesPreview = ({ action }: Step) =>
  action === 'create-preview' || action === 'update-preview'

/** `true` if there is something to do or to wait for. */
export const hasWork = ({ steps }: Plan) => steps.some(({ action }) => action !== 'keep')
