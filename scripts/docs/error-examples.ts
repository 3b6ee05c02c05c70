import { type ErrorCode, failure } from '../../src/errors/codes.ts'
import { errorCodes, messageFor } from '../../src/errors/messages/message-for.ts'
import { errorSamples } from './error-samples.ts'

/** Renders the annotation of an error code with the first sample, in a Markdown code block. */
export function errorExample<Code extends ErrorCode>(code: Code): string {
  const { title, what, why, next } = messageFor(failure(code, errorSamples[code][0]))
  return ['```text', `Railway: ${title}`, `${what} ${why} ${next} [${code}]`, '```'].join('\n')
}

/** Returns the name of the markers around the example of an error code in `docs/errors.md`. */
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
