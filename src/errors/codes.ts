import type { UnusableProxy } from '../proxy.ts'
import type { TokenSource, TokenType } from '../token-type.ts'

/** A service of an environment of a project, or the whole environment, by names: how errors say where. */
export interface Location {
  project: string
  environment: string
  service: string | null
}

/** The state of an object that Railway refused to change, as it was looked up after the refusal. */
export type Presence =
  | { readonly kind: 'there' }
  /** `what`: the outermost object that is gone, of those that `at` names. */
  | {
      readonly kind: 'deleted'
      readonly what: 'project' | 'environment' | 'service' | 'deployment'
      readonly at: Location
    }

/** Why an input cannot be used. The words are in `messages.ts`. */
export type InputProblem =
  /** `text` completes "Expected …": the values that the input accepts. Backticks in it mark code. */
  | { readonly kind: 'expected'; readonly text: string }
  /** Several have the name; `project` is set if they are environments of one project. */
  | {
      readonly kind: 'ambiguous-name'
      readonly ids: readonly string[]
      readonly project: string | null
    }
  /** `variables-from` is the environment that is written to. */
  | { readonly kind: 'same-environment' }
  /** Exactly one service has to be selected, and these are. */
  | { readonly kind: 'one-service'; readonly services: readonly string[] }
  /** The directory does not exist, or holds no file that is not ignored. */
  | { readonly kind: 'no-files' }
  /** The directory lies outside of the workspace once links are resolved. */
  | { readonly kind: 'outside-workspace' }
  /** The directory is a repository's own data, such as `.git`. */
  | { readonly kind: 'repository-data' }
  /** A service was selected for `image` that is fed by something else, and no entry names it. */
  | {
      readonly kind: 'other-source'
      readonly service: string
      readonly environment: string
      /** The repository of the image that was given. */
      readonly image: string
      readonly source: ServiceSource
    }
  /** `variables-mode: replace` with nothing to set. */
  | { readonly kind: 'removes-everything'; readonly services: readonly string[] }
  /** No pattern matches any of these. */
  | {
      readonly kind: 'no-match'
      readonly of: 'projects-or-services' | 'services' | 'variables'
      readonly available: readonly string[]
    }

/** The source of a service's code. */
export type ServiceSource =
  | { readonly kind: 'repository'; readonly repository: string }
  | { readonly kind: 'image'; readonly image: string }
  | { readonly kind: 'none' }

/** Why an environment is not taken for a preview of this repository. */
export type ForeignEnvironment =
  | { readonly kind: 'base-environment' }
  | { readonly kind: 'persistent' }
  | { readonly kind: 'restricted' }
  /** Railway does not describe it. */
  | { readonly kind: 'unknown' }
  /** Railway made it by itself. */
  | { readonly kind: 'railway-preview'; readonly pullRequest: number }
  | { readonly kind: 'other-repository'; readonly repository: string }
  | { readonly kind: 'other-base'; readonly source: string; readonly base: string }
  /** Somebody else made it after planning. */
  | { readonly kind: 'created-meanwhile' }
  /** No environment has the name. Railway keeps the names of deleted ones for a while. */
  | { readonly kind: 'reserved' }

/** Why nothing of an environment can be promoted for a service. */
export type NotLiveReason =
  | { readonly kind: 'absent' }
  | { readonly kind: 'never-deployed' }
  | { readonly kind: 'not-live'; readonly status: string }
  | { readonly kind: 'uploaded' }

/** The last result of a health check that was not passed. */
export type HealthCheckResult =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'no-answer'; readonly detail: string }

/** A fact about the workflow file or the environment that shows why there is no token. */
export type TokenEvidence =
  /** The workflow file sets the input or variable `name`, to `expression` if it is nothing but one. */
  | { readonly kind: 'set-but-empty'; readonly name: string; readonly expression: string | null }
  | { readonly kind: 'empty-variable'; readonly name: string }
  | { readonly kind: 'call-without-secrets'; readonly job: string; readonly file: string }

/** Something in a token that no Railway token has. */
export type TokenFault = 'quotes' | 'bearer-prefix' | 'line-break' | 'white-space' | 'characters'

/** The object that a workflow requests and a project token does not reach. */
export type BeyondProjectToken =
  | { readonly kind: 'project' | 'projects'; readonly name: string }
  /** `null`: no environment was given, and several are selected. */
  | { readonly kind: 'environment'; readonly name: string | null }
  /** The environment that `input` names beside the one that is written to. */
  | { readonly kind: 'other-environment'; readonly name: string; readonly input: string }
  | { readonly kind: 'preview' }

/** An activity that an error interrupted. The phrases are in `activities.ts`. */
export type Activity =
  | 'detect-token'
  | 'read-workspace'
  | 'read-token-project'
  | 'read-fields'
  | 'read-service'
  | 'read-source-settings'
  | 'read-history'
  | 'read-histories'
  | 'read-deployment'
  | 'read-instance'
  | 'read-previews'
  | 'read-preview'
  | 'read-base'
  | 'read-all-variables'
  | 'read-variables'
  | 'read-all-staged-changes'
  | 'read-staged-changes'
  | 'execute-plan'
  | 'deploy'
  | 'start-deployment'
  | 'follow-deployment'
  | 'explain-removal'
  | 'upload'
  | 'roll-back'
  | 'cancel-deployment'
  | 'set-image'
  | 'write-variables'
  | 'remove-variables'
  | 'create-environment'
  | 'clone-services'
  | 'change-preview'
  | 'apply-preview-changes'
  | 'disable-auto-deploy'
  | 'create-domain'
  | 'delete-environment'
  | 'confirm-deletion'

/** The state of things after an error. The sentences are in `activities.ts`. */
export type Effect =
  | 'nothing-changed'
  | 'not-changed'
  | 'not-deployed'
  | 'not-rolled-back'
  | 'not-written'
  | 'not-removed'
  | 'continues'
  | 'started-continues'
  | 'may-be-live'
  | 'replaced-or-removed'
  | 'deleted-or-found-later'
  | 'image-unknown'
  | 'cancellation-unknown'
  | 'deployment-unknown'
  | 'start-unknown'
  | 'rollback-unknown'
  | 'write-unknown'
  | 'removal-unknown'
  | 'preview-unknown'

/** The activity that an error interrupted, with the place or the name that it was about. */
export interface InterruptedActivity {
  readonly activity: Activity
  readonly object: Location | string | null
}

/** A request to Railway that got no usable answer. */
export interface UnansweredRequest extends InterruptedActivity {
  readonly detail: string
  readonly effect: Effect
  /** The variable that names the proxy of the request. */
  readonly proxy?: string
  /** The certificate of the server is not trusted on this machine. */
  readonly untrusted?: true
}

/** The facts of each error. Never a secret: they end up in annotations and reports. */
export interface Facts {
  'input-invalid': { input: string; given: string | null; problem: InputProblem }
  'token-missing': {
    situation: 'fork' | 'dependabot' | 'reusable-workflow' | 'empty-input' | 'none'
    evidence: readonly TokenEvidence[]
  }
  'token-malformed': { source: TokenSource; fault: TokenFault }
  /** `questions`: everything Railway was asked about the token, and refused. */
  'token-invalid': {
    source: TokenSource
    questions: readonly string[]
    /** The time since it worked in this run; missing if it never did. */
    worked?: string
  }
  'token-project-scoped': {
    project: string
    environment: string
    beyond: BeyondProjectToken
    nearest?: string | null
    /** The input that reaches beyond, and the line of it. */
    input?: string
    entry?: string
  }
  'token-account-scoped': { tokenType: TokenType; workspaces: readonly string[] }
  'workspace-ambiguous': {
    tokenType: TokenType
    workspaces: readonly string[]
    /** The name that several have, where one was given: then each of `workspaces` comes with its id. */
    requested: string | null
  }
  'workspace-mismatch': {
    tokenType: TokenType
    scopedTo: readonly string[]
    /** `null`: none in particular, and there is none in reach. */
    requested: string | null
    nearest: string | null
  }
  'project-not-in-scope': {
    requested: string
    workspace: string
    available: readonly string[]
    nearest: string | null
    /** Other workspaces in the token's reach that have it. */
    elsewhere?: readonly string[]
  }
  'environment-not-found': {
    requested: string
    project: string
    available: readonly string[]
    nearest: string | null
    /** Other selected projects that have it. */
    elsewhere: readonly string[]
  }
  'environment-restricted': { project: string; environment: string; tokenType: TokenType }
  'service-not-found': {
    requested: string | null
    where: string
    available: readonly string[]
    nearest: string | null
    repository: string
    /** Other environments of the selected projects that have it, `staging of shop`. */
    elsewhere?: readonly string[]
    /** A preview needs such a service, whatever `services` names. */
    forPreview?: boolean
    /** The image that services were looked for by, where it was one. */
    image?: string
  }
  'operation-not-permitted': InterruptedActivity & {
    tokenType: TokenType
    /** As far as Railway's words tell. */
    reason: 'not-authorized' | 'not-found' | 'plan' | 'other'
    message: string
    /** The token was probed again after the refusal, and accepted. */
    tokenChecked?: boolean
    /** The state of the object, if it was looked up after the refusal. */
    presence?: Presence
  }
  'two-factor-required': { workspace: string | null }
  /** `repository`: the fork's, `null` where it is not known; `certain: false` where the event does not say. */
  'untrusted-commit': {
    commit: string | null
    event: string
    repository: string | null
    certain: boolean
  }
  'commit-mismatch': Location & { requested: string; live: string }
  'commit-not-found': Location & { commit: string }
  /** `from`: the environment that is promoted. */
  'source-not-live': Location & { from: string; reason: NotLiveReason }
  /** `end`: the variable whose literal value it comes from through references; `null` for its own value. */
  'inherited-variable': Location & {
    variable: string
    pattern: string
    end: { name: string; isPassword: boolean; isItself: boolean } | null
  }
  /** `sealed`: those of the variables whose present value cannot be read. */
  'empty-value': Location & { variables: readonly string[]; sealed: readonly string[] }
  'staged-changes': {
    project: string
    environment: string
    purpose: 'remove-variables' | 'preview'
    author: string | null
    /** ISO 8601. */
    since: string | null
  }
  'name-taken': { project: string; environment: string; reason: ForeignEnvironment }
  /** `read`: how many earlier deployments were looked at. */
  'rollback-unavailable': Location & { read: number }
  'rate-limited': InterruptedActivity & {
    by: 'api' | 'edge'
    needed: number | null
    remaining: number | null
    /** Jobs that the rest was divided by. */
    shards?: number
    resetsAt: string | null
  }
  'api-unavailable': UnansweredRequest | UnusableProxy
  'api-incompatible': { operation: string; field: string; detail: string }
  'deployment-failed': Location & {
    how: 'failed' | 'crashed' | 'removed'
    step: string | null
    diagnosis: string | null
    firstErrorLine: string | null
    /** From the deployment's `meta`: Railway's objections to the configuration. */
    reason?: string | null
    /** `false` if Railway shows no line of a log. */
    hasLog?: boolean
  }
  unhealthy: Location & { url: string; result: HealthCheckResult; waited: string }
  'deployment-skipped': Location & { why: string | null }
  /** `bytes`: of what was sent; `null` where it could not even be packed. */
  'upload-refused': Location & { directory: string; bytes: number | null; why: string }
  /** `status`: what the deployment, or the run in an environment, was last at; `null` for a turn that never came. */
  'deployment-timeout': Location & { status: string | null; waited: string }
  /** `targets`: the services and environments that the plan would change, each once. */
  'changes-pending': { targets: readonly Location[] }
  cancelled: { started: number; unfinished: number }
  /** `missing`: a file of the action that is not there. */
  'internal-error': { name: string; where: string; missing?: string }
}

/** The stable codes; `docs/errors.md` has a section for each. */
export type ErrorCode = keyof Facts

/** One thing that is wrong: a code and what is known of it. Plain data. */
export type Failure<Code extends ErrorCode = ErrorCode> = {
  [C in Code]: { readonly code: C; readonly facts: Facts[C] }
}[Code]

/** Builds a failure; its type ties the facts to the code. */
export function failure<Code extends ErrorCode>(code: Code, facts: Facts[Code]): Failure<Code> {
  return { code, facts } as Failure<Code>
}

/** Describes in words what an input accepts. `text` completes "Expected …". */
export const expected = (text: string): InputProblem => ({ kind: 'expected', text })
