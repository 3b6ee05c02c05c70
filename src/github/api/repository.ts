/** A repository as the REST API's routes name it. */
export interface Repository {
  readonly owner: string
  readonly repo: string
}

/** Splits `owner/name`. */
export function toRepository(name: string): Repository {
  const [owner = '', repo = ''] = name.split('/')
  return { owner, repo }
}
