import { type Failure, failure } from '../errors/codes.ts'
import type { Warning } from '../errors/warning.ts'
import type { MissingField } from './inventory.ts'

/** Gaps told at most; where one field fails, many do. */
const maxListed = 5

/** Fields that only a warning rests on. */
const onlyTold: ReadonlySet<string> = new Set(['railwayConfigFile'])

/**
 * Decides about missing parts of the inventory. They stop a run that changes something: a service
 * whose source is not known would be passed over, and one whose deployments are not known deployed again.
 */
export function checkPartialData(
  gaps: readonly MissingField[],
  { mustAct }: { mustAct: boolean },
): { failures: Failure[]; warnings: Warning[] } {
  if (gaps.length === 0) return { failures: [], warnings: [] }
  const missing = [...new Set(gaps.map(({ field, place }) => `"${field}" of ${place}`))]
  const told = missing.slice(0, maxListed)
  const rest = missing.length - told.length
  const all = `${told.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
  const message = [...new Set(gaps.map((gap) => gap.message))].slice(0, 3).join('; ')
  if (mustAct && gaps.some(({ field }) => !onlyTold.has(field))) {
    return {
      failures: [
        failure('api-unavailable', {
          activity: 'read-fields',
          object: all,
          detail: `the error "${message}"`,
          effect: 'nothing-changed',
        }),
      ],
      warnings: [],
    }
  }
  return {
    failures: [],
    warnings: [
      {
        title: 'parts of the inventory are missing',
        message: `Railway did not return ${all}, and answered "${message}" instead. This run may show wrong or incomplete information about them. Run the job again.`,
      },
    ],
  }
}
