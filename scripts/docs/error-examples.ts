import { type ErrorCode, failure } from '../../src/errors/codes.ts'
import { errorCodes, messageFor } from '../../src/errors/messages/message-for.ts'
import { errorSamples } from './error-samples.ts'

/** The texts of Railway, GitHub and the network that an error contains, by its code. Users search for them. */
const quotedTexts: Partial<Record<ErrorCode, readonly string[]>> = {
  'token-invalid': ['Not Authorized', 'Invalid or expired'],
  'two-factor-required': ['Two Factor Authentication Required'],
  'operation-not-permitted': [
    'Not Authorized',
    'Problem processing request',
    'ServiceInstance not found',
  ],
  'deployment-failed': ['FAILED', 'CRASHED', 'BUILD_IMAGE'],
  'deployment-skipped': ['SKIPPED', 'No changed files matched patterns'],
  'deployment-timeout': ['WAITING', 'NEEDS_APPROVAL', 'BUILDING', 'QUEUED'],
  'upload-refused': ['HTTP 413', 'Payload Too Large'],
  'rate-limited': ['HTTP 429', 'Too Many Requests'],
  'api-unavailable': [
    'HTTP 502',
    'HTTP 407 from the proxy',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  ],
}

/** Returns all titles that the annotations of a code can have. The first is the usual one. */
export const titlesOf = <Code extends ErrorCode>(code: Code): string[] => [
  ...new Set(errorSamples[code].map((facts) => messageFor(failure(code, facts)).title)),
]

/** Renders the titles of a code, the texts that it quotes, and the annotation of its first sample as GitHub shows it. */
export function errorExample<Code extends ErrorCode>(code: Code): string {
  const { title, what, why, next } = messageFor(failure(code, errorSamples[code][0]))
  const titles = titlesOf(code).map((one) => `**Railway: ${one}**`)
  const quoted = (quotedTexts[code] ?? []).map((text) => `\`${text}\``)
  return [
    `${titles.join(' or ')}${quoted.length > 0 ? `. Related texts: ${quoted.join(', ')}` : ''}`,
    '',
    '```text',
    `Railway: ${title}`,
    `${what} ${why} ${next} [${code}]`,
    '```',
  ].join('\n')
}

/** Returns the name of the markers around the example of an error code in `docs/errors.md`. */
export const exampleName = (code: ErrorCode) => `example-${code}`

/** Lists every code with the titles of its annotations and a link to its section. */
export function errorCodeIndex(): string {
  return errorCodes
    .map((code) => `- [\`${code}\`](#${code}): ${titlesOf(code).join('; ')}`)
    .join('\n')
}
