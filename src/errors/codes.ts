import type { TokenType } from '../token-type.ts'

/** A service of an environment of a project, or the whole environment, by names: how errors say where. */
export interface Location {
  project: string
  environment: string
  service: string | null
}

/** What is known when an error is found. Never a secret: facts end up in annotations and reports. */
export interface Facts {
  'input-invalid': { input: string; given: string | null; takes: string }
  'token-missing': {
    situation: 'fork' | 'dependabot' | 'reusable-workflow' | 'empty-input' | 'none'
    /** What the workflow file or the environment tells about it; empty where nothing does. */
    known?: string
  }
  'token-malformed': { source: string; found: string }
  /** `questions`: everything Railway was asked about the token, and refused. */
  'token-invalid': { source: string; questions: readonly string[] }
  /** `extra`: one more reason, without a full stop; may be empty. */
  'token-project-scoped': {
    project: string
    environment: string
    asked: string
    extra: string
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
    asked: string | null
  }
  'workspace-mismatch': {
    tokenType: TokenType
    scopedTo: readonly string[]
    /** `null`: none in particular, and there is none in reach. */
    asked: string | null
    nearest: string | null
  }
  'project-not-in-scope': {
    asked: string
    workspace: string
    available: readonly string[]
    nearest: string | null
    /** Other workspaces in the token's reach that have it. */
    elsewhere?: readonly string[]
  }
  'environment-not-found': {
    asked: string
    project: string
    available: readonly string[]
    nearest: string | null
    /** Other selected projects that have it. */
    elsewhere: readonly string[]
  }
  'environment-restricted': { project: string; environment: string; tokenType: TokenType }
  'service-not-found': {
    asked: string | null
    where: string
    available: readonly string[]
    nearest: string | null
    repository: string
    /** Other environments of the selected projects that have it, `staging of shop`. */
    elsewhere?: readonly string[]
    /** The image that services were looked for by, where it was one. */
    image?: string
  }
  'operation-not-permitted': { doing: string; on: string; tokenType: TokenType; said: string }
  'two-factor-required': { workspace: string | null }
  /** `repository`: the fork's, `null` where it is not known; `certain: false` where the event does not say. */
  'untrusted-commit': {
    commit: string | null
    event: string
    repository: string | null
    certain: boolean
  }
  'commit-mismatch': Location & { asked: string; live: string }
  'inherited-variable': Location & { variable: string; pattern: string }
  'commit-not-found': Location & { commit: string }
  'rate-limited': {
    by: 'api' | 'edge'
    doing: string
    needed: number | null
    remaining: number | null
    resetsAt: string | null
  }
  'api-unavailable': { doing: string; detail: string; consequence: string }
  'api-incompatible': { operation: string; field: string; detail: string }
  'deployment-failed': Location & {
    how: 'failed' | 'crashed' | 'removed'
    step: string | null
    diagnosis: string | null
    firstErrorLine: string | null
  }
  'deployment-skipped': Location & { why: string | null }
  /** `bytes`: of what was sent; `null` where it could not even be packed. */
  'upload-refused': Location & { directory: string; bytes: number | null; why: string }
  /** `status`: what the deployment, or the run in an environment, was last at; `null` for a turn that never came. */
  'deployment-timeout': Location & { status: string | null; waited: string }
  cancelled: { started: number; unfinished: number }
  'internal-error': { name: string; where: string }
}

/** The stable codes of the contract; `docs/errors.md` has a section for each. */
export type ErrorCode = keyof Facts

/** One thing that is wrong: a code and what is known of it. Plain data. */
export type Failure<Code extends ErrorCode = ErrorCode> = {
  [C in Code]: { readonly code: C; readonly facts: Facts[C] }
}[Code]

/** Builds a failure; its type ties the facts to the code. */
export function failure<Code extends ErrorCode>(code: Code, facts: Facts[Code]): Failure<Code> {
  return { code, facts } as Failure<Code>
}
