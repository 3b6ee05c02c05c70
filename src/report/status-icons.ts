import type { OutcomeStatus } from '../execute/outcome.ts'

/** The icon of each status, the same in summary and comment. */
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
