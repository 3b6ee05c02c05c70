import type { OutcomeStatus } from '../execute/outcome.ts'

/** The icon of each status, in the summary and in comments. */
export const statusMarks: Record<OutcomeStatus, string> = {
  success: '✅',
  unchanged: '✅',
  accepted: '🚀',
  failed: '❌',
  refused: '❌',
  skipped: '⏭️',
  superseded: '⏩',
  'timed-out': '⏱️',
  'rolled-back': '↩️',
  'not-started': '⏸️',
  cancelled: '⏹️',
  unknown: '❓',
}
