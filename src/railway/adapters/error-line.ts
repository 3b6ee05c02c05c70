/** The part of a line that is looked at, in characters. */
const maxSearched = 2_000

/** The part of a line that is quoted. */
const maxQuoted = 300

/** Words of an error, and the names of error types such as `TypeError:`. A part of a path or file name is neither. */
const errorWord =
  /(?:^|[\s[({"':|>])(?:(?:error|fatal|failed|failure|exception|panic|panicked)(?=$|[\s\])}"':,!|[(]|\.(?:\s|$))|npm err!)|\b\w{1,60}(?:Error|Exception)\b(?=:|$)/i

/** Phrases that count errors and find none. */
const noError =
  /\b(?:0|no|zero|without(?: any)?)\s+(?:errors?|failures?|failed|exceptions?)\b|\b(?:errors?|failures?|failed)\s*[:=]\s*0\b/gi

/** Returns the first line of a log that reports an error, cut to a length that can be quoted, or `null`. */
export function findErrorLine(lines: readonly string[]): string | null {
  const found = lines.find((line) =>
    errorWord.test(line.slice(0, maxSearched).replace(noError, '')),
  )
  return found?.slice(0, maxQuoted) ?? null
}
