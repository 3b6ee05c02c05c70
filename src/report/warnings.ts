import type { Outcome } from '../execute/outcome.ts'
import type { TokenInput } from '../inputs/inputs.ts'
import { targetName } from '../inventory/inventory.ts'
import { type TokenScope, tokenNames } from '../scope/scope.ts'
import { linksOf } from './links.ts'
import type { Warning } from './warning.ts'

/** What is worth a warning about the token. */
export function scopeWarnings(scope: TokenScope): Warning[] {
  const doubts = scope.doubts.map((message) => ({ title: 'token scope not certain', message }))
  if (scope.kind !== 'account' && scope.kind !== 'oauth') return doubts
  return [
    ...doubts,
    {
      title: 'a workspace token would do',
      message: `The token is an ${tokenNames[scope.kind]} and reaches whatever its owner does. A token of workspace "${scope.workspace.name}" alone is enough here: make one at https://railway.com/account/tokens, choosing that workspace instead of "No workspace".`,
    },
  ]
}

/** For the log: where the token came from, and what was passed over. */
export function tokenLines({ source, passedOver }: TokenInput): string[] {
  const others = passedOver.map(
    (other) => `${other} is set too, with another value; it was passed over.`,
  )
  return [`The token is taken from ${source}.`, ...others]
}

/** What became of single targets and is no error. */
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
