/** The kinds of token Railway has. */
export type TokenType = 'workspace' | 'account' | 'oauth' | 'project'

/** The places where a token is looked for, in this order: the input `token`, then environment variables. */
export type TokenSource = 'input' | 'RAILWAY_API_TOKEN' | 'RAILWAY_TOKEN'

/** The name of each place. Backticks mark code. */
export const sourceNames: Readonly<Record<TokenSource, string>> = {
  input: 'the input `token`',
  RAILWAY_API_TOKEN: 'RAILWAY_API_TOKEN',
  RAILWAY_TOKEN: 'RAILWAY_TOKEN',
}

/** The name of each kind of token. */
export const tokenNames: Record<TokenType, string> = {
  workspace: 'workspace token',
  account: 'account token',
  oauth: 'OAuth token',
  project: 'project token',
}
