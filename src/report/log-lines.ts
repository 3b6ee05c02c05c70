import { groupBy } from '../collections.ts'
import type { ExecuteEvent } from '../execute/events.ts'
import { type Target, targetName } from '../inventory/inventory.ts'
import { type Selection, targetsOf } from '../inventory/selection.ts'
import { labelOf } from '../named.ts'
import { phaseOf } from '../plan/deployment-status.ts'
import type { Plan, StepEnvironment } from '../plan/plan.ts'
import { count, humanSize, humanTime, oneLine } from '../text.ts'
import { deploymentLink } from './links.ts'
import { planInOrder } from './plan-order.ts'
import type { Row } from './token-summary.ts'

/** Returns the name of a target as one safe line, because people choose the parts of the name in Railway. */
export const nameOf = (target: Target<StepEnvironment>) => oneLine(targetName(target))

/** Returns the lines of the log for rows of the token summary. */
export function scopeLines(rows: readonly Row[]): string[] {
  return rows.map(({ label, value }) => `${label.padEnd(13)} ${oneLine(value)}`)
}

/** Returns the lines of the log about the plan, one for each step, in the order of execution. */
export function planLines(plan: Plan): string[] {
  const { steps } = plan
  const width = Math.max(0, ...steps.map(({ target }) => nameOf(target).length))
  const verbs = Math.max(7, ...steps.map(({ action }) => action.length))
  return planInOrder(plan).map(({ step: { action, target, detail }, wave }) => {
    const name = nameOf(target).padEnd(width)
    return `${action.padEnd(verbs)} ${name}  ${oneLine(detail)}${wave && ` (${wave})`}`
  })
}

/** Returns the lines of the log about the selection, one for each service. */
export function selectionLines(selection: Selection): string[] {
  return targetsOf(selection).map((target) => {
    const { source, latest } = target.instance
    const from =
      source.kind === 'repository'
        ? source.repository
        : source.kind === 'image'
          ? source.image
          : 'no source'
    return `${nameOf(target)} in ${oneLine(labelOf(target.environment))}: ${oneLine(from)}, ${
      latest
        ? `${oneLine(latest.status, 60)}${latest.commit ? ` at ${latest.commit.slice(0, 7)}` : ''}`
        : 'never deployed'
    }`
  })
}

/** Returns the lines of the log for an event; none for an event that the log does not show. */
export function eventLines(event: ExecuteEvent): string[] {
  switch (event.kind) {
    case 'started':
      return [
        `${nameOf(event.step.target)}: started ${deploymentLink(event.step.target, event.deploymentId)}`,
      ]
    case 'lookup':
      return [`${nameOf(event.target)}: ${event.because}; checking whether it was started`]
    case 'note':
      return [`${nameOf(event.target)}: ${oneLine(event.note)}`]
    case 'state':
      return [stateLine(event.target, event.deploymentId, event.to)]
    case 'heartbeat':
      return [heartbeatLine(event.waiting, event.milliseconds)]
    case 'packed':
      return [
        `${nameOf(event.target)}: sending ${humanSize(event.bytes)} with ${count(event.files, 'file')}`,
      ]
    case 'progress':
      return [progressLine(event)]
    case 'rollback-started':
      return [
        `A deployment did not succeed: returning ${count(event.services, 'service')} to the deployments that were live before`,
      ]
    case 'no-response':
      return [
        `Railway has sent no response for ${humanTime(event.milliseconds)}; retrying, while the deployments continue on Railway`,
      ]
    case 'ended':
      return [endLine(event)]
    case 'explained':
    case 'log-read':
      return []
  }
}

function stateLine(target: Target, id: string, status: string): string {
  const line = `${nameOf(target)}: ${oneLine(status, 60)}`
  if (phaseOf(status) === 'unknown')
    return `${line} (this version of the action does not know the status, and keeps waiting)`
  if (status === 'NEEDS_APPROVAL')
    return `${line}: a person has to approve it at ${deploymentLink(target, id)}`
  if (status === 'WAITING') {
    return `${line}: the deployment waits for the checks of the commit. If this job is one of the checks, each waits for the other: turn off "Wait for CI" for this service in Railway, or set \`wait: false\`. ${deploymentLink(target, id)}`
  }
  return line
}

function progressLine({
  target,
  doing,
  done,
  of,
  unit,
}: Extract<ExecuteEvent, { kind: 'progress' }>): string {
  const amounts =
    unit === 'bytes' ? `${humanSize(done)} of ${humanSize(of)}` : `${done} of ${count(of, 'file')}`
  return `${nameOf(target)}: ${doing}, ${amounts}`
}

function heartbeatLine(
  waiting: readonly { target: Target<StepEnvironment>; status: string }[],
  milliseconds: number,
): string {
  const byStatus = groupBy(waiting, ({ status }) => status)
  const counts = [...byStatus].map(([status, own]) => `${own.length} ${oneLine(status, 60)}`)
  const names = waiting.slice(0, 5).map(({ target }) => nameOf(target))
  const more = waiting.length > 5 ? ` and ${waiting.length - 5} more` : ''
  return `Waiting for ${count(waiting.length, 'deployment')} after ${humanTime(milliseconds)}: ${counts.join(', ')} (${names.join(', ')}${more})`
}

function endLine({ outcome }: Extract<ExecuteEvent, { kind: 'ended' }>): string {
  return `${nameOf(outcome.step.target)}: ${outcome.status}${outcome.message ? `, ${oneLine(outcome.message)}` : ''}`
}

/** Returns the line of the debug log for a request. It contains no headers, tokens or variables. */
export function requestLine(event: {
  operation: string
  attempt: number
  milliseconds: number
  status: number | null
  result: string
  traceId: string | null
  remaining: number | null
}): string {
  const { operation, attempt, milliseconds, status, result, traceId, remaining } = event
  return [
    operation,
    `${Math.round(milliseconds)} ms`,
    status === null ? 'no status' : `HTTP ${status}`,
    result,
    `attempt ${attempt}`,
    `trace ${traceId ?? '-'}`,
    `left ${remaining ?? '?'}`,
  ].join(', ')
}

/** Returns the line of the log for a wait. `until`: milliseconds since the epoch. */
export function waitLine({ until, because }: { until: number; because: string }): string {
  return `Waiting until ${new Date(until).toISOString()}: ${oneLine(because)}`
}
