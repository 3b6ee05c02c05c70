import { z } from 'zod'

/**
 * Returns the entries of a list input: the strings of a JSON array, else one entry a line. Blank lines and lines
 * that start with `#` are not entries; text that is not a JSON array of strings is read as lines.
 */
export function listEntries(given: string): string[] {
  return parseStrings(given) ?? lineEntries(given)
}

/** Tells an empty JSON array, which says "none", from a list that is left out. */
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
