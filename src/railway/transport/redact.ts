import { ApiError } from './api-error.ts'

/** The known constant messages of Railway. They contain nothing that was sent or stored. Any other message might. */
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
  // Refusals by the plan, a trial or a limit. The words of those that may name something are left out.
  /^your trial has (?:expired|ended)\. please select a(?: new)? plan to continue using railway$/i,
  /^(?:free|hobby|pro|trial|your) plan resource provision limit exceeded\. please upgrade to provision more resources!?$/i,
  /^usage limit reached\. please increase the limit in the settings of your workspace$/i,
  /^deploys on the (?:free|hobby|pro|trial) plan are paused during peak hours$/i,
  /^you have reached the maximum number of [a-z ]{1,40} for your(?: current)? plan$/i,
]

/**
 * Returns Railway's message about an operation with secrets, only if it is a known constant. An API that rejects a
 * value often quotes it, possibly shortened. The value need not be of this request: a commit includes changes that were
 * sent before, and by others.
 */
export function redactMessage(message: string): string {
  const bare = message.trim().replace(/\.$/, '')
  return constants.some((constant) => constant.test(bare))
    ? message
    : '(its words are not shown: they may quote a value)'
}

/** Returns the rejection of an operation with secrets, with a message that may be shown. */
export function redactError(refusal: ApiError): ApiError {
  const { problem } = refusal
  if (problem.kind !== 'refused') return refusal
  return new ApiError({ ...problem, message: redactMessage(problem.message) })
}
