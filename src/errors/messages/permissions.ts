import { tokenNames } from '../../token-type.ts'
import type { Facts, Presence } from '../codes.ts'
import { describeLocation } from '../describe-location.ts'
import { joinWords, type Words, words } from '../words.ts'
import { describeActivity } from './activities.ts'
import type { Wording } from './message.ts'
import { capital, sentence, tokensPage } from './phrases.ts'

export const operationNotPermitted: Wording<'operation-not-permitted'> = (facts) => {
  const { reason, message, presence } = facts
  const what = words`Railway rejected the request to ${describeActivity(facts)}.`
  const response = message === '' ? words`` : words`Railway's message: ${sentence(message)}`
  if (reason === 'plan') {
    return {
      title: words`not allowed by the plan`,
      what,
      why: response,
      next: words`Check the plan and the usage limits of the workspace in Railway, then run the job again.`,
    }
  }
  if (reason === 'not-applied') {
    return {
      title: words`change without effect`,
      what: words`Railway accepted the request to ${describeActivity(facts)}, but the change did not take effect${facts.waited ? words` within ${facts.waited}` : words``}.`,
      why: joinWords([
        describeCause(facts),
        message === '' ? words`Railway reported no error.` : response,
      ]),
      next: words`Check the preview in Railway, then run the job again. If it fails again, contact Railway's support.`,
    }
  }
  if (presence?.kind === 'deleted') {
    return {
      title: words`deleted during the run`,
      what: words`${capital(describeDeleted(presence))} was deleted during this run.`,
      why: joinWords([
        words`It existed earlier in this run. After the deletion, the run could not ${describeActivity(facts)}.`,
        response,
      ]),
      next: words`Check in Railway who deleted it. If it should stay deleted, remove it from the inputs. Then run the job again.`,
    }
  }
  return {
    title: words`operation not permitted`,
    what,
    why: joinWords([describeCause(facts), response]),
    next: nextStep(facts),
  }
}

function describeCause({
  tokenType,
  reason,
  tokenChecked = false,
  presence,
}: Facts['operation-not-permitted']): Words {
  const name = tokenNames[tokenType]
  const token = tokenChecked
    ? words`The ${name} is not the cause: Railway still accepts it.`
    : words`Railway accepted the ${name} earlier in this run.`
  if (reason === 'not-found') {
    return presence
      ? words`${token} The object exists, but Railway cannot find a part of it.`
      : words`${token} Railway cannot find the object: it was deleted, or the token has no access to it.`
  }
  if (reason === 'not-applied') return token
  if (reason === 'other') {
    return words`${token} The token may lack a permission, or Railway failed to do this.`
  }
  return tokenChecked
    ? words`Railway still accepts the ${name}, but the token lacks the permission for this.`
    : words`${token} The token lacks the permission for this, or has been revoked since then.`
}

function nextStep({
  tokenType,
  reason,
  tokenChecked = false,
  presence,
}: Facts['operation-not-permitted']): Words {
  if (reason === 'not-found') {
    return presence
      ? words`Run the job again. If it fails again, contact Railway's support and give them the trace id in the message.`
      : words`Check in Railway that the object still exists, then run the job again.`
  }
  if (tokenType !== 'workspace') {
    return words`Use a workspace token (${tokensPage}), which has the access of an admin, or ask an admin to raise the role of the token's owner.`
  }
  return joinWords([
    reason === 'not-authorized' &&
      !tokenChecked &&
      words`Check that the token still exists (${tokensPage}).`,
    words`Check the policies of the workspace in Railway (approved sources, restricted services). If they allow this, contact Railway's support and give them the trace id in the message.`,
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
