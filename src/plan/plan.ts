import type { Warning } from '../errors/warning.ts'
import type { ImageReference } from '../inputs/image-reference.ts'
import type { Deployment, ServiceTarget, Target } from '../inventory/inventory.ts'
import type { PreviewSpec } from './preview/spec.ts'
import type { Tree } from './upload.ts'
import type { VariableChange } from './variables/ports.ts'

/** What to deploy: a commit, an image to put on it, Railway's newest, or what the service has now. */
export type Revision =
  | { readonly kind: 'commit'; readonly sha: string }
  | { readonly kind: 'image'; readonly image: ImageReference }
  | { readonly kind: 'latest' }
  | { readonly kind: 'current' }

interface StepBase<Of extends Target = ServiceTarget> {
  readonly target: Of
  /** Why, or what exactly, in a few words. Never a secret: it is printed. */
  readonly detail: string
  /** Steps that must have ended well before this one begins; none where it is left out. */
  readonly after?: readonly Step[]
  /** Steps of a wave begin when every step of the waves before it has ended well. By default 0. */
  readonly wave?: number
  /** Changes that it takes at Railway, one request each; by default 1. */
  readonly changes?: number
}

/** Starts a deployment. */
export interface DeployStep extends StepBase {
  readonly action: 'deploy'
  readonly revision: Revision
}

/** Waits for a deployment of the same commit or image that is already under way. */
export interface AdoptStep extends StepBase {
  readonly action: 'adopt'
  readonly deployment: Deployment
  readonly revision: Revision
}

/** Returns a service to a deployment of its past. */
export interface RollbackStep extends StepBase {
  readonly action: 'rollback'
  /** What is live now; `null` where nothing is. */
  readonly from: Deployment | null
  readonly to: Deployment
  readonly revision: { readonly kind: 'past' }
}

/** Uploads a directory and deploys it. */
export interface UploadStep extends StepBase {
  readonly action: 'upload'
  readonly revision: {
    readonly kind: 'upload'
    /** As the input has it. */
    readonly directory: string
    readonly tree: Tree
    /** The directory in the archive that the tree goes to; empty for its top. */
    readonly below: string
    /** What Railway shows as the deployment's message. */
    readonly message: string
  }
}

/** Steps that start a deployment. */
export type StartingStep = DeployStep | UploadStep | RollbackStep

/** Leaves the target alone, because it is as asked (`unchanged`) or cannot be deployed (`skipped`). */
export interface KeepStep extends StepBase<Target> {
  readonly action: 'keep'
  readonly because: 'unchanged' | 'skipped'
}

/**
 * Writes variables of a service, or the shared ones of an environment, and deploys nothing. The values in
 * it are secrets, which never print: whoever shows the step has its names only.
 */
export interface SetVariablesStep extends StepBase<Target> {
  readonly action: 'set-variables'
  readonly change: VariableChange
}

/**
 * Makes a preview environment, or finds one that was made meanwhile. Its environment has no id before:
 * steps that come `after` it share the same environment object and are given the real one then.
 */
export interface CreatePreviewStep extends StepBase<Target> {
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
}

/** One thing that will be done to one target, as plain data. */
export type Step =
  | StartingStep
  | AdoptStep
  | KeepStep
  | SetVariablesStep
  | CreatePreviewStep
  | UpdatePreviewStep
  | DeletePreviewStep

/** The whole run, decided before anything is changed. */
export interface Plan {
  readonly steps: readonly Step[]
  readonly warnings: readonly Warning[]
}

/** `true` for steps that change something at Railway. */
export const changes = ({ action }: Step) => action !== 'keep' && action !== 'adopt'

/** Tells steps that start a deployment from the others. */
export const starts = (step: Step): step is StartingStep =>
  step.action === 'deploy' || step.action === 'upload' || step.action === 'rollback'

/** `true` where there is something to do or to wait for. */
export const hasWork = ({ steps }: Plan) => steps.some(({ action }) => action !== 'keep')
