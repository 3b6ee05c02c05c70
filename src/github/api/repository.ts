/** A repository in the form of the parameters of GitHub's REST API. */
export interface Repository {
  readonly owner: string
  readonly repo: string
}

/** Converts a name such as `acme/shop`. */
export function toRepository(name: string): Repository {
  const [owner = '', repo = ''] = name.split('/')
  return { owner, repo }
}
