/** The kinds of token Railway has. */
export type TokenType = 'workspace' | 'account' | 'oauth' | 'project'

/** The name of each kind of token. */
export const tokenNames: Record<TokenType, string> = {
  workspace: 'workspace token',
  account: 'account token',
  oauth: 'OAuth token',
  project: 'project token',
}
