import { type TokenSource, tokenNames } from '../../token-type.ts'
import type { BeyondProjectToken, Facts, TokenEvidence, TokenFault } from '../codes.ts'
import { listNames } from '../list-names.ts'
import { joinWords, type Words, words } from '../words.ts'
import type { Message, Wording } from './message.ts'
import { createWorkspaceToken, didYouMean, tokensPage } from './phrases.ts'

export const tokenMissing: Wording<'token-missing'> = ({ situation, evidence }) => {
  const { what, why, next } = missingToken[situation]
  const found = joinWords(evidence.map(describeEvidence))
  return { title: words`no token`, what, why: joinWords([found, why]), next }
}

const missingToken: Record<Facts['token-missing']['situation'], Omit<Message<Words>, 'title'>> = {
  fork: {
    what: words`The Railway token is missing, because this run is for a pull request from a fork.`,
    why: words`GitHub passes no secrets to runs for forks. The secret itself may be correct.`,
    next: words`Skip the job for forks with \`if: github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository\`, or deploy after the merge.`,
  },
  dependabot: {
    what: words`The Railway token is missing, because Dependabot started this run.`,
    why: words`GitHub passes only Dependabot secrets to such runs, and no Actions secrets.`,
    next: words`Add the token under Settings → Secrets and variables → Dependabot, or skip the job with \`if: github.actor != 'dependabot[bot]'\`.`,
  },
  'reusable-workflow': {
    what: words`The Railway token is missing, because the calling workflow passes no secret for it.`,
    why: words`A reusable workflow can read only the secrets that its caller passes.`,
    next: words`Add \`secrets: inherit\` to the job that calls this workflow, or pass this one secret under \`secrets:\`.`,
  },
  'empty-input': {
    what: words`The Railway token is missing, because the secret or variable for it is empty.`,
    why: words`GitHub puts an empty text in place of a secret that does not exist in this repository, organization or environment.`,
    next: words`Check the name of the secret under Settings → Secrets and variables → Actions. If it is a secret of a GitHub environment, add \`environment:\` to the job.`,
  },
  none: {
    what: words`The Railway token is missing, because none was given to this step.`,
    why: words`The input \`token\` and the environment variables RAILWAY_API_TOKEN and RAILWAY_TOKEN are empty.`,
    next: words`${createWorkspaceToken}, store it as a secret, and pass it as \`token: \${{ secrets.RAILWAY_API_TOKEN }}\`. If you have done this, check the name of the secret. A secret of a GitHub environment needs \`environment:\` on the job.`,
  },
}

function describeEvidence(evidence: TokenEvidence): Words {
  switch (evidence.kind) {
    case 'set-but-empty':
      return evidence.expression === null
        ? words`The workflow sets \`${evidence.name}\`, but its value is empty in this run.`
        : words`The workflow sets \`${evidence.name}\` to \`${evidence.expression}\`, which is empty in this run.`
    case 'empty-variable':
      return words`The environment variable ${evidence.name} is set, but it is empty.`
    case 'call-without-secrets':
      return words`The job \`${evidence.job}\` in ${evidence.file} calls this workflow without \`secrets:\`.`
  }
}

export const tokenMalformed: Wording<'token-malformed'> = ({ source, fault }) => ({
  title: words`token pasted with extra characters`,
  what: words`The token from ${describeSource(source)} ${tokenFaults[fault]}.`,
  why: words`No Railway token looks like this, so the token was not sent to Railway.`,
  next: words`Store the token again as the secret, without quotes, prefix, spaces or line breaks.`,
})

/** The description of each fault, as a phrase that follows "The token …", such as `has quotes around it`. */
const tokenFaults: Readonly<Record<TokenFault, Words>> = {
  quotes: words`has quotes around it`,
  'bearer-prefix': words`begins with the word \`Bearer\``,
  'line-break': words`contains a line break`,
  'white-space': words`contains a space or a tab`,
  characters: words`contains control characters or letters outside ASCII`,
}

const describeSource = (source: TokenSource): Words =>
  source === 'input' ? words`the input \`token\`` : words`${source}`

export const tokenInvalid: Wording<'token-invalid'> = ({ source, questions, worked }) => ({
  title: words`token invalid`,
  what:
    worked === undefined
      ? words`The token from ${describeSource(source)} is invalid: Railway does not recognize it.`
      : words`The token from ${describeSource(source)} is no longer valid: Railway accepted it ${worked} ago and rejects it now.`,
  why: words`${
    worked === undefined
      ? words`It was revoked, has expired, or was not copied completely.`
      : words`It was revoked or has expired since then.`
  } Railway rejected all ${questions.length} requests that identify a token (${joinWords(questions.map(describeQuestion), ', ')}), so missing permissions are not the cause.`,
  next: words`${createWorkspaceToken} and store it as the secret.`,
})

/** Describes a request: a name of a field of the API as code, a description in words unchanged. */
const describeQuestion = (question: string): Words =>
  /\s/.test(question) ? words`${question}` : words`\`${question}\``

export const tokenProjectScoped: Wording<'token-project-scoped'> = ({
  project,
  environment,
  beyond,
  nearest,
}) => ({
  title: words`token limited to one environment`,
  what: words`The token is a project token of environment "${environment}" of project "${project}", but the workflow requests ${describeBeyond(beyond)}.`,
  why: words`${
    beyond.kind === 'preview'
      ? words`A project token can neither create nor delete environments.`
      : words`A project token gives access to this one environment only.`
  }${didYouMean(nearest)}`,
  next: words`${createWorkspaceToken} and use it instead.${
    beyond.kind === 'preview'
      ? words``
      : words` To keep this token, select only project "${project}" and environment "${environment}".`
  }`,
})

function describeBeyond(beyond: BeyondProjectToken): Words {
  switch (beyond.kind) {
    case 'preview':
      return words`a preview environment`
    case 'other-environment':
      return words`environment "${beyond.name}" with \`${beyond.input}\``
    case 'environment':
      return beyond.name === null
        ? words`the base environment of the project`
        : words`environment "${beyond.name}"`
    case 'project':
    case 'projects':
      return words`${beyond.kind} "${beyond.name}"`
  }
}

export const tokenAccountScoped: Wording<'token-account-scoped'> = ({ tokenType, workspaces }) => ({
  title: words`token not bound to one workspace`,
  what: words`The token is an ${tokenNames[tokenType]}, which acts as a person${
    workspaces.length === 0
      ? words``
      : words` and has access to workspace${workspaces.length === 1 ? words`` : words`s`} ${listNames(workspaces)}`
  }.`,
  why: words`\`require-workspace-token\` is \`true\`, which rejects tokens that are not bound to one workspace.`,
  next: words`${createWorkspaceToken} and store it as the secret instead of this token.`,
})

export const twoFactorRequired: Wording<'two-factor-required'> = ({ workspace }) => ({
  title: words`two-factor authentication required`,
  what: words`${workspace ? words`Workspace "${workspace}"` : words`The workspace`} requires two-factor authentication, but the owner of this token has not turned it on.`,
  why: words`Account tokens and OAuth tokens act as their owner. Workspace tokens belong to no person and need no second factor.`,
  next: words`Use a workspace token (${tokensPage}), or turn on two-factor authentication at https://railway.com/account/security.`,
})
