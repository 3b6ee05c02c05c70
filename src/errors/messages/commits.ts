import type { NotLiveReason } from '../codes.ts'
import { describeLocation } from '../describe-location.ts'
import { type EscapedText, escaped } from '../escaped-text.ts'
import type { Wording } from './message.ts'
import { capital, shortRevision } from './phrases.ts'

export const untrustedCommit: Wording<'untrusted-commit'> = ({
  commit,
  event,
  repository,
  certain,
}) => ({
  title: escaped`commit of a fork`,
  what: escaped`The commit of this event${commit === null ? escaped`` : escaped` (${shortRevision(commit)})`} was not deployed, because it ${
    certain
      ? escaped`belongs to ${repository === null ? escaped`a fork` : escaped`the fork ${repository}`}`
      : escaped`may belong to a fork`
  }.`,
  why: escaped`${
    certain
      ? escaped`Anybody can propose a commit from a fork, and this \`${event}\` run can read the secrets of this repository.`
      : escaped`The payload of \`${event}\` does not say whose commit it is, and anybody can propose a commit from a fork.`
  } The action deploys such a commit only if \`commit-sha\` names it.`,
  next: escaped`If you have reviewed the commit, set \`commit-sha\` to it. Otherwise skip such events with \`if:\` on the job.`,
})

export const commitMismatch: Wording<'commit-mismatch'> = (facts) => ({
  title: escaped`another commit is live`,
  what: escaped`${capital(describeLocation(facts))} runs ${shortRevision(facts.live)}, not the requested ${shortRevision(facts.requested)}.`,
  why: escaped`The deployment succeeded, but Railway reports another commit or image as live. Often a newer push was deployed in the meantime.`,
  next: escaped`Check the deployment in Railway (link in the job summary). If it is not the right one, run the job again for the commit that should be live.`,
})

export const commitNotFound: Wording<'commit-not-found'> = (facts) => ({
  title: escaped`commit not found`,
  what: escaped`Railway cannot find commit ${shortRevision(facts.commit)} for ${describeLocation(facts)}.`,
  why: escaped`The commit is not pushed, it is not in the repository of the service, or Railway's GitHub app cannot read this repository.`,
  next: escaped`Check that \`commit-sha\` is pushed to the repository of the service. Then check the access of Railway's GitHub app (GitHub → Settings → Applications).`,
})

export const sourceNotLive: Wording<'source-not-live'> = (facts) => ({
  title: escaped`nothing to promote`,
  what: escaped`${capital(describeLocation(facts))} cannot be promoted from environment "${facts.from}".`,
  why: describeNotLive(facts.reason, facts.from),
  next: escaped`${
    facts.reason.kind === 'uploaded'
      ? escaped`Deploy the service in "${facts.from}" from a repository or an image first`
      : escaped`Deploy the service in "${facts.from}" first`
  }, or exclude it with \`!${facts.service}\` in \`services\`.`,
})

function describeNotLive(reason: NotLiveReason, from: string): EscapedText {
  switch (reason.kind) {
    case 'absent':
      return escaped`The service does not exist in environment "${from}".`
    case 'never-deployed':
      return escaped`The service was never deployed in environment "${from}".`
    case 'not-live':
      return escaped`The service is not live in environment "${from}": the status of its newest deployment is ${reason.status}.`
    case 'uploaded':
      return escaped`The service is deployed from uploads in environment "${from}", and an upload has no commit or image to promote.`
  }
}
