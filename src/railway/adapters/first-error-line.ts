/** The number of characters of a line that are searched. */
const maxSearched = 2_000

/** The number of characters of a line that are quoted. */
const maxQuoted = 300

/** A line of a log. `severity` is missing from some. */
export interface LogLine {
  readonly message: string
  readonly severity: string | null
}

/** Words of an error, and the names of error types such as `TypeError:`. A part of a path or file name is neither. */
const errorWord =
  /(?:^|[\s[({"':|>])(?:(?:error|fatal|failed|failure|exception|panic|panicked)(?=$|[\s\])}"':,!|[(]|\.(?:\s|$))|npm err!)|\b\w{1,60}(?:Error|Exception)\b(?=:|$)/i

/** Phrases that count errors and find none. */
const noError =
  /\b(?:0|no|zero|without(?: any)?)\s+(?:errors?|failures?|failed|exceptions?)\b|\b(?:errors?|failures?|failed)\s*[:=]\s*0\b/gi

/** Lines that report that something failed, after the line that says what. */
const consequence =
  /\bcomplete log of this run\b|\bexit(?:ed with|ing with)?(?: (?:code|status))?:? \d|\bdid not complete successfully\b|\bfailed to (?:build|solve)\b/i

const severe = /^(?:err|error|fatal|critical|crit|alert|emerg|panic)$/i

const isError = ({ message }: LogLine) =>
  errorWord.test(message.slice(0, maxSearched).replace(noError, ''))

/**
 * Returns the line of a log that reports its error, cut to a length that can be quoted, or `null`. Lines that Railway
 * marks as errors come first. Of several, the last one counts, because the application survived earlier errors. Lines
 * that only report a consequence come last.
 */
export function findErrorLine(lines: readonly LogLine[]): string | null {
  const errors = lines.filter(isError)
  const marked = errors.filter(({ severity }) => severe.test(severity ?? ''))
  const isCause = ({ message }: LogLine) => !consequence.test(message.slice(0, maxSearched))
  const found =
    marked.findLast(isCause) ?? errors.findLast(isCause) ?? marked.at(-1) ?? errors.at(-1)
  return found?.message.slice(0, maxQuoted) ?? null
}
