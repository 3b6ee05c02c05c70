/** The kinds of token Railway has. */
export type TokenType = 'workspace' | 'account' | 'oauth' | 'project'

/** What each kind of token is called. */
export const tokenNames: Record<TokenType, string> = {
  workspace: 'workspace token',
  account: 'account token',
  oauth: 'OAuth token',
  project: 'project token',
}
