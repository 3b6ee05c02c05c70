/** The number of characters at the start of a line that are searched. */
const maxSearched = 2_000

/** The maximum length of the returned line, in characters. */
const maxQuoted = 300

/** A line of a log. `severity`: Railway's level, such as `error`; `null` if it has none. */
export interface LogLine {
  readonly message: string
  readonly severity: string | null
}

/**
 * Matches a word such as `error` or `failed`, or an error type such as `TypeError:`. It does not match such a word
 * inside a path or a file name.
 */
const errorWord =
  /(?:^|[\s[({"':|>])(?:(?:error|fatal|failed|failure|exception|panic|panicked)(?=$|[\s\])}"':,!|[(]|\.(?:\s|$))|npm err!)|\b\w{1,60}(?:Error|Exception)\b(?=:|$)/i

/** Matches statements that there are no errors, such as `0 errors`, `failed: 0` or `"error":null`. */
const noErrors =
  /\b(?:0|no|zero|without(?: any)?)\s+(?:errors?|failures?|failed|exceptions?)\b|\b(?:errors?|failures?|failed)"?\s*[:=]\s*(?:0\b|(?:null|nil|none|false|undefined|\[\]|""|'')(?=$|[,;}\])]|\s+\w{1,60}=))/gi

/** Matches lines that only report the failure of a command, such as `exited with code 1`, and not its cause. */
const consequence =
  /\bcomplete log of this run\b|\bexit(?:ed with|ing with)?(?: (?:code|status))?:? \d|\bdid not complete successfully\b|\bfailed to (?:build|solve)\b/i

const severe = /^(?:err|error|fatal|critical|crit|alert|emerg|panic)$/i

const isError = ({ message }: LogLine) =>
  errorWord.test(message.slice(0, maxSearched).replace(noErrors, ''))

/**
 * Returns the line of a log that most likely names the cause of a failure, cut to 300 characters; `null` if no line
 * reports an error. Lines with the severity of an error are preferred, and lines that name a cause. Of several such
 * lines, the last one is returned, because the application continued after the earlier ones.
 */
export function findErrorLine(lines: readonly LogLine[]): string | null {
  const errors = lines.filter(isError)
  const marked = errors.filter(({ severity }) => severe.test(severity ?? ''))
  const isCause = ({ message }: LogLine) => !consequence.test(message.slice(0, maxSearched))
  const found =
    marked.findLast(isCause) ?? errors.findLast(isCause) ?? marked.at(-1) ?? errors.at(-1)
  return found?.message.slice(0, maxQuoted) ?? null
}
