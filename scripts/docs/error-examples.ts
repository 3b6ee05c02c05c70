import { type ErrorCode, failure } from '../../src/errors/codes.ts'
import { errorCodes, messageFor } from '../../src/errors/messages/message-for.ts'
import { errorSamples } from './error-samples.ts'

/** The annotation of a code as GitHub shows it, from the first sample. */
export function errorExample<Code extends ErrorCode>(code: Code): string {
  const { title, what, why, next } = messageFor(failure(code, errorSamples[code][0]))
  return ['```text', `Railway: ${title}`, `${what} ${why} ${next} [${code}]`, '```'].join('\n')
}

/** The name of its markers in `docs/errors.md`. */
export const exampleName = (code: ErrorCode) => `example-${code}`

/** Lists every code with the title of its annotation and a link to its section. */
export function errorCodeIndex(): string {
  return errorCodes
    .map(
      (code) =>
        `- [\`${code}\`](#${code}): ${messageFor(failure(code, errorSamples[code][0])).title}`,
    )
    .join('\n')
}
