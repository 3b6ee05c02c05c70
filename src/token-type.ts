/** A type of Railway token. */
export type TokenType = 'workspace' | 'account' | 'oauth' | 'project'

/** The source of the token: the input `token`, or an environment variable. The first source with a value is used. */
export type TokenSource = 'input' | 'RAILWAY_API_TOKEN' | 'RAILWAY_TOKEN'

/** The names of the sources for messages. Text between backticks is code. */
export const sourceNames: Readonly<Record<TokenSource, string>> = {
  input: 'the input `token`',
  RAILWAY_API_TOKEN: 'RAILWAY_API_TOKEN',
  RAILWAY_TOKEN: 'RAILWAY_TOKEN',
}

/** The names of the types for messages. */
export const tokenNames: Record<TokenType, string> = {
  workspace: 'workspace token',
  account: 'account token',
  oauth: 'OAuth token',
  project: 'project token',
}
