import type { Failure } from '../errors/codes.ts'
import type { Named } from '../named.ts'

/** The result of one request about the token. Only `refused` is evidence against the token. */
export type Probe<Value> =
  | { readonly kind: 'accepted'; readonly value: Value }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'two-factor'; readonly workspace: string | null }
  /** There was no response, or one that cannot be parsed. This proves nothing about the token. */
  | { readonly kind: 'inconclusive'; readonly failure: Failure }

/**
 * The requests that show the type of a token. Each is sent alone, so that a rejection of one does not hide the response
 * to another.
 */
export interface TokenProbes {
  /** Requests `me`. Railway accepts it only for tokens that act as a person. */
  user(): Promise<Probe<null>>
  /** Requests `apiToken { workspaces }`, which has exactly one workspace for a workspace token. */
  tokenWorkspaces(): Promise<Probe<readonly Named[]>>
  /** Requests `me { workspaces }`. */
  userWorkspaces(): Promise<Probe<readonly Named[]>>
  /** Requests `projectToken`, with the token in the header for project tokens. */
  projectToken(): Promise<Probe<{ projectId: string; environmentId: string }>>
  /**
   * Requests a workspace by its id. Railway accepts it if the token has access to the workspace, even if no list contains the
   * workspace.
   */
  workspace(id: string): Promise<Probe<Named>>
  /** Requests the workspace of a project token's project; `null` if Railway does not report it. */
  projectWorkspace(projectId: string): Promise<Probe<Named | null>>
  /** Requests the OAuth user-info endpoint. Railway accepts it only for OAuth tokens. */
  oauthIdentity(): Promise<Probe<null>>
  /** Requests `externalWorkspaces`, the workspaces of projects to which an OAuth token has consent. */
  sharedWorkspaces(): Promise<Probe<readonly Named[]>>
  /** Requests the workspaces of all visible projects. */
  visibleWorkspaces(): Promise<Probe<readonly Named[]>>
}
