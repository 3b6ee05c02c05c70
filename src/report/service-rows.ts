import { groupBy } from '../collections.ts'
import { isBad, type Outcome } from '../execute/outcome.ts'
import { targetKey } from '../plan/step-id.ts'

/**
 * Merges the outcomes of each service, such as those of its variables, its deployment and its rollback, so that a table
 * has one row for each service. A row has the status, duration and links of the main outcome, and the messages of all.
 * The main outcome is a failed one, or else that of the deployment. New variables have no message after a rollback,
 * because the service then has the variables that it had before.
 */
export function onePerService(outcomes: readonly Outcome[]): Outcome[] {
  const groups = groupBy(outcomes, ({ step }) => targetKey(step.target))
  return [...groups.values()].flatMap((own) => {
    const sorted = own.toSorted((one, other) => rankOf(one) - rankOf(other))
    const [main] = sorted
    if (!main) return []
    const isRolledBack = own.some(({ status }) => status === 'rolled-back')
    const message = sorted
      .filter((outcome) => !isRolledBack || isBad(outcome) || !setsVariables(outcome))
      .map((outcome) => outcome.message)
      .filter((text) => text !== '')
      .join('; ')
    return [{ ...main, message, warning: own.some(({ warning }) => warning) }]
  })
}

const setsVariables = ({ step }: Outcome) => step.action === 'set-variables'

const rankOf = (outcome: Outcome) => (isBad(outcome) ? 0 : 2) + (setsVariables(outcome) ? 1 : 0)
