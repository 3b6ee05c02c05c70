import type { Result } from '../errors/result.ts'
import type { TokenInput } from '../inputs/read-inputs.ts'
import type { Named } from '../named.ts'

/**
 * What the token is and what it reaches.
 * - `workspace`: one workspace, as an admin of it.
 * - `account`, `oauth`: what a person may do; `workspaces` are all in reach, `workspace` is the chosen one.
 * - `project`: one environment of one project; its workspace is not known from the token.
 */
export type TokenScope = {
  /** Each answer that led to the conclusion, as a sentence for the log. */
  readonly evidence: readonly string[]
  /** What could not be settled, each a sentence for a warning. */
  readonly doubts: readonly string[]
} & (
  | { readonly kind: 'workspace'; readonly workspace: Named }
  | {
      readonly kind: 'account' | 'oauth'
      readonly workspace: Named
      readonly workspaces: readonly Named[]
    }
  | { readonly kind: 'project'; readonly projectId: string; readonly environmentId: string }
)

/** What kind of token it is and which workspaces it reaches, before one of them is chosen. */
export type DetectedToken =
  | {
      readonly kind: 'workspace' | 'account' | 'oauth'
      readonly workspaces: readonly Named[]
    }
  | { readonly kind: 'project'; readonly projectId: string; readonly environmentId: string }

/** The end of the investigation, good or bad. */
export interface DetectionResult {
  readonly scope: Result<TokenScope>
  /** What the token is, also where its scope does not fit; `null` where that is not known. */
  readonly detected: DetectedToken | null
  /** Each question with its answer, as a sentence for the log. */
  readonly evidence: readonly string[]
}

/** The requirements of the workflow for the token. */
export interface ScopeRequirements {
  readonly token: TokenInput
  readonly workspace: string | null
  readonly requireWorkspaceToken: boolean
}
