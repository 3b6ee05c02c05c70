import type { UnusableProxy } from '../proxy.ts'
import type { TokenSource, TokenType } from '../token-type.ts'

/** The location of an error, as names: a service in an environment of a project, or the whole environment. */
export interface Location {
  project: string
  environment: string
  service: string | null
}

/** The state of an object whose change Railway rejected, as it was looked up after the rejection. */
export type Presence =
  | { readonly kind: 'there' }
  /**
   * The object was deleted. `what`: the outermost object that was deleted. `at`: its name and the names of the objects
   * around it.
   */
  | {
      readonly kind: 'deleted'
      readonly what: 'project' | 'environment' | 'service' | 'deployment'
      readonly at: Location
    }

/** The reason why an input cannot be used. The words for each are in `messages/inputs.ts`. */
export type InputProblem =
  /** The value has another format. `expected`: the accepted values as a noun phrase. Backticks in it mark code. */
  | { readonly kind: 'format'; readonly expected: string }
  /** The input is missing. `because`: the reason why it is required, in whole sentences. */
  | { readonly kind: 'required'; readonly because: string }
  /** The command does not use the input. `commands`: those that do. */
  | { readonly kind: 'unused'; readonly command: string; readonly commands: readonly string[] }
  /** The input contradicts another setting `by`, such as `command: preview` in backticks. */
  | { readonly kind: 'excluded'; readonly by: string; readonly because: string }
  /** The input has an effect only with another setting, such as `wait: true` in backticks. */
  | { readonly kind: 'requires'; readonly setting: string; readonly because: string }
  /** The value is not allowed. `because`: the reason, in whole sentences. */
  | { readonly kind: 'rejected'; readonly because: string }
  /**
   * The input is written as expressions that evaluated to empty values. `expressions`: each in backticks. `default`: the written
   * form of the default, `[]` for any other list, and `null` for text.
   */
  | {
      readonly kind: 'empty-expression'
      readonly expressions: readonly string[]
      readonly default: '@repository' | '*' | '[]' | null
    }
  /** Several objects have the name. `project`: the project, if they are environments of one project. */
  | {
      readonly kind: 'ambiguous-name'
      readonly ids: readonly string[]
      readonly project: string | null
    }
  /** The input names the same environment as `environment`. */
  | { readonly kind: 'same-environment' }
  /** Exactly one service has to be selected. `services`: those that are selected. */
  | { readonly kind: 'one-service'; readonly services: readonly string[] }
  /** The directory does not exist, or ignore rules exclude all of its files. */
  | { readonly kind: 'no-files' }
  /** The directory is outside of the workspace, by its path or through a symbolic link. */
  | { readonly kind: 'outside-workspace' }
  /** The directory is the data of a git repository, such as `.git`. */
  | { readonly kind: 'repository-data' }
  /** The input `image` selects a service that has another source, and `services` does not give its name or id. */
  | {
      readonly kind: 'other-source'
      readonly service: string
      readonly environment: string
      /** The given image, without tag and digest. */
      readonly image: string
      readonly source: ServiceSource
    }
  /** The input `variables-mode: replace` without variables would remove all variables of these services. */
  | { readonly kind: 'removes-everything'; readonly services: readonly string[] }
  /** The pattern matches nothing. `of`: the kind of the objects that it was compared with. `available`: their names. */
  | {
      readonly kind: 'no-match'
      readonly of: 'projects-or-services' | 'services' | 'variables'
      readonly available: readonly string[]
    }

/** The source that Railway deploys a service from. */
export type ServiceSource =
  | { readonly kind: 'repository'; readonly repository: string }
  | { readonly kind: 'image'; readonly image: string }
  | { readonly kind: 'none' }

/** The reason why an environment does not count as a preview of this repository. */
export type ForeignEnvironment =
  | { readonly kind: 'base-environment' }
  | { readonly kind: 'persistent' }
  | { readonly kind: 'restricted' }
  /** Railway did not return the record of the environment. */
  | { readonly kind: 'unknown' }
  /** Railway itself created the environment for a pull request. */
  | { readonly kind: 'railway-preview'; readonly pullRequest: number }
  | { readonly kind: 'other-repository'; readonly repository: string }
  | { readonly kind: 'other-base'; readonly source: string; readonly base: string }
  /** The environment was created after the plan was made. */
  | { readonly kind: 'created-meanwhile' }
  /**
   * No environment has the name, but Railway rejects the name. Railway keeps the names of deleted environments for a
   * while.
   */
  | { readonly kind: 'reserved' }

/** The reason why a service cannot be promoted from an environment. */
export type NotLiveReason =
  | { readonly kind: 'absent' }
  | { readonly kind: 'never-deployed' }
  | { readonly kind: 'not-live'; readonly status: string }
  | { readonly kind: 'uploaded' }

/** The services that wait until another one is healthy: all except the canary, or those of later waves. */
export type WaitingServices = 'after-canary' | 'later-waves'

/** The last bad result of a health check. */
export type HealthCheckResult =
  | { readonly kind: 'status'; readonly status: number }
  | { readonly kind: 'no-response'; readonly detail: string }

/** A fact about the workflow file, or about environment variables, that shows why there is no token. */
export type TokenEvidence =
  /** The workflow file sets the input or variable `name`. `expression`: its value, if that is a single expression. */
  | { readonly kind: 'set-but-empty'; readonly name: string; readonly expression: string | null }
  | { readonly kind: 'empty-variable'; readonly name: string }
  | { readonly kind: 'call-without-secrets'; readonly job: string; readonly file: string }

/** A fault in the text of a token. No Railway token contains such text. */
export type TokenFault = 'quotes' | 'bearer-prefix' | 'line-break' | 'white-space' | 'characters'

/** The object that a workflow requests and that a project token has no access to. */
export type BeyondProjectToken =
  | { readonly kind: 'project' | 'projects'; readonly name: string }
  /** An environment. `name`: `null` if no environment was given and several are selected. */
  | { readonly kind: 'environment'; readonly name: string | null }
  /** The environment that the input `input` names. `input` is not the input `environment`. */
  | { readonly kind: 'other-environment'; readonly name: string; readonly input: string }
  | { readonly kind: 'preview' }

/** An activity that an error can interrupt. The phrase for each is in `messages/activities.ts`. */
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

/** The effect of an error on the object of the activity. The sentence for each is in `messages/activities.ts`. */
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

/** The activity that an error interrupted, with its object: a location, or a description in words. */
export interface InterruptedActivity {
  readonly activity: Activity
  readonly object: Location | string | null
}

/** A request to Railway without a usable response. */
export interface FailedRequest extends InterruptedActivity {
  readonly detail: string
  readonly effect: Effect
  /** The environment variable with the URL of the proxy that the request went through. */
  readonly proxy?: string
  /** `true` if this machine does not trust the certificate of the server. */
  readonly untrusted?: true
}

/**
 * The facts of each error, by its code. They never contain a secret, because annotations and reports show them.
 *
 * A new code also needs its words in `messages/`, its line in `report/failure-location.ts`, an example in
 * `scripts/docs/error-samples.ts`, and a section in `docs/errors.md`. The compiler or a test fails if one is missing.
 */
export interface Facts {
  'input-invalid': { input: string; given: string | null; problem: InputProblem }
  'token-missing': {
    situation: 'fork' | 'dependabot' | 'reusable-workflow' | 'empty-input' | 'none'
    evidence: readonly TokenEvidence[]
  }
  'token-malformed': { source: TokenSource; fault: TokenFault }
  /**
   * Facts about a token that Railway accepts in no request. `questions`: the names of all requests about the token,
   * each of which Railway rejected.
   */
  'token-invalid': {
    source: TokenSource
    questions: readonly string[]
    /** The time since Railway last accepted the token in this run; missing if it never did. */
    worked?: string
  }
  'token-project-scoped': {
    project: string
    environment: string
    beyond: BeyondProjectToken
    nearest?: string | null
    /** The input that requests the object, and the entry of the input. */
    input?: string
    entry?: string
  }
  'token-account-scoped': { tokenType: TokenType; workspaces: readonly string[] }
  'workspace-ambiguous': {
    tokenType: TokenType
    workspaces: readonly string[]
    /**
     * The given name that several workspaces have; `null` if none was given. With a name, `workspaces` contain their
     * ids.
     */
    requested: string | null
  }
  'workspace-mismatch': {
    tokenType: TokenType
    scopedTo: readonly string[]
    /** The given workspace; `null` if none was given and the token has access to none. */
    requested: string | null
    nearest: string | null
  }
  'project-not-in-scope': {
    requested: string
    /** `true` if `requested` is several patterns that together select nothing. */
    isList?: boolean
    workspace: string
    available: readonly string[]
    nearest: string | null
    /** Other workspaces that the token has access to and that have such a project. */
    elsewhere?: readonly string[]
  }
  'environment-not-found': {
    requested: string
    project: string
    available: readonly string[]
    nearest: string | null
    /** Other selected projects that have such an environment. */
    elsewhere: readonly string[]
    /** The input with the name of the environment, if it is not `environment`. */
    input?: 'variables-from' | 'from-environment'
  }
  'environment-restricted': {
    project: string
    environment: string
    tokenType: TokenType
    /** Whether other projects are selected, too, so that this one can be excluded. */
    hasOtherProjects?: boolean
    /** The input with the name of the environment, if it is not `environment`. */
    input?: 'variables-from' | 'from-environment'
  }
  'service-not-found': {
    requested: string | null
    /** `true` if `requested` is several patterns that together select nothing. */
    isList?: boolean
    where: string
    available: readonly string[]
    nearest: string | null
    repository: string
    /** Other environments of the selected projects that have such a service, in words. */
    elsewhere?: readonly string[]
    /**
     * The reason why the service is needed: to recognize a preview, or to copy variables. Absent for a selected
     * service.
     */
    purpose?: 'preview' | 'copy'
    /** The image by which services are selected, if `image` is given without `services`. */
    image?: string
  }
  'operation-not-permitted': InterruptedActivity & {
    tokenType: TokenType
    /**
     * The reason, as far as Railway's message shows it. `not-applied`: Railway accepted the change, but the change did
     * not take effect.
     */
    reason: 'not-authorized' | 'not-found' | 'plan' | 'not-applied' | 'other'
    /** Railway's message; empty if there was none. */
    message: string
    /** The time without the effect of a change that was not applied, in words. */
    waited?: string
    /** `true` if the token was probed again after the rejection, and Railway accepted it. */
    tokenChecked?: boolean
    /** The state of the object, if it was looked up after the rejection. */
    presence?: Presence
  }
  'two-factor-required': { workspace: string | null }
  /**
   * Facts about a commit that belongs to a fork, or may belong to one. `repository`: the fork; `null` if it is not
   * known. `certain`: `false` if the event does not show whose commit it is.
   */
  'untrusted-commit': {
    commit: string | null
    event: string
    repository: string | null
    certain: boolean
  }
  'commit-mismatch': Location & { requested: string; live: string }
  'commit-not-found': Location & { commit: string }
  /** Facts about a service that cannot be promoted. `from`: the name of the environment to promote from. */
  'source-not-live': Location & { from: string; reason: NotLiveReason }
  /**
   * Facts about a value that a preview would inherit. `end`: the variable with the literal value, if the value comes
   * from it through references; else `null`.
   */
  'inherited-variable': Location & {
    variable: string
    pattern: string
    end: { name: string; isPassword: boolean; isItself: boolean } | null
  }
  /**
   * Facts about variables that would become empty. `sealed`: the names of the variables that are sealed, so that their
   * stored value cannot be read.
   */
  'empty-value': Location & { variables: readonly string[]; sealed: readonly string[] }
  'staged-changes': {
    project: string
    environment: string
    purpose: 'remove-variables' | 'preview'
    /** The time from which changes are staged, in ISO 8601; `null` if it is not known. */
    since: string | null
    /** `true` if the changes appeared during the removal of variables, which is now staged together with them. */
    isRemovalStaged?: boolean
  }
  'name-taken': { project: string; environment: string; reason: ForeignEnvironment }
  /**
   * Facts about a service without a deployment to roll back to. `read`: the number of earlier deployments that were
   * read.
   */
  'rollback-unavailable': Location & { read: number }
  'rate-limited': InterruptedActivity & {
    by: 'api' | 'edge'
    needed: number | null
    remaining: number | null
    /** The number of jobs among which the remaining requests are divided. */
    shards?: number
    resetsAt: string | null
  }
  'api-unavailable': FailedRequest | UnusableProxy
  'api-incompatible': { operation: string; field: string; detail: string }
  'deployment-failed': Location & {
    /**
     * The kind of the failure. `removed`: it was removed before it was live. `no-longer-live`: it was live, and the
     * next read did not show it any more.
     */
    how: 'failed' | 'crashed' | 'removed' | 'no-longer-live'
    step: string | null
    diagnosis: string | null
    firstErrorLine: string | null
    /** Railway's reason in the deployment's `meta`, such as an error in the configuration. */
    reason?: string | null
    /** `false` if Railway has no log of the deployment. */
    hasLog?: boolean
    /** The services that were not started because a newer deployment replaced this one. */
    waiting?: WaitingServices
  }
  unhealthy: Location & { url: string; result: HealthCheckResult; waited: string }
  /**
   * Facts about a skipped deployment. `why`: Railway's reason. `waiting`: the services that were not started because of
   * it.
   */
  'deployment-skipped': Location & { why: string | null; waiting?: WaitingServices }
  /** Facts about an upload. `bytes`: the size of the upload; `null` if the directory could not be packed. */
  'upload-refused': Location & { directory: string; bytes: number | null; why: string }
  /**
   * Facts about work that was not finished before `timeout`. `status`: the last status of the deployment or of the
   * preview; `null` if nothing was started before `timeout`.
   */
  'deployment-timeout': Location & { status: string | null; waited: string }
  /**
   * Facts about a plan with changes. `targets`: the services and environments that the plan would change, each once.
   */
  'changes-pending': { targets: readonly Location[] }
  cancelled: { started: number; unfinished: number }
  /**
   * Facts about a bug in the action, or a missing file. `missing`: the file of the action that does not exist on the
   * runner.
   */
  'internal-error': { name: string; where: string; missing?: string }
}

/** The code of an error. Codes are stable, and `docs/errors.md` has a section for each. */
export type ErrorCode = keyof Facts

/** An error as plain data: its code and its facts. */
export type Failure<Code extends ErrorCode = ErrorCode> = {
  [C in Code]: { readonly code: C; readonly facts: Facts[C] }
}[Code]

/** Builds a failure. The type of the facts follows from the code. */
export function failure<Code extends ErrorCode>(code: Code, facts: Facts[Code]): Failure<Code> {
  return { code, facts } as Failure<Code>
}
