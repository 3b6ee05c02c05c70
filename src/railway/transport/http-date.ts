/** Longer text is no date, and is not looked at. */
const maxLength = 64

/** The time of day, which every form of an HTTP date has, and the zone behind it, if there is one. */
const timeAndZone =
  /\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?(z|[a-z]{2,5}|[+-]\d{2}:?\d{2}))?(?![\d:])/i

/**
 * Reads a date of HTTP in any of its forms (IMF-fixdate, RFC 850, asctime) or an ISO date, in any time zone that is
 * given as an offset or a name. A date without a zone is UTC, as HTTP has it, whatever the zone of the machine.
 * Returns milliseconds since the epoch, or `null` if it is no date.
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
