import { groupBy } from '../collections.ts'
import { messageFor } from '../errors/messages.ts'
import {
  countedOutcomes,
  deploys,
  isBad,
  type Outcome,
  type OutcomeStatus,
} from '../execute/outcome.ts'
import { previewName } from '../inputs/preview-inputs.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import { isBuiltFrom } from '../inventory/selection.ts'
import { markdown, markdownWords, siteMarkdown } from '../markdown.ts'
import { labelOf } from '../named.ts'
import { isPlaced, type Plan, type Step } from '../plan/plan.ts'
import { targetKey } from '../plan/step-id.ts'
import type { RunReport } from '../run-state.ts'
import { humanTime, oneLine } from '../text.ts'
import { environmentLink, linksOf, serviceLink } from './links.ts'
import { allFailures, statusOf } from './run-status.ts'
import { statusMarks } from './status-icons.ts'

/** Rows of the table; GitHub takes 65,536 characters, and nobody reads more. */
const mostRows = 60

/** How much of a sentence of an error stands in the comment. */
const mostError = 400

/** The comment before anything was done. */
export function renderBegin(inputs: Inputs, plan: Plan, now: number): string {
  const title = `⏳ ${subject(inputs)} is on its way`
  const rows = plan.steps.map((step) => ({ step, outcome: null }))
  return assemble(title, [table(rows, inputs)], inputs, now)
}

/** The comment when the run is over, however far it got. */
export function renderEnd(known: RunReport, inputs: Inputs, now: number): string {
  if (isRemoval(inputs)) return renderGone(known, inputs, now)
  const outcomes = known.outcomes ?? []
  const rows = outcomes.map((outcome) => ({ step: outcome.step, outcome }))
  const parts = [table(rows, inputs), others(outcomes, inputs), problems(known)]
  return assemble(headline(known, inputs), parts, inputs, now)
}

/** One item of the comment: what is planned for a service, and what became of it so far. */
interface Row {
  readonly step: Step
  readonly outcome: Outcome | null
}

/** The run takes a preview away. */
export const isRemoval = ({ command, preview }: Inputs) =>
  command === 'preview' && preview.action !== 'create'

function subject({ command, preview, environment }: Inputs): string {
  const code = (name: string) => `\`${name.replaceAll('`', '')}\``
  if (command === 'preview') return `Preview ${code(previewName(preview))}`
  const what = command === 'variables' ? 'Change of variables in' : 'Deployment to'
  return `${what} ${code(environment ?? '')}`
}

/** In the words of the output `status` where something failed. */
function headline(known: RunReport, inputs: Inputs): string {
  const status = statusOf(known)
  if (status === 'partial') return `❌ ${subject(inputs)} failed in part`
  if (status === 'failure') return `❌ ${subject(inputs)} failed`
  const ends = countedOutcomes(known.outcomes ?? [])
  if (ends.every(({ step }) => !deploys(step)) && inputs.command === 'variables') {
    return `✅ ${subject(inputs)} is done; nothing was deployed`
  }
  const has = (...statuses: OutcomeStatus[]) => ends.some((one) => statuses.includes(one.status))
  if (has('accepted')) return `🚀 ${subject(inputs)} was started`
  if (has('skipped') && !has('success', 'unchanged')) {
    const byRailway = ends.some(({ step, status }) => status === 'skipped' && deploys(step))
    return `⏭️ ${subject(inputs)} ${byRailway ? 'was skipped by Railway' : 'has nothing to deploy'}`
  }
  if (has('superseded')) return `⏩ ${subject(inputs)} was overtaken by a newer commit`
  return `✅ ${subject(inputs)} is live`
}

/** Lists the services that this pull request changes, with a link to each. */
function table(rows: readonly Row[], inputs: Inputs): string {
  const shown = withoutGround(rows).filter((row) => isShown(row, inputs))
  const projects = groupBy(shown.slice(0, mostRows), ({ step }) => step.target.project.id)
  const lines = [...projects.values()].flatMap((own) =>
    own.map((row, index) => line(row, index === 0, inputs)),
  )
  if (lines.length === 0) return ''
  const rest = shown.length - mostRows
  return [
    '| Project | Service | Status | Site | Logs |',
    '| :-- | :-- | :-- | :-- | :-- |',
    ...lines,
    ...(rest > 0 ? ['', `${rest} more services are in the job summary.`] : []),
  ].join('\n')
}

/** A service has one row: its variables have none beside its deployment, unless something is wrong with them. */
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

/** Gives a service that is built from elsewhere a row of its own only if something is wrong with it. */
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
  const links = outcome ? linksOf(outcome) : { url: null, logsUrl: null }
  const site = links.url ? siteMarkdown(links.url) : ''
  const logs = links.logsUrl ? `[Logs](${links.logsUrl})` : ''
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

/** Of a service whose variables were looked at and nothing more, it is not known whether it is live. */
function wordOf({ step, status }: Outcome, { command }: Inputs): string {
  if (step.action === 'set-variables' && status === 'success') return 'Variables set'
  if (command === 'variables' && status === 'unchanged') return 'Variables unchanged'
  return words[status] ?? status
}

/** How a reviewer would say it; a status that is not here is said as it is. */
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

/** The rest of the preview in one line: databases, images, other repositories. */
function others(outcomes: readonly Outcome[], inputs: Inputs): string {
  const quiet = outcomes.filter((outcome) => {
    const { instance } = outcome.step.target
    return (
      instance && !isShown({ step: outcome.step, outcome }, inputs) && outcome.status !== 'skipped'
    )
  })
  if (quiet.length === 0) return ''
  const names = groupBy(quiet, ({ step }) => labelOf(step.target.project))
  const lists = [...names].map(([project, own]) => {
    const services = own.map(({ step: { target }, status }) => {
      const name = target.instance ? labelOf(target.instance.service) : ''
      return `${statusMarks[status]} ${markdown(name)}`
    })
    return names.size > 1 ? `${markdown(project)}: ${services.join(', ')}` : services.join(', ')
  })
  return `<sub>Also in the preview: ${lists.join(' · ')}</sub>`
}

/** Lists the failures, each with what happened and Railway's reason. */
function problems(known: RunReport): string {
  const all = allFailures(known)
  if (all.length === 0) return ''
  const items = all.slice(0, 10).map((failure) => {
    const { what, why } = messageFor(failure)
    return `> - **${markdownWords(oneLine(what, mostError))}** ${markdownWords(oneLine(why, mostError))}`
  })
  const rest = all.length - items.length
  return [
    '> [!CAUTION]',
    ...items,
    ...(rest > 0 ? [`> - and ${rest} more in the job summary`] : []),
  ].join('\n')
}

function renderGone(known: RunReport, inputs: Inputs, now: number): string {
  const outcomes = known.outcomes ?? []
  const items = outcomes.map(({ step, status, message }) => {
    const { project } = step.target
    return `- ${statusMarks[status]} **${markdown(labelOf(project))}**: ${markdown(message)}`
  })
  return assemble(goneHeadline(known, inputs), [items.join('\n'), problems(known)], inputs, now)
}

function goneHeadline(known: RunReport, inputs: Inputs): string {
  const outcomes = known.outcomes ?? []
  const unfinished: OutcomeStatus[] = ['cancelled', 'not-started', 'unknown']
  const stopped = outcomes.some(({ status }) => unfinished.includes(status))
  if (stopped || allFailures(known).length > 0) return `❌ ${subject(inputs)} could not be deleted`
  const kept = outcomes.some(({ step, status }) => step.action === 'keep' && status === 'skipped')
  if (!kept) return `🧹 ${subject(inputs)} is gone`
  return outcomes.some(({ step }) => step.action === 'delete-preview')
    ? `🧹 ${subject(inputs)} was deleted in part`
    : `⏭️ ${subject(inputs)} was kept`
}

function assemble(title: string, parts: readonly string[], inputs: Inputs, now: number): string {
  const { commit, context } = inputs
  const sha = commit.kind === 'commit' ? commit.sha : null
  const root = context.run.url.replace(/\/actions\/runs\/.*$/, '')
  const details = [
    ...(sha ? [`commit [\`${sha.slice(0, 7)}\`](${root}/commit/${sha})`] : []),
    `[workflow run](${context.run.url})`,
    `${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  ]
  const footer = `<sub>${details.join(' · ')}</sub>`
  return [`### ${title}`, ...parts.filter((part) => part !== ''), footer].join('\n\n')
}
