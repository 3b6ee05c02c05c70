import { withoutReferences } from '../../variables/references.ts'

/** A placeholder for a reference. No value of a variable contains it. */
const gap = '\0'

/**
 * A password in a URL: `user:text@`, with at least one character of text beside references. The colon of `https://`
 * begins no password.
 */
const inUrl = /:(?!\/\/)([^\s@]*)@/g

/** A password in a pair, as connection strings have it: `password=text`. */
const inPairs = /(?:password|passwd|pwd)\s*=\s*([^\s;,&]*)/gi

/** Returns whether the text around the references of a value holds a password. */
export function hasPassword(value: string): boolean {
  const text = withoutReferences(value, gap)
  return [...text.matchAll(inUrl), ...text.matchAll(inPairs)].some(
    ([, password = '']) => password.replaceAll(gap, '') !== '',
  )
}
