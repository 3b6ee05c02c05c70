import { type Failure, failure } from '../errors/codes.ts'
import type { Warning } from '../errors/warning.ts'
import type { MissingField } from './inventory.ts'

/** The maximum number of missing fields in a message. If one field fails, many usually do. */
const maxShown = 5

/** The fields that are only used for warnings. */
const warningFields: ReadonlySet<string> = new Set(['railwayConfigFile'])

/**
 * Checks the missing fields of the inventory. They are errors in a run that changes something. Without them, a service
 * of unknown source would be skipped, and a service with unknown deployments would be deployed again.
 */
export function checkPartialData(
  missingFields: readonly MissingField[],
  { changesTargets }: { changesTargets: boolean },
): { failures: Failure[]; warnings: Warning[] } {
  if (missingFields.length === 0) return { failures: [], warnings: [] }
  const names = [...new Set(missingFields.map(({ field, place }) => `"${field}" of ${place}`))]
  const shown = names.slice(0, maxShown)
  const rest = names.length - shown.length
  const all = `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
  const message = [...new Set(missingFields.map((one) => one.message))].slice(0, 3).join('; ')
  if (changesTargets && missingFields.some(({ field }) => !warningFields.has(field))) {
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
        message: `Railway did not return ${all} ("${message}"), so this report may be wrong about them. Run the job again.`,
      },
    ],
  }
}
