import type { Secret } from '../secret.ts'

/** A token that the run itself works with. */
export interface OwnToken {
  /** How messages call it: ``the Railway token``. */
  readonly name: string
  readonly secret: Secret
}

/** Shorter tokens are compared as a whole only: as a part of a value they would be found by accident. */
const shortestPart = 16

/** A token of a job or of a GitHub App, which ends within hours. */
const installationToken = /^ghs_[\w.-]{20,}$/

/**
 * Returns how messages call the token that a value is or holds; `null` for any other value. Such a token is no
 * setting of a service: it ends with the job, or gives whoever reads the variables the whole workspace.
 */
export function ownTokenIn(value: string, tokens: readonly OwnToken[]): string | null {
  const text = value.trim()
  const found = tokens.find(({ secret }) => {
    const token = secret.reveal()
    return (
      token !== '' && (text === token || (token.length >= shortestPart && text.includes(token)))
    )
  })
  if (found) return found.name
  return installationToken.test(text) ? 'a GitHub token that ends with the job' : null
}
