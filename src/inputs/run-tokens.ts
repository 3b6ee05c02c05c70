import type { Secret } from '../secret.ts'

/** A token that the run itself uses. */
export interface RunToken {
  /** The name in messages, such as ``the Railway token``. */
  readonly name: string
  readonly secret: Secret
}

/** The minimum length of a token that is searched for within values. A shorter one could be part of a word. */
const minPartLength = 16

/** The format of tokens of a job or a GitHub App. They expire within hours. */
const installationToken = /^ghs_[\w.-]{20,}$/

/**
 * Returns the name of the run's token that a value equals or contains; `null` for any other value. Such a token is no
 * setting of a service. It expires with the job, or it gives every reader of the variables access to the whole
 * workspace.
 */
export function findRunToken(value: string, tokens: readonly RunToken[]): string | null {
  const text = value.trim()
  const found = tokens.find(({ secret }) => {
    const token = secret.reveal()
    return (
      token !== '' && (text === token || (token.length >= minPartLength && text.includes(token)))
    )
  })
  if (found) return found.name
  return installationToken.test(text) ? 'a GitHub token that expires with the job' : null
}
