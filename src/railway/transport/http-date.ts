/** The maximum number of characters of a date. Longer text is not parsed. */
const maxLength = 64

/** The format of a time of day with an optional time zone, which every HTTP date contains. */
const timeAndZone =
  /\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?(z|[a-z]{2,5}|[+-]\d{2}:?\d{2}))?(?![\d:])/i

/**
 * Parses a date in a format of HTTP (IMF-fixdate, RFC 850, asctime) or of ISO 8601. Returns milliseconds since the
 * epoch, or `null` if the text is not a date. A date without a time zone is in UTC, as in HTTP.
 */
export function parseHttpDate(text: string): number | null {
  const date = text.trim()
  if (date.length > maxLength) return null
  const time = timeAndZone.exec(date)
  if (time === null) return null
  const isIso = /^\d{4}-\d{2}-\d{2}/.test(date)
  const withZone = time[1] === undefined ? `${date}${isIso ? 'Z' : ' GMT'}` : date
  const parsed = Date.parse(withZone)
  return Number.isNaN(parsed) ? null : parsed
}
