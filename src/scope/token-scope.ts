import type { Result } from '../errors/result.ts'
import type { TokenInput } from '../inputs/read-inputs.ts'
import type { Named } from '../named.ts'

/**
 * A token and what it reaches.
 * - `workspace`: one workspace, as an admin of it.
 * - `account`, `oauth`: what a person may do; `workspaces` are all in reach, `workspace` is the chosen one.
 * - `project`: one environment of one project; its workspace is not known from the token.
 */
export type TokenScope = {
  /** Facts that could not be settled, each a sentence for a warning. */
  readonly uncertainties: readonly string[]
} & (
  | { readonly kind: 'workspace'; readonly workspace: Named }
  | {
      readonly kind: 'account' | 'oauth'
      readonly workspace: Named
      readonly workspaces: readonly Named[]
    }
  | { readonly kind: 'project'; readonly projectId: string; readonly environmentId: string }
)

/** A kind of token and the workspaces it reaches, before one of them is chosen. */
export type DetectedToken =
  | {
      readonly kind: 'workspace' | 'account' | 'oauth'
      readonly workspaces: readonly Named[]
    }
  | { readonly kind: 'project'; readonly projectId: string; readonly environmentId: string }

/** The result of probing a token, good or bad. */
export interface DetectionResult {
  readonly token: Result<DetectedToken>
  /** The workspace of the project of a project token, if it was probed and named. */
  readonly projectWorkspace: Named | null
  /** Each probe with its result, as a sentence for the log. */
  readonly probeResults: readonly string[]
  /** Facts that could not be settled, each a sentence for a warning. */
  readonly uncertainties: readonly string[]
}

/** The requirements of the workflow for the token. */
export interface ScopeRequirements {
  readonly token: TokenInput
  readonly workspace: string | null
  readonly requireWorkspaceToken: boolean
}
