import { withoutReferences } from '../../variables/references.ts'

/** Stands for a reference. No value of a variable has it. */
const gap = '\0'

/** `user:text@`, with at least one character of text beside references. The colon of `https://` begins no password. */
const inUrl = /:(?!\/\/)([^\s@]*)@/g

/** `password=text`, as connection strings have it. */
const inPairs = /(?:password|passwd|pwd)\s*=\s*([^\s;,&]*)/gi

/** Tells whether the text around the references of a value holds a password. */
export function hasPassword(value: string): boolean {
  const text = withoutReferences(value, gap)
  return [...text.matchAll(inUrl), ...text.matchAll(inPairs)].some(
    ([, password = '']) => password.replaceAll(gap, '') !== '',
  )
}
