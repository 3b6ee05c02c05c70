/** The maximum length of a date. Longer text is not parsed. */
const maxLength = 64

/** The time of day, which every form of an HTTP date has, with an optional zone. */
const timeAndZone =
  /\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?(z|[a-z]{2,5}|[+-]\d{2}:?\d{2}))?(?![\d:])/i

/**
 * Parses an HTTP date in any of its forms (IMF-fixdate, RFC 850, asctime) or an ISO date, with an offset or the name of
 * a time zone. A date without a zone is UTC, as in HTTP, whatever the zone of the machine. Returns milliseconds since
 * the epoch, or `null` if it is no date.
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
