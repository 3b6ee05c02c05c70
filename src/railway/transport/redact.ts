import { ApiError } from './api-error.ts'

/**
 * All that Railway says word for word, as far as it is known. Nothing in it comes from what was sent or from
 * what is stored; anything else might, whatever it looks like.
 */
const constants: readonly RegExp[] = [
  /^(not authorized|unauthorized)$/i,
  /^two factor authentication required$/i,
  /^problem processing request$/i,
  /^(project|project token|workspace|environment|service|service ?instance|deployment|volume|volume ?instance) not found$/i,
  /^no patch to apply$/i,
  /^service deployment rate limit exceeded$/i,
  /^rate limit exceeded, please try again later$/i,
  /^cannot redeploy yet, please wait for the original deployment to finish building, then try again$/i,
  /^you are creating environments too quickly\. this workspace allows 1 environment per \d+ seconds$/i,
  /^only one environment can be created per user every \d+s$/i,
]

/**
 * Words of Railway about something that holds secrets: shown only if they are a constant. An API that
 * does not take a value likes to say which, may cut it short, and need not mean the request at hand: what is
 * committed, for one, was sent before, and not only by us.
 */
export function redactMessage(message: string): string {
  const bare = message.trim().replace(/\.$/, '')
  return constants.some((constant) => constant.test(bare))
    ? message
    : '(its words are not shown: they may quote a value)'
}

/** The refusal of a request about something that holds secrets, with the words that may be shown of it. */
export function redactError(refusal: ApiError): ApiError {
  const { problem } = refusal
  if (problem.kind !== 'refused') return refusal
  return new ApiError({ ...problem, message: redactMessage(problem.message) })
}
