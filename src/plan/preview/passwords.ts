import { withoutReferences } from '../../variables/references.ts'

/** The character that replaces a reference during the search. No value of a variable contains it. */
const gap = '\0'

/**
 * The pattern of a password in a URL: `user:text@`. The text needs at least one character that is not part of a
 * reference. The colon in `https://` is not the beginning of a password.
 */
const inUrl = /:(?!\/\/)([^\s@]*)@/g

/** The pattern of a password in a connection string: `password=text`. */
const inPairs = /(?:password|passwd|pwd)\s*=\s*([^\s;,&]*)/gi

/** Returns whether a value contains a password in addition to its references. */
export function hasPassword(value: string): boolean {
  const text = withoutReferences(value, gap)
  return [...text.matchAll(inUrl), ...text.matchAll(inPairs)].some(
    ([, password = '']) => password.replaceAll(gap, '') !== '',
  )
}
