import type { Failure } from '../errors/codes.ts'
import type { Named } from '../named.ts'

/** The result of one request about the token. Only `refused` is evidence against the token. */
export type Probe<Value> =
  | { readonly kind: 'answered'; readonly value: Value }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'two-factor'; readonly workspace: string | null }
  /** There was no answer, or an unreadable one, which proves nothing. */
  | { readonly kind: 'inconclusive'; readonly failure: Failure }

/** The requests from which a token's type follows. Each is separate, so that a refusal of one hides no other answer. */
export interface TokenProbes {
  /** Requests `me`. It is answered for tokens that act as a person. */
  user(): Promise<Probe<null>>
  /** Requests `apiToken { workspaces }`, which has exactly one workspace for a workspace token. */
  tokenWorkspaces(): Promise<Probe<readonly Named[]>>
  /** Requests `me { workspaces }`. */
  userWorkspaces(): Promise<Probe<readonly Named[]>>
  /** Requests `projectToken`, with the token in the header for project tokens. */
  projectToken(): Promise<Probe<{ projectId: string; environmentId: string }>>
  /** Requests a workspace by its id. It is answered if the token reaches the workspace, even if no list has it. */
  workspace(id: string): Promise<Probe<Named>>
  /** Requests the workspace of a project token's project; `null` if Railway does not report it. */
  projectWorkspace(projectId: string): Promise<Probe<Named | null>>
  /** Requests the OAuth user-info endpoint, which is answered for OAuth tokens. */
  oauthIdentity(): Promise<Probe<null>>
  /** Requests `externalWorkspaces`, the workspaces of projects to which an OAuth token has consent. */
  sharedWorkspaces(): Promise<Probe<readonly Named[]>>
  /** Requests the workspaces of all visible projects. */
  visibleWorkspaces(): Promise<Probe<readonly Named[]>>
}
