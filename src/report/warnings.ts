import type { Warning } from '../errors/warning.ts'
import type { Outcome } from '../execute/outcome.ts'
import type { TokenInput } from '../inputs/read-inputs.ts'
import { targetName } from '../inventory/inventory.ts'
import type { DetectionResult, TokenScope } from '../scope/token-scope.ts'
import { oneLine } from '../text.ts'
import { sourceNames, type TokenType, tokenNames } from '../token-type.ts'
import { linksOf } from './links.ts'

/** Returns the warnings about the token. */
export function scopeWarnings(scope: TokenScope): Warning[] {
  const uncertain = scope.uncertainties.map((message) => ({
    title: 'token scope not certain',
    message,
  }))
  if (scope.kind !== 'account' && scope.kind !== 'oauth') return uncertain
  return [
    ...uncertain,
    {
      title: 'a workspace token would do',
      message: `The token is an ${tokenNames[scope.kind]} and reaches ${
        scope.workspaces.length > 1
          ? `${scope.workspaces.length} workspaces`
          : 'whatever its owner does'
      }${scope.kind === 'oauth' ? ', and it expires after an hour' : ''}. Make a workspace token at https://railway.com/account/tokens, choosing "${scope.workspace.name}" instead of "No workspace", and store it as the secret; \`require-workspace-token: true\` then keeps it so.`,
    },
  ]
}

/** Returns the lines of the log about the source of the token, and about sources that were not used. */
export function tokenLines({ source, passedOver }: TokenInput): string[] {
  const others = passedOver.map(({ source: other, same }) =>
    same
      ? `${sourceNames[other]} is set too, to the same token.`
      : `${sourceNames[other]} is set too, to another token, which is not used: the order is the input \`token\`, RAILWAY_API_TOKEN, RAILWAY_TOKEN.`,
  )
  return [`The token is taken from ${sourceNames[source]}.`, ...others]
}

/** Returns the answers that determined the type of the token. A rejection is an answer, too. */
export function probeLines({ probeResults, token }: DetectionResult): string[] {
  const from = token.ok ? 'Concluded from what Railway said:' : 'What Railway said:'
  return [from, ...probeResults.map((sentence) => `  ${oneLine(sentence)}`)]
}

/**
 * Returns a line of the log if the token is of another type than the variable's name suggests. The name decides
 * nothing.
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
  `${source} is where Railway's CLI looks for ${/^[aeiou]/.test(usual) ? 'an' : 'a'} ${usual}; this is ${/^[aeo]/.test(kind) ? 'an' : 'a'} ${tokenNames[kind]}, which is fine here: Railway's answers decide, not the name.`

/** Returns the warnings of outcomes that are no errors. */
export function outcomeWarnings(outcomes: readonly Outcome[]): Warning[] {
  return outcomes
    .filter(({ warning }) => warning)
    .map((outcome) => {
      const { logsUrl } = linksOf(outcome)
      return {
        title: `deployment ${outcome.status}`,
        message: `${targetName(outcome.step.target)}: ${outcome.message}.${logsUrl ? ` ${logsUrl}` : ''}`,
      }
    })
}

/** The warning about a preview of a fork's pull request, or of Dependabot's. */
export const noPreview: Warning = {
  title: 'no preview without secrets',
  message:
    'This run is for a pull request from a fork or from Dependabot. GitHub gives such runs no secrets, so there is no Railway token and no preview.',
}

/** The warning about a preview in a merge queue, whose commit belongs to no pull request. */
export const inMergeQueue: Warning = {
  title: 'no preview in a merge queue',
  message:
    'This run is for a merge queue, which tests a commit of several pull requests at once, so there is no preview to make. The pull requests have their own.',
}
