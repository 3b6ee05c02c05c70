import { count } from '../../text.ts'
import type { Facts, WaitingServices } from '../codes.ts'
import { describeLocation } from '../describe-location.ts'
import { joinWords, type Words, words } from '../words.ts'
import type { Wording } from './message.ts'
import { capital, sentence } from './phrases.ts'

export const deploymentFailed: Wording<'deployment-failed'> = (facts) => {
  if (facts.waiting) return replacedBeforeHealthy(facts, facts.waiting)
  const { reason, step, diagnosis, firstErrorLine } = facts
  return {
    title: {
      failed: words`deployment failed`,
      crashed: words`deployment crashed`,
      removed: words`deployment removed`,
      'no-longer-live': words`deployment no longer live`,
    }[facts.how],
    what: words`The deployment of ${describeLocation(facts)} ${
      {
        failed: words`failed`,
        crashed: words`crashed`,
        removed: words`was removed before it was live`,
        'no-longer-live': words`was live, but is no longer live`,
      }[facts.how]
    }.`,
    why: joinWords([
      !!reason && words`Railway's reason: ${sentence(reason)}`,
      step !== null && words`Failed step: ${step}.`,
      diagnosis !== null && words`Railway's diagnosis: ${sentence(diagnosis)}`,
      firstErrorLine !== null && words`First error in the log: ${sentence(firstErrorLine)}`,
      ![reason, step, diagnosis, firstErrorLine].some(Boolean) && words`Railway gave no reason.`,
    ]),
    next: afterFailure(facts),
  }
}

/** Returns the message about a deployment of the canary or of an earlier wave that a newer deployment replaced. */
const replacedBeforeHealthy = (
  place: Facts['deployment-failed'],
  waiting: WaitingServices,
): ReturnType<Wording<'deployment-failed'>> => ({
  title: words`deployment replaced`,
  what: words`The deployment of ${describeLocation(place)} was replaced by a newer deployment before it was healthy.`,
  why: words`${waitingServices[waiting]} wait until this service is healthy, so they were not started.`,
  next: words`Check the newer deployment in Railway (link in the job summary), then run the job again.`,
})

const waitingServices: Readonly<Record<WaitingServices, Words>> = {
  'after-canary': words`The service is the canary. The other services`,
  'later-waves': words`The service is in an earlier wave. The services of later waves`,
}

function afterFailure({
  how,
  reason,
  diagnosis,
  firstErrorLine,
  hasLog = true,
}: Facts['deployment-failed']): Words {
  const isExplained = Boolean(reason || diagnosis || firstErrorLine)
  if (how === 'no-longer-live' && !isExplained) {
    return words`Check in Railway whether somebody removed the deployment or it ended by itself (link in the job summary), then run the job again.`
  }
  if (how === 'removed' && !isExplained) {
    return words`Check in Railway who removed the deployment (link in the job summary), then run the job again.`
  }
  if (hasLog) {
    return words`${
      isExplained ? words`Correct this error` : words`Look for the error in the log, correct it`
    } and run the job again. The job log has the last lines of its log, and the job summary a link to the whole log.`
  }
  return isExplained
    ? words`Correct this in the settings of the service in Railway, then run the job again.`
    : words`Look at the deployment in Railway (link in the job summary), then run the job again. There is no log.`
}

export const unhealthy: Wording<'unhealthy'> = (facts) => ({
  title: words`health check not passed`,
  what: words`${capital(describeLocation(facts))} is live, but did not pass its health check within ${facts.waited}.`,
  why:
    facts.result.kind === 'status'
      ? words`The address ${facts.url} responded with HTTP ${facts.result.status}. Expected a status below 400, twice in a row.`
      : words`The address ${facts.url} did not respond: ${sentence(facts.result.detail)}`,
  next: words`Check the log of the service (link in the job summary). If the service works, correct the path in \`health-check\` or raise \`health-check-timeout\`.`,
})

export const deploymentSkipped: Wording<'deployment-skipped'> = (facts) => ({
  title: words`deployment skipped`,
  what: words`Railway skipped the deployment of ${describeLocation(facts)}, so the service was not updated.`,
  why: words`${
    facts.why === null
      ? words`Usually no changed file matches the watch paths of the service, or a check of the commit failed.`
      : words`Railway's reason: ${sentence(facts.why)}`
  } ${
    facts.waiting
      ? words`${waitingServices[facts.waiting]} wait until this service is healthy, so they were not started.`
      : words`The job fails, because \`on-skipped\` is \`fail\`.`
  }`,
  next: words`If the service should be updated, correct its watch paths in Railway or the failed check of the commit, then run the job again. If the skip is right, ${
    facts.waiting
      ? words`remove the service from \`${facts.waiting === 'after-canary' ? words`canary` : words`order`}\``
      : words`set \`on-skipped: warn\``
  }.`,
})

export const deploymentTimeout: Wording<'deployment-timeout'> = ({ status, waited, ...place }) => {
  if (status === null) {
    return {
      title: words`not started in time`,
      what: words`Nothing was started for ${describeLocation(place)} within ${waited}.`,
      why: words`\`timeout\` passed while the run made other changes. After that, the run starts nothing new.`,
      next: words`Run the job again, with a longer \`timeout\` or for fewer services.`,
    }
  }
  if (place.service === null) {
    return {
      title: words`not done in time`,
      what: words`The work on ${describeLocation(place)} was not finished after ${waited}: the run was still ${status}.`,
      why: words`\`timeout\` passed, so the run changed nothing more there.`,
      next: words`Run the job again: it continues with the existing environment. Raise \`timeout\` if it usually takes that long.`,
    }
  }
  return {
    title: words`deployment not finished in time`,
    what: words`The deployment of ${describeLocation(place)} was not finished after ${waited}. Its last status: ${status}.`,
    why: words`\`timeout\` passed. The deployment continues on Railway.`,
    next: afterTimeout(status),
  }
}

function afterTimeout(status: string): Words {
  if (status.startsWith('NEEDS_APPROVAL')) {
    return words`Have the deployment approved in Railway (link in the job summary).`
  }
  return status.startsWith('WAITING')
    ? words`Check the commit's checks at GitHub. If this job is one of them, turn off "Wait for CI" for the service in Railway, or set \`wait: false\`.`
    : words`Follow the deployment in Railway (link in the job summary). Raise \`timeout\` if it usually takes that long.`
}

export const rollbackUnavailable: Wording<'rollback-unavailable'> = (facts) => ({
  title: words`nothing to roll back to`,
  what: words`${capital(describeLocation(facts))} cannot be rolled back.`,
  why:
    facts.read === 0
      ? words`It has no earlier deployment.`
      : words`No earlier deployment has another commit or image and can still be rolled back to (${count(facts.read, 'deployment')} read).`,
  next: words`Exclude the service with \`!${facts.service}\` in \`services\`, or use \`command: deploy\` with the \`commit-sha\` that should be live.`,
})
