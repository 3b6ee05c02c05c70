import type { Result } from '../errors/result.ts'
import type { TokenInput } from '../inputs/read-inputs.ts'
import type { Named } from '../named.ts'

/**
 * The scope of a token.
 * - `workspace`: one workspace, with the rights of an admin.
 * - `account`, `oauth`: the rights of a person. `workspaces`: all that the token has access to. `workspace`: the chosen one.
 * - `project`: one environment of one project. The token does not name its workspace.
 */
export type TokenScope = {
  /** The facts that are not certain, each a sentence for a warning. */
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

/** A token's type and the workspaces that it has access to, before one of them is chosen. */
export type DetectedToken =
  | {
      readonly kind: 'workspace' | 'account' | 'oauth'
      readonly workspaces: readonly Named[]
    }
  | { readonly kind: 'project'; readonly projectId: string; readonly environmentId: string }

/** The result of probing a token. */
export interface DetectionResult {
  readonly token: Result<DetectedToken>
  /** The workspace of a project token's project; `null` if it was not requested or not reported. */
  readonly projectWorkspace: Named | null
  /** The probes with their results, each a sentence for the log. */
  readonly probeResults: readonly string[]
  /** The facts that are not certain, each a sentence for a warning. */
  readonly uncertainties: readonly string[]
}

/** The workflow's requirements for the token. `workspace` is a name or an id. */
export interface ScopeRequirements {
  readonly token: TokenInput
  readonly workspace: string | null
  readonly requireWorkspaceToken: boolean
}
