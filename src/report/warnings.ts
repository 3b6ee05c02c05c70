import { describeLocation } from '../errors/describe-location.ts'
import type { Warning } from '../errors/warning.ts'
import { deploys, type Outcome } from '../execute/outcome.ts'
import type { TokenInput } from '../inputs/read-inputs.ts'
import { locationOf } from '../inventory/inventory.ts'
import type { DetectionResult, TokenScope } from '../scope/token-scope.ts'
import { capitalized, oneLine } from '../text.ts'
import { sourceNames, type TokenType, tokenNames } from '../token-type.ts'
import { linksOf } from './links.ts'

/** Returns the warnings about the scope of the token. */
export function scopeWarnings(scope: TokenScope): Warning[] {
  const uncertain = scope.uncertainties.map((message) => ({
    title: 'token scope not certain',
    message,
  }))
  if (scope.kind !== 'account' && scope.kind !== 'oauth') return uncertain
  return [
    ...uncertain,
    {
      title: 'a workspace token is enough',
      message: `The token is an ${tokenNames[scope.kind]}, which can do more than this run needs: it has access to ${
        scope.workspaces.length > 1
          ? `${scope.workspaces.length} workspaces`
          : 'everything that its owner has access to'
      }${scope.kind === 'oauth' ? ', and it expires after an hour' : ''}. Create a workspace token at https://railway.com/account/tokens, with the workspace "${scope.workspace.name}" instead of "No workspace", and store it as the secret. After that, set \`require-workspace-token: true\` to reject other tokens.`,
    },
  ]
}

/** Returns the lines of the log about the source of the token, and about other sources that are set but not used. */
export function tokenLines({ source, passedOver }: TokenInput): string[] {
  const others = passedOver.map(({ source: other, same }) =>
    same
      ? `${sourceNames[other]} is set too, to the same token.`
      : `${sourceNames[other]} is set too, to another token, which is not used: the order is the input \`token\`, RAILWAY_API_TOKEN, RAILWAY_TOKEN.`,
  )
  return [`The token is taken from ${sourceNames[source]}.`, ...others]
}

/**
 * Returns the lines of the log about Railway's responses to the probes of the token. A rejection is a response, too.
 */
export function probeLines({ probeResults, token }: DetectionResult): string[] {
  const from = token.ok ? "The type follows from Railway's responses:" : "Railway's responses:"
  return [from, ...probeResults.map((sentence) => `  ${oneLine(sentence)}`)]
}

/**
 * Returns a line of the log if the token has another type than Railway's CLI expects in the variable; otherwise no
 * line.
 */
export function nameLines({ source }: TokenInput, kind: TokenType): string[] {
  const usual = { RAILWAY_TOKEN: 'project token', RAILWAY_API_TOKEN: 'account or workspace token' }
  if (source === 'RAILWAY_TOKEN' && kind !== 'project')
    return [unusual(source, usual[source], kind)]
  if (source === 'RAILWAY_API_TOKEN' && kind === 'project') {
    return [unusual(source, usual[source], kind)]
  }
  return []
}

const unusual = (source: string, usual: string, kind: TokenType) =>
  `Railway's CLI expects ${/^[aeiou]/.test(usual) ? 'an' : 'a'} ${usual} in ${source}. This one is ${/^[aeo]/.test(kind) ? 'an' : 'a'} ${tokenNames[kind]}. This action accepts it, because the type follows from Railway's responses and not from the name of the variable.`

/** Returns the warnings about outcomes that do not fail the job but need attention. */
export function outcomeWarnings(outcomes: readonly Outcome[]): Warning[] {
  return outcomes
    .filter(({ warning }) => warning)
    .map((outcome) => {
      const { logsUrl } = linksOf(outcome)
      return {
        title: titles[outcome.status] ?? `deployment ${outcome.status}`,
        message: `${capitalized(describeLocation(locationOf(outcome.step.target)))}: ${outcome.message}.${adviceOn(outcome)}${logsUrl ? ` ${logsUrl}` : ''}`,
      }
    })
}

/** The titles for statuses that do not say by themselves why there is a warning. */
const titles: Partial<Record<Outcome['status'], string>> = {
  success: 'deployment needs attention',
  unchanged: 'service needs attention',
}

/** Returns the next step after an outcome, as a sentence after a space; empty if the message gives none. */
function adviceOn({ step, status }: Outcome): string {
  switch (status) {
    case 'skipped':
      return deploys(step)
        ? ' Check the watch paths and the required checks of the service in Railway. If such skips are expected, set `on-skipped: ignore`.'
        : ''
    case 'superseded':
      return ' If the newer commit or deployment should be live, nothing needs to be done.'
    default:
      return ''
  }
}

/** The notice for a preview without a token, because the pull request is from a fork or from Dependabot. */
export const noPreview: Warning = {
  title: 'no preview without secrets',
  message:
    'No preview is created, because this run has no Railway token. It is for a pull request from a fork or from Dependabot, and GitHub passes no secrets to such runs.',
}

/** The notice for a run that would deploy the commit of a push, if the push deleted its branch or tag. */
export const refDeleted: Warning = {
  title: 'nothing to deploy after a deletion',
  message:
    'Nothing is deployed, because this run is for a push that deleted a branch or a tag, and such a push has no commit. To deploy anyway, set `commit-sha`. To skip such runs, add `if: github.event.deleted != true` to the job.',
}

/** The notice for a preview in a merge queue. Its commit belongs to no single pull request. */
export const inMergeQueue: Warning = {
  title: 'no preview in a merge queue',
  message:
    'No preview is created, because this run is for a merge queue. A merge queue tests a commit that combines several pull requests, and each pull request has its own preview.',
}
