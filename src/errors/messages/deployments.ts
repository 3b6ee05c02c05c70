import { count } from '../../text.ts'
import type { Facts, WaitingServices } from '../codes.ts'
import { describeLocation } from '../describe-location.ts'
import { type EscapedText, escaped, joinTexts } from '../escaped-text.ts'
import type { Wording } from './message.ts'
import { capital, sentence } from './phrases.ts'

export const deploymentFailed: Wording<'deployment-failed'> = (facts) => {
  if (facts.waiting) return replacedBeforeHealthy(facts, facts.waiting)
  const { reason, step, diagnosis, firstErrorLine } = facts
  return {
    title: {
      failed: escaped`deployment failed`,
      crashed: escaped`deployment crashed`,
      removed: escaped`deployment removed`,
      'no-longer-live': escaped`deployment no longer live`,
    }[facts.how],
    what: escaped`The deployment of ${describeLocation(facts)} ${
      {
        failed: escaped`failed`,
        crashed: escaped`crashed`,
        removed: escaped`was removed before it was live`,
        'no-longer-live': escaped`was live, but is no longer live`,
      }[facts.how]
    }.`,
    why: joinTexts([
      !!reason && escaped`Railway's reason: ${sentence(reason)}`,
      step !== null && escaped`Failed step: ${step}.`,
      diagnosis !== null && escaped`Railway's diagnosis: ${sentence(diagnosis)}`,
      firstErrorLine !== null && escaped`First error in the log: ${sentence(firstErrorLine)}`,
      ![reason, step, diagnosis, firstErrorLine].some(Boolean) && escaped`Railway gave no reason.`,
    ]),
    next: afterFailure(facts),
  }
}

/** Returns the message about a deployment of the canary or of an earlier wave that a newer deployment replaced. */
const replacedBeforeHealthy = (
  place: Facts['deployment-failed'],
  waiting: WaitingServices,
): ReturnType<Wording<'deployment-failed'>> => ({
  title: escaped`deployment replaced`,
  what: escaped`The deployment of ${describeLocation(place)} was replaced by a newer deployment before it was healthy.`,
  why: escaped`${waitingServices[waiting]} wait until this service is healthy, so they were not started.`,
  next: escaped`Check the newer deployment in Railway (link in the job summary), then run the job again.`,
})

const waitingServices: Readonly<Record<WaitingServices, EscapedText>> = {
  'after-canary': escaped`The service is the canary. The other services`,
  'later-waves': escaped`The service is in an earlier wave. The services of later waves`,
}

function afterFailure({
  how,
  reason,
  diagnosis,
  firstErrorLine,
  hasLog = true,
}: Facts['deployment-failed']): EscapedText {
  const isExplained = Boolean(reason || diagnosis || firstErrorLine)
  if (how === 'no-longer-live' && !isExplained) {
    return escaped`Check in Railway whether somebody removed the deployment, or whether it ended by itself (link in the job summary), then run the job again.`
  }
  if (how === 'removed' && !isExplained) {
    return escaped`Check in Railway who removed the deployment (link in the job summary), then run the job again.`
  }
  if (hasLog) {
    return escaped`${
      isExplained ? escaped`Correct this error` : escaped`Look for the error in the log, correct it`
    } and run the job again. The job log has the last lines of its log, and the job summary a link to the whole log.`
  }
  return isExplained
    ? escaped`Correct this in the settings of the service in Railway, then run the job again.`
    : escaped`Look at the deployment in Railway (link in the job summary), then run the job again. There is no log.`
}

export const unhealthy: Wording<'unhealthy'> = (facts) => ({
  title: escaped`health check not passed`,
  what: escaped`${capital(describeLocation(facts))} is live, but did not pass its health check within ${facts.waited}.`,
  why:
    facts.result.kind === 'status'
      ? escaped`The address ${facts.url} responded with HTTP ${facts.result.status}. Expected a status below 400, twice in a row.`
      : escaped`The address ${facts.url} did not respond: ${sentence(facts.result.detail)}`,
  next: escaped`Check the log of the service (link in the job summary). If the service works, correct the path in \`health-check\` or raise \`health-check-timeout\`.`,
})

export const deploymentSkipped: Wording<'deployment-skipped'> = (facts) => ({
  title: escaped`deployment skipped`,
  what: escaped`Railway skipped the deployment of ${describeLocation(facts)}, so the service was not updated.`,
  why: escaped`${
    facts.why === null
      ? escaped`Usually no changed file matches the watch paths of the service, or a check of the commit failed.`
      : escaped`Railway's reason: ${sentence(facts.why)}`
  } ${
    facts.waiting
      ? escaped`${waitingServices[facts.waiting]} wait until this service is healthy, so they were not started.`
      : escaped`The job fails, because \`on-skipped\` is \`fail\`.`
  }`,
  next: escaped`If the service should be updated, correct its watch paths in Railway or the cause of the failed check, then run the job again. If the skip is intended, ${
    facts.waiting
      ? escaped`remove the service from \`${facts.waiting === 'after-canary' ? escaped`canary` : escaped`order`}\``
      : escaped`set \`on-skipped: warn\``
  }.`,
})

export const deploymentTimeout: Wording<'deployment-timeout'> = ({ status, waited, ...place }) => {
  if (status === null) {
    return {
      title: escaped`not started in time`,
      what: escaped`Nothing was started for ${describeLocation(place)} within ${waited}.`,
      why: escaped`\`timeout\` passed while the run made other changes. After that, the run starts nothing new.`,
      next: escaped`Run the job again, with a longer \`timeout\` or for fewer services.`,
    }
  }
  if (place.service === null) {
    return {
      title: escaped`not done in time`,
      what: escaped`The work on ${describeLocation(place)} was not finished after ${waited}: the run was still ${status}.`,
      why: escaped`\`timeout\` passed, so the run changed nothing more there.`,
      next: escaped`Run the job again: it continues with the existing environment. Set a longer \`timeout\` if this work usually takes that long.`,
    }
  }
  return {
    title: escaped`deployment not finished in time`,
    what: escaped`The deployment of ${describeLocation(place)} was not finished after ${waited}. Its last status: ${status}.`,
    why: escaped`\`timeout\` passed. The deployment continues on Railway.`,
    next: afterTimeout(status),
  }
}

function afterTimeout(status: string): EscapedText {
  if (status.startsWith('NEEDS_APPROVAL')) {
    return escaped`Have the deployment approved in Railway (link in the job summary).`
  }
  return status.startsWith('WAITING')
    ? escaped`Check the commit's checks at GitHub. If this job is one of them, turn off "Wait for CI" for the service in Railway, or set \`wait: false\`.`
    : escaped`Follow the deployment in Railway (link in the job summary). Set a longer \`timeout\` if this work usually takes that long.`
}

export const rollbackUnavailable: Wording<'rollback-unavailable'> = (facts) => ({
  title: escaped`nothing to roll back to`,
  what: escaped`${capital(describeLocation(facts))} cannot be rolled back.`,
  why:
    facts.read === 0
      ? escaped`It has no earlier deployment.`
      : escaped`No earlier deployment has another commit or image and can still be rolled back to (${count(facts.read, 'deployment')} read).`,
  next: escaped`Exclude the service with \`!${facts.service}\` in \`services\`, or use \`command: deploy\` with the \`commit-sha\` that should be live.`,
})
