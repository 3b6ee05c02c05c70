import { tokenNames } from '../../token-type.ts'
import type { Facts, Presence } from '../codes.ts'
import { describeLocation } from '../describe-location.ts'
import { type EscapedText, escaped, joinTexts } from '../escaped-text.ts'
import { describeActivity } from './activities.ts'
import type { Wording } from './message.ts'
import { capital, sentence, tokensPage } from './phrases.ts'

export const operationNotPermitted: Wording<'operation-not-permitted'> = (facts) => {
  const { reason, message, presence } = facts
  const what = escaped`Railway rejected the request to ${describeActivity(facts)}.`
  const response = message === '' ? escaped`` : escaped`Railway's message: ${sentence(message)}`
  if (reason === 'plan') {
    return {
      title: escaped`not allowed by the plan`,
      what,
      why: response,
      next: escaped`Check the plan and the usage limits of the workspace in Railway, then run the job again.`,
    }
  }
  if (reason === 'not-applied') {
    return {
      title: escaped`change without effect`,
      what: escaped`Railway accepted the request to ${describeActivity(facts)}, but the change did not take effect${facts.waited ? escaped` within ${facts.waited}` : escaped``}.`,
      why: joinTexts([
        describeCause(facts),
        message === '' ? escaped`Railway reported no error.` : response,
      ]),
      next: escaped`Check the preview in Railway, then run the job again. If it fails again, contact Railway's support.`,
    }
  }
  if (presence?.kind === 'deleted') {
    return {
      title: escaped`deleted during the run`,
      what: escaped`${capital(describeDeleted(presence))} was deleted during this run.`,
      why: joinTexts([
        escaped`It existed earlier in this run. After the deletion, the run could not ${describeActivity(facts)}.`,
        response,
      ]),
      next: escaped`Check in Railway who deleted it. If it should stay deleted, remove it from the inputs. Then run the job again.`,
    }
  }
  return {
    title: escaped`operation not permitted`,
    what,
    why: joinTexts([describeCause(facts), response]),
    next: nextStep(facts),
  }
}

function describeCause({
  tokenType,
  reason,
  tokenChecked = false,
  presence,
}: Facts['operation-not-permitted']): EscapedText {
  const name = tokenNames[tokenType]
  const token = tokenChecked
    ? escaped`The ${name} is not the cause: Railway still accepts it.`
    : escaped`Railway accepted the ${name} earlier in this run.`
  if (reason === 'not-found') {
    return presence
      ? escaped`${token} The object exists, but Railway cannot find a part of it.`
      : escaped`${token} Railway cannot find the object: it was deleted, or the token has no access to it.`
  }
  if (reason === 'not-applied') return token
  if (reason === 'other') {
    return escaped`${token} The token may lack a permission, or Railway failed to do this.`
  }
  return tokenChecked
    ? escaped`Railway still accepts the ${name}, but the token lacks the permission for this.`
    : escaped`${token} The token lacks the permission for this, or has been revoked since then.`
}

function nextStep({
  tokenType,
  reason,
  tokenChecked = false,
  presence,
}: Facts['operation-not-permitted']): EscapedText {
  if (reason === 'not-found') {
    return presence
      ? escaped`Run the job again. If it fails again, contact Railway's support and give them the trace id in the message.`
      : escaped`Check in Railway that the object still exists, then run the job again.`
  }
  if (tokenType !== 'workspace') {
    return escaped`Use a workspace token (${tokensPage}), which has the access of an admin, or ask an admin to raise the role of the token's owner.`
  }
  return joinTexts([
    reason === 'not-authorized' &&
      !tokenChecked &&
      escaped`Check that the token still exists (${tokensPage}).`,
    escaped`Check the policies of the workspace in Railway (approved sources, restricted services). If they allow this, contact Railway's support and give them the trace id in the message.`,
  ])
}

/** Names the deleted object. */
function describeDeleted({ what, at }: Extract<Presence, { kind: 'deleted' }>): string {
  switch (what) {
    case 'project':
      return `project "${at.project}"`
    case 'environment':
      return describeLocation({ ...at, service: null })
    case 'service':
      return describeLocation(at)
    case 'deployment':
      return `the deployment of ${describeLocation(at)}`
  }
}
