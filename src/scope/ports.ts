import type { Failure } from '../errors/codes.ts'
import type { Named } from '../named.ts'

/** The result of one question about the token. Only `refused` says anything against the token. */
export type Probe<Value> =
  | { readonly kind: 'answered'; readonly value: Value }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'two-factor'; readonly workspace: string | null }
  /** No answer, or one that cannot be read: nothing follows from it. */
  | { readonly kind: 'inconclusive'; readonly failure: Failure }

/** The questions that tell a token's kind: each a request of its own, so that no refusal hides an answer. */
export interface TokenProbes {
  /** `me`: answers for tokens that act as a person. */
  user(): Promise<Probe<null>>
  /** `apiToken { workspaces }`: exactly one for a workspace token. */
  tokenWorkspaces(): Promise<Probe<readonly Named[]>>
  /** `me { workspaces }`. */
  userWorkspaces(): Promise<Probe<readonly Named[]>>
  /** `projectToken`, with the token in the header for project tokens. */
  projectToken(): Promise<Probe<{ projectId: string; environmentId: string }>>
  /** `workspace(workspaceId)`: answers if the token reaches it, whatever the lists say. */
  workspace(id: string): Promise<Probe<Named>>
  /** The workspace of a project token's project; `null` if Railway does not name it. */
  projectWorkspace(projectId: string): Promise<Probe<Named | null>>
  /** The OAuth user-info endpoint: answers for OAuth tokens. */
  oauthIdentity(): Promise<Probe<null>>
  /** `externalWorkspaces`: what an OAuth token with project scopes was given. */
  sharedWorkspaces(): Promise<Probe<readonly Named[]>>
  /** The workspaces of the projects that are visible without naming a workspace. */
  visibleWorkspaces(): Promise<Probe<readonly Named[]>>
}
