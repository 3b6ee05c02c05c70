import type { NotLiveReason } from '../codes.ts'
import { describeLocation } from '../describe-location.ts'
import { type Words, words } from '../words.ts'
import type { Wording } from './message.ts'
import { capital, shortRevision } from './phrases.ts'

export const untrustedCommit: Wording<'untrusted-commit'> = ({
  commit,
  event,
  repository,
  certain,
}) => ({
  title: words`commit of a fork`,
  what: words`The commit of this event${commit === null ? words`` : words` (${shortRevision(commit)})`} was not deployed, because it ${
    certain
      ? words`belongs to ${repository === null ? words`a fork` : words`the fork ${repository}`}`
      : words`may belong to a fork`
  }.`,
  why: words`${
    certain
      ? words`Anybody can propose a commit from a fork, and this \`${event}\` run can read the secrets of this repository.`
      : words`The payload of \`${event}\` does not say whose commit it is, and anybody can propose a commit from a fork.`
  } The action deploys such a commit only if \`commit-sha\` names it.`,
  next: words`If you have reviewed the commit, set \`commit-sha\` to it. Otherwise skip such events with \`if:\` on the job.`,
})

export const commitMismatch: Wording<'commit-mismatch'> = (facts) => ({
  title: words`another commit is live`,
  what: words`${capital(describeLocation(facts))} runs ${shortRevision(facts.live)}, not the requested ${shortRevision(facts.requested)}.`,
  why: words`The deployment succeeded, but Railway reports another commit or image as live. Often a newer push was deployed in the meantime.`,
  next: words`Check the deployment in Railway (link in the job summary). If it is not the right one, run the job again for the commit that should be live.`,
})

export const commitNotFound: Wording<'commit-not-found'> = (facts) => ({
  title: words`commit not found`,
  what: words`Railway cannot find commit ${shortRevision(facts.commit)} for ${describeLocation(facts)}.`,
  why: words`The commit is not pushed, it is not in the repository of the service, or Railway's GitHub app cannot read this repository.`,
  next: words`Check that \`commit-sha\` is pushed to the repository of the service. Then check the access of Railway's GitHub app (GitHub → Settings → Applications).`,
})

export const sourceNotLive: Wording<'source-not-live'> = (facts) => ({
  title: words`nothing to promote`,
  what: words`${capital(describeLocation(facts))} cannot be promoted from environment "${facts.from}".`,
  why: describeNotLive(facts.reason, facts.from),
  next: words`${
    facts.reason.kind === 'uploaded'
      ? words`Deploy the service in "${facts.from}" from a repository or an image first`
      : words`Deploy the service in "${facts.from}" first`
  }, or exclude it with \`!${facts.service}\` in \`services\`.`,
})

function describeNotLive(reason: NotLiveReason, from: string): Words {
  switch (reason.kind) {
    case 'absent':
      return words`The service does not exist in environment "${from}".`
    case 'never-deployed':
      return words`The service was never deployed in environment "${from}".`
    case 'not-live':
      return words`The service is not live in environment "${from}": the status of its newest deployment is ${reason.status}.`
    case 'uploaded':
      return words`The service is deployed from uploads in environment "${from}", and an upload has no commit or image to promote.`
  }
}
