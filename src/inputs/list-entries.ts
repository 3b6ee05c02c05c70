import { z } from 'zod'

/**
 * Returns the entries of a list input: the strings of a JSON array, or the lines of any other text. Blank lines and
 * lines that start with `#` are not entries.
 */
export function listEntries(given: string): string[] {
  return parseStrings(given) ?? lineEntries(given)
}

/** Returns whether a text is an empty JSON array, which means "none". A list that is left out is not. */
export const isEmptyArray = (given: string): boolean => parseStrings(given)?.length === 0

function lineEntries(given: string): string[] {
  return given
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
}

const strings = z.array(z.string().trim())

/** Returns the strings of a JSON array, without white space at their ends; `null` for any other text. */
function parseStrings(given: string): string[] | null {
  try {
    return strings.safeParse(JSON.parse(given)).data ?? null
  } catch {
    return null
  }
}
