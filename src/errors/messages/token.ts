import { type TokenSource, tokenNames } from '../../token-type.ts'
import type { BeyondProjectToken, Facts, TokenEvidence, TokenFault } from '../codes.ts'
import { type EscapedText, escaped, joinTexts } from '../escaped-text.ts'
import { listNames } from '../list-names.ts'
import type { Message, Wording } from './message.ts'
import { createWorkspaceToken, didYouMean, tokensPage } from './phrases.ts'

export const tokenMissing: Wording<'token-missing'> = ({ situation, evidence }) => {
  const { what, why, next } = missingToken[situation]
  const found = joinTexts(evidence.map(describeEvidence))
  return { title: escaped`no token`, what, why: joinTexts([found, why]), next }
}

const missingToken: Record<
  Facts['token-missing']['situation'],
  Omit<Message<EscapedText>, 'title'>
> = {
  fork: {
    what: escaped`The Railway token is missing, because this run is for a pull request from a fork.`,
    why: escaped`GitHub passes no secrets to runs for forks. The secret itself may be correct.`,
    next: escaped`Skip the job for forks with \`if: github.event_name != 'pull_request' || github.event.pull_request.head.repo.full_name == github.repository\`, or deploy after the merge.`,
  },
  dependabot: {
    what: escaped`The Railway token is missing, because Dependabot started this run.`,
    why: escaped`GitHub passes only Dependabot secrets to such runs, and no Actions secrets.`,
    next: escaped`Add the token under Settings → Secrets and variables → Dependabot, or skip the job with \`if: github.actor != 'dependabot[bot]'\`.`,
  },
  'reusable-workflow': {
    what: escaped`The Railway token is missing, because the calling workflow passes no secret for it.`,
    why: escaped`A reusable workflow can read only the secrets that its caller passes.`,
    next: escaped`Add \`secrets: inherit\` to the job that calls this workflow, or pass this one secret under \`secrets:\`.`,
  },
  'empty-input': {
    what: escaped`The Railway token is missing, because the secret or variable for it is empty.`,
    why: escaped`GitHub puts an empty text in place of a secret that does not exist in this repository, organization or environment.`,
    next: escaped`Check the name of the secret under Settings → Secrets and variables → Actions. If it is a secret of a GitHub environment, add \`environment:\` to the job.`,
  },
  none: {
    what: escaped`The Railway token is missing, because none was given to this step.`,
    why: escaped`The input \`token\` and the environment variables RAILWAY_API_TOKEN and RAILWAY_TOKEN are empty.`,
    next: escaped`${createWorkspaceToken}, store it as a secret, and pass it as \`token: \${{ secrets.RAILWAY_API_TOKEN }}\`. If you have done this, check the name of the secret. A secret of a GitHub environment needs \`environment:\` on the job.`,
  },
}

function describeEvidence(evidence: TokenEvidence): EscapedText {
  switch (evidence.kind) {
    case 'set-but-empty':
      return evidence.expression === null
        ? escaped`The workflow sets \`${evidence.name}\`, but its value is empty in this run.`
        : escaped`The workflow sets \`${evidence.name}\` to \`${evidence.expression}\`, which is empty in this run.`
    case 'empty-variable':
      return escaped`The environment variable ${evidence.name} is set, but it is empty.`
    case 'call-without-secrets':
      return escaped`The job \`${evidence.job}\` in ${evidence.file} calls this workflow without \`secrets:\`.`
  }
}

export const tokenMalformed: Wording<'token-malformed'> = ({ source, fault }) => ({
  title: escaped`token pasted with extra characters`,
  what: escaped`The token from ${describeSource(source)} ${tokenFaults[fault]}.`,
  why: escaped`No Railway token looks like this, so the token was not sent to Railway.`,
  next: escaped`Store the token again as the secret, without quotes, prefix, spaces or line breaks.`,
})

/** The description of each fault, as a phrase that follows "The token …", such as `has quotes around it`. */
const tokenFaults: Readonly<Record<TokenFault, EscapedText>> = {
  quotes: escaped`has quotes around it`,
  'bearer-prefix': escaped`begins with the word \`Bearer\``,
  'line-break': escaped`contains a line break`,
  'white-space': escaped`contains a space or a tab`,
  characters: escaped`contains control characters or letters outside ASCII`,
}

const describeSource = (source: TokenSource): EscapedText =>
  source === 'input' ? escaped`the input \`token\`` : escaped`${source}`

export const tokenInvalid: Wording<'token-invalid'> = ({ source, questions, worked }) => ({
  title: escaped`token invalid`,
  what:
    worked === undefined
      ? escaped`The token from ${describeSource(source)} is invalid: Railway does not recognize it.`
      : escaped`The token from ${describeSource(source)} is no longer valid: Railway accepted it ${worked} ago and rejects it now.`,
  why: escaped`${
    worked === undefined
      ? escaped`It was revoked, has expired, or was not copied completely.`
      : escaped`It was revoked or has expired since then.`
  } Railway rejected all ${questions.length} requests that identify a token (${joinTexts(questions.map(describeQuestion), ', ')}), so missing permissions are not the cause.`,
  next: escaped`${createWorkspaceToken} and store it as the secret.`,
})

/** Describes a request: a name of a field of the API as code, a description in words unchanged. */
const describeQuestion = (question: string): EscapedText =>
  /\s/.test(question) ? escaped`${question}` : escaped`\`${question}\``

export const tokenProjectScoped: Wording<'token-project-scoped'> = ({
  project,
  environment,
  beyond,
  nearest,
}) => ({
  title: escaped`token limited to one environment`,
  what: escaped`The token is a project token of environment "${environment}" of project "${project}", but the workflow requests ${describeBeyond(beyond)}.`,
  why: escaped`${
    beyond.kind === 'preview'
      ? escaped`A project token can neither create nor delete environments.`
      : escaped`A project token gives access to this one environment only.`
  }${didYouMean(nearest)}`,
  next: escaped`${createWorkspaceToken} and use it instead.${
    beyond.kind === 'preview'
      ? escaped``
      : escaped` To keep this token, select only project "${project}" and environment "${environment}".`
  }`,
})

function describeBeyond(beyond: BeyondProjectToken): EscapedText {
  switch (beyond.kind) {
    case 'preview':
      return escaped`a preview environment`
    case 'other-environment':
      return escaped`environment "${beyond.name}" with \`${beyond.input}\``
    case 'environment':
      return beyond.name === null
        ? escaped`the base environment of the project`
        : escaped`environment "${beyond.name}"`
    case 'project':
    case 'projects':
      return escaped`${beyond.kind} "${beyond.name}"`
  }
}

export const tokenAccountScoped: Wording<'token-account-scoped'> = ({ tokenType, workspaces }) => ({
  title: escaped`token not bound to one workspace`,
  what: escaped`The token is an ${tokenNames[tokenType]}, which acts as a person${
    workspaces.length === 0
      ? escaped``
      : escaped` and has access to workspace${workspaces.length === 1 ? escaped`` : escaped`s`} ${listNames(workspaces)}`
  }.`,
  why: escaped`\`require-workspace-token\` is \`true\`, which rejects tokens that are not bound to one workspace.`,
  next: escaped`${createWorkspaceToken} and store it as the secret instead of this token.`,
})

export const twoFactorRequired: Wording<'two-factor-required'> = ({ workspace }) => ({
  title: escaped`two-factor authentication required`,
  what: escaped`${workspace ? escaped`Workspace "${workspace}"` : escaped`The workspace`} requires two-factor authentication, but the owner of this token has not turned it on.`,
  why: escaped`Account tokens and OAuth tokens act as their owner. Workspace tokens belong to no person and need no second factor.`,
  next: escaped`Use a workspace token (${tokensPage}), or turn on two-factor authentication at https://railway.com/account/security.`,
})
