import { ApiError } from './api-error.ts'

/** The patterns of Railway's constant messages. Only they are certain to quote no value of a variable. */
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
  // Rejections because of the plan, a trial or a limit. Messages that may contain a name are not listed.
  /^your trial has (?:expired|ended)\. please select a(?: new)? plan to continue using railway$/i,
  /^(?:free|hobby|pro|trial|your) plan resource provision limit exceeded\. please upgrade to provision more resources!?$/i,
  /^usage limit reached\. please increase the limit in the settings of your workspace$/i,
  /^deploys on the (?:free|hobby|pro|trial) plan are paused during peak hours$/i,
  /^you have reached the maximum number of [a-z ]{1,40} for your(?: current)? plan$/i,
]

/**
 * Returns Railway's message about an operation with secrets if it is a known constant, or a replacement for any other
 * message. A message may quote a rejected value, in full or shortened. That value may be unknown to the run: a commit of
 * staged changes also contains values that other people have staged.
 */
export function redactMessage(message: string): string {
  const bare = message.trim().replace(/\.$/, '')
  return constants.some((constant) => constant.test(bare))
    ? message
    : '(message not shown, because it may quote a value)'
}

/** Returns an error about an operation with secrets, with its message redacted by {@link redactMessage}. */
export function redactError(refusal: ApiError): ApiError {
  const { problem } = refusal
  if (problem.kind !== 'refused') return refusal
  return new ApiError({ ...problem, message: redactMessage(problem.message) })
}
