import { escaped } from '../escaped-text.ts'

/** The page of Railway on which tokens are created and revoked. */
export const tokensPage = escaped`https://railway.com/account/tokens`

export const createWorkspaceToken = escaped`Create a workspace token at ${tokensPage} (select the workspace, not "No workspace")`

/** Returns the text with its first letter in upper case. */
export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/**
 * Returns text from outside the action as a sentence: adds a full stop, unless the text ends with a punctuation mark of
 * a sentence.
 */
export const sentence = (text: string) =>
  /[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`

/** Returns a question with the most similar name, after a space; empty without such a name. */
export const didYouMean = (nearest: string | null | undefined) =>
  nearest ? escaped` Did you mean "${nearest}"?` : escaped``

/** Returns the first 12 digits of a commit. Any other revision, such as an image, stays unchanged. */
export const shortRevision = (revision: string) =>
  /^[0-9a-f]{40}$/i.test(revision) ? revision.slice(0, 12) : revision

/** Formats a time in ISO 8601 without seconds: `2026-11-20 09:30 UTC`. Any other text stays unchanged. */
export const shortTime = (iso: string) =>
  iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(?::\d\d(?:\.\d+)?)?Z$/, '$1 $2 UTC')
