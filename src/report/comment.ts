import { groupBy } from '../collections.ts'
import {
  countedOutcomes,
  deploys,
  isBad,
  type Outcome,
  type OutcomeStatus,
  worstFirst,
} from '../execute/outcome.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import { isBuiltFrom } from '../inventory/selection.ts'
import { markdown, siteMarkdown } from '../markdown.ts'
import { labelOf } from '../named.ts'
import { isPlaced, type Plan, type Step } from '../plan/plan.ts'
import { targetKey } from '../plan/step-id.ts'
import type { RunReport } from '../run-state.ts'
import { humanTime } from '../text.ts'
import {
  buildComment,
  isRemoval,
  maxRows,
  renderFailures,
  renderNotices,
  runSubject,
} from './comment-parts.ts'
import { environmentLink, linksOf, serviceLink, servingSite } from './links.ts'
import { renderPlan } from './plan-comment.ts'
import { renderRemoval } from './removal-comment.ts'
import { allFailures, statusOf } from './run-status.ts'
import { statusMarks } from './status-icons.ts'

/** Renders the comment at the beginning of the execution, before the first change. */
export function renderBegin(inputs: Inputs, plan: Plan, now: number): string {
  const title = `⏳ ${runSubject(inputs)} is in progress`
  const rows = plan.steps.map((step) => ({ step, outcome: null }))
  return buildComment(title, [table(rows, inputs)], inputs, now)
}

/** Renders the comment at the end of the run, even if the run stopped early. `docs` is the URL of `docs/errors.md`. */
export function renderEnd(known: RunReport, inputs: Inputs, now: number, docs: string): string {
  if (inputs.dryRun) return renderPlan(known, inputs, now, docs)
  if (isRemoval(inputs)) return renderRemoval(known, inputs, now, docs)
  const outcomes = known.outcomes ?? []
  const rows = worstFirst(outcomes).map((outcome) => ({ step: outcome.step, outcome }))
  const parts = [
    table(rows, inputs),
    others(outcomes, inputs),
    renderNotices(known),
    renderFailures(known, docs),
  ]
  return buildComment(headline(known, inputs), parts, inputs, now)
}

/** Returns whether a finished run creates a comment if there is none yet. Otherwise it only updates an existing one. */
export function createsComment(known: RunReport, inputs: Inputs): boolean {
  if (inputs.dryRun) return known.plan !== null
  const hadWork = (known.outcomes ?? []).length > 0 || allFailures(known).length > 0
  return !isRemoval(inputs) && hadWork
}

/** A row of the comment: the planned step of a service, and its outcome so far. */
interface Row {
  readonly step: Step
  readonly outcome: Outcome | null
}

/** Returns the headline of the comment. For a failed run, it follows the output `status`. */
function headline(known: RunReport, inputs: Inputs): string {
  const status = statusOf(known)
  if (status === 'partial') return `❌ ${runSubject(inputs)} partly failed`
  if (status === 'failure') return `❌ ${runSubject(inputs)} failed`
  const ends = countedOutcomes(known.outcomes ?? [])
  if (ends.length === 0) return `⏭️ ${runSubject(inputs)} had nothing to do`
  if (ends.every(({ step }) => !deploys(step)) && inputs.command === 'variables') {
    return `✅ ${runSubject(inputs)} is done; nothing was deployed`
  }
  const has = (...statuses: OutcomeStatus[]) => ends.some((one) => statuses.includes(one.status))
  if (has('accepted')) return `🚀 ${runSubject(inputs)} was started`
  if (has('skipped') && !has('success', 'unchanged')) {
    const byRailway = ends.some(({ step, status }) => status === 'skipped' && deploys(step))
    return `⏭️ ${runSubject(inputs)} ${byRailway ? 'was skipped by Railway' : 'has nothing to deploy'}`
  }
  if (has('superseded'))
    return `⏩ ${runSubject(inputs)} was superseded by a newer commit or deployment`
  return `✅ ${runSubject(inputs)} is ${inputs.command === 'rollback' ? 'done' : 'live'}`
}

/** Renders the table of the services that this pull request changes, with links. */
function table(rows: readonly Row[], inputs: Inputs): string {
  const shown = withoutGround(rows).filter((row) => isShown(row, inputs))
  const projects = groupBy(shown.slice(0, maxRows), ({ step }) => step.target.project.id)
  const lines = [...projects.values()].flatMap((own) =>
    own.map((row, index) => line(row, index === 0, inputs)),
  )
  if (lines.length === 0) return ''
  const rest = shown.length - maxRows
  return [
    '| Project | Service | Status | Site | Logs |',
    '| :-- | :-- | :-- | :-- | :-- |',
    ...lines,
    ...(rest > 0 ? ['', `More services in the job summary: ${rest}`] : []),
  ].join('\n')
}

/**
 * Removes the row about the variables of a service if the service has a row about its deployment, too. The row stays if
 * the variables could not be set.
 */
function withoutGround(rows: readonly Row[]): Row[] {
  const key = ({ target }: Step) => targetKey(target)
  const deployed = new Set(
    rows
      .map(({ step }) => step)
      .filter(deploys)
      .map(key),
  )
  return rows.filter(({ step, outcome }) => {
    const isGround = step.action === 'set-variables' && deployed.has(key(step))
    return !isGround || (outcome !== null && isBad(outcome))
  })
}

/**
 * Returns whether a row is shown in the table. In a preview, a service that is not built from this repository is shown
 * only if it failed or has a warning.
 */
function isShown({ step, outcome }: Row, { context, command }: Inputs): boolean {
  const { instance } = step.target
  if (!instance) return false
  if (outcome && (isBad(outcome) || outcome.warning)) return true
  return command !== 'preview' || isBuiltFrom(instance, context.repository)
}

function line({ step, outcome }: Row, isFirst: boolean, inputs: Inputs): string {
  const { project, instance } = step.target
  const there = isPlaced(step.target) ? step.target : null
  const projectName = markdown(labelOf(project))
  const projectCell = there
    ? `[**${projectName}**](${environmentLink(there)})`
    : `**${projectName}**`
  const service = instance ? markdown(labelOf(instance.service)) : ''
  const serviceCell =
    there && instance ? `[${service}](${serviceLink({ ...there, instance })})` : service
  const url = outcome && servingSite(outcome)
  const site = url ? siteMarkdown(url) : ''
  const logsUrl = outcome && linksOf(outcome).logsUrl
  const logs = logsUrl ? `[Logs](${logsUrl})` : ''
  return `| ${[isFirst ? projectCell : '', serviceCell, statusCell(outcome, inputs), site, logs].join(' | ')} |`
}

function statusCell(outcome: Outcome | null, inputs: Inputs): string {
  if (!outcome) return '⏳ waiting'
  const { status, startedAt, finishedAt } = outcome
  const took =
    startedAt === null || finishedAt === null
      ? ''
      : ` ${isBad(outcome) ? 'after' : 'in'} ${humanTime(finishedAt - startedAt)}`
  return `${statusMarks[status]} ${wordOf(outcome, inputs)}${took}`
}

/**
 * Returns the word for an outcome. An unchanged outcome of `variables` does not describe a deployment, so its word does
 * not mention one.
 */
function wordOf({ step, status }: Outcome, { command }: Inputs): string {
  if (step.action === 'set-variables' && status === 'success') return 'Variables set'
  if (command === 'variables' && status === 'unchanged') return 'Variables unchanged'
  return words[status] ?? status
}

/** The words for statuses. A status without a word is shown unchanged. */
const words: Partial<Record<OutcomeStatus, string>> = {
  success: 'Live',
  unchanged: 'Live, unchanged',
  accepted: 'Started',
  failed: 'Failed',
  refused: 'Refused',
  'timed-out': 'Not finished in time',
  'not-started': 'Not started',
  'rolled-back': 'Rolled back',
}

/** The maximum number of services in the line about those without a row. */
const maxOthers = 200

/** Renders the services of the preview that have no row in the table, in one line. */
function others(outcomes: readonly Outcome[], inputs: Inputs): string {
  const quiet = outcomes.filter((outcome) => {
    const { instance } = outcome.step.target
    return (
      instance && !isShown({ step: outcome.step, outcome }, inputs) && outcome.status !== 'skipped'
    )
  })
  if (quiet.length === 0) return ''
  const names = groupBy(quiet.slice(0, maxOthers), ({ step }) => labelOf(step.target.project))
  const lists = [...names].map(([project, own]) => {
    const services = own.map(({ step: { target }, status }) => {
      const name = target.instance ? labelOf(target.instance.service) : ''
      return `${statusMarks[status]} ${markdown(name)}`
    })
    return names.size > 1 ? `${markdown(project)}: ${services.join(', ')}` : services.join(', ')
  })
  const rest = quiet.length - maxOthers
  const all = [...lists, ...(rest > 0 ? [`${rest} more`] : [])].join(' · ')
  return `<sub>Also in the preview: ${all}</sub>`
}
