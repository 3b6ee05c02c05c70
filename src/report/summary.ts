import { messageFor } from '../errors/messages/message-for.ts'
import { type Outcome, worstFirst } from '../execute/outcome.ts'
import type { ServiceTarget, Target } from '../inventory/inventory.ts'
import { targetsOf } from '../inventory/selection.ts'
import { markdown, markdownWords, siteMarkdown } from '../markdown.ts'
import { labelOf } from '../named.ts'
import { isPlaced, type Plan, type StepEnvironment } from '../plan/plan.ts'
import { describeDeployment, liveOf } from '../plan/rollback.ts'
import type { RunReport } from '../run-state.ts'
import { count, humanTime } from '../text.ts'
import { docsLink } from './annotations.ts'
import { diagnosisSection } from './diagnosis.ts'
import { failedDeployments } from './failed-deployments.ts'
import { environmentLink, linksOf, serviceLink, servingSite, siteLink } from './links.ts'
import { planInOrder } from './plan-order.ts'
import { allFailures, statusOf } from './run-status.ts'
import { onePerService } from './service-rows.ts'
import { statusMarks } from './status-icons.ts'
import { timeline } from './timeline.ts'
import { scopeCard } from './token-summary.ts'

/** The maximum number of rows of a table in the summary. GitHub accepts summaries of at most 1 MB for each step. */
const maxRows = 500

/** Renders the job summary as Markdown: results, errors, logs, notices, diagnosis, warnings, token and requests. */
export function renderSummary(known: RunReport, docs: string): string {
  const sections = [
    `## ${headline(known)}`,
    results(known),
    errors(known, docs),
    failedDeployments(known),
    timeline(known.outcomes ?? []),
    notices(known),
    diagnosisSection(known),
    warnings(known),
    card(known),
    footer(known),
  ]
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`
}

/** Renders the outcomes; without outcomes the plan, and without a plan the selection. */
function results(known: RunReport): string {
  const { outcomes, plan } = known
  if (outcomes) return outcomeTable(worstFirst(onePerService(outcomes)))
  return plan ? planTable(plan) : inventoryTable(known)
}

const marks: Record<ReturnType<typeof statusOf>, string> = {
  success: '✅',
  failure: '❌',
  partial: '❌',
  unchanged: '✅',
  accepted: '🚀',
  planned: '📋',
  skipped: '⏭️',
}

function headline(known: RunReport): string {
  const status = statusOf(known)
  const command = known.inputs?.command
  const dry = known.plan && !known.outcomes && known.failures.length === 0 ? ' (dry run)' : ''
  return `${marks[status]} Railway${command ? ` ${command}` : ''}: ${describeRun(known)}${dry}`
}

function describeRun(known: RunReport): string {
  const failures = allFailures(known)
  switch (statusOf(known)) {
    case 'failure':
      return known.outcomes
        ? 'failed'
        : `stopped before any change (${count(failures.length, 'error')})`
    case 'partial':
      return 'partly failed'
    case 'unchanged':
      return 'nothing to do'
    case 'accepted':
      return 'started, not verified'
    case 'planned':
      return 'planned, nothing was changed'
    case 'skipped':
      return 'skipped'
    case 'success':
      return known.outcomes ? describeEnd(known.outcomes) : describeSelection(known)
  }
}

/** Describes the selection of `check` and `list`, with the number of restricted environments. */
function describeSelection({ selection }: RunReport): string {
  const closed = (selection?.environments ?? []).filter(
    ({ environment }) => !environment.accessible,
  )
  return closed.length === 0
    ? 'all accessible'
    : `accessible, except for ${count(closed.length, 'restricted environment')}`
}

/** Describes the end of a successful run. Skipped and superseded deployments are counted, because they are not live. */
function describeEnd(outcomes: readonly Outcome[]): string {
  const deleted = outcomes.filter(({ step }) => step.action === 'delete-preview').length
  if (deleted > 0) return `${count(deleted, 'preview')} deleted`
  const done = outcomes.filter(({ step }) => step.action !== 'keep')
  if (done.length > 0 && done.every(({ step }) => step.action === 'set-variables')) {
    return 'the variables are set, nothing was deployed'
  }
  const aside = outcomes.filter(({ status }) => status === 'skipped' || status === 'superseded')
  return aside.length === 0
    ? 'everything is live'
    : `done, ${count(aside.length, 'service')} skipped or superseded`
}

function errors(known: RunReport, docs: string): string {
  const rows = allFailures(known).map((failure) => {
    const { title, what, why, next } = messageFor(failure)
    return `- **${title}**: ${markdownWords(what)} ${markdownWords(why)} ${markdownWords(next)} [\`${failure.code}\`](${docsLink(docs, failure.code)})`
  })
  return rows.length === 0 ? '' : ['### Errors', ...rows.slice(0, maxRows)].join('\n')
}

function card(known: RunReport): string {
  const rows = scopeCard(known)
  if (rows.length === 0) return ''
  return table(
    ['Token scope', ''],
    rows.map(({ label, value, named = value }) => [`**${label}**`, markdownWords(named)]),
  )
}

function outcomeTable(outcomes: readonly Outcome[]): string {
  if (outcomes.length === 0) return ''
  const rows = outcomes.map((outcome) => {
    const { target } = outcome.step
    const { logsUrl } = linksOf(outcome)
    const url = servingSite(outcome)
    const duration =
      outcome.startedAt === null || outcome.finishedAt === null
        ? ''
        : humanTime(outcome.finishedAt - outcome.startedAt)
    return [
      `${statusMarks[outcome.status]} ${outcome.status}`,
      markdown(labelOf(target.project)),
      serviceCell(target),
      markdown(outcome.message),
      duration,
      logsUrl ? `[deployment](${logsUrl})` : '',
      url ? siteMarkdown(url) : '',
    ]
  })
  return table(
    ['Status', 'Project', 'Service', 'What happened', 'Duration', 'Deployment', 'Site'],
    rows,
  )
}

/** Renders the name of a service, or of a whole environment, with a link to its page in Railway. */
function serviceCell(target: Target<StepEnvironment>): string {
  const { environment, instance } = target
  const name = instance
    ? markdown(labelOf(instance.service))
    : `environment ${markdown(labelOf(environment))}`
  if (!isPlaced(target)) return name
  const link = instance ? serviceLink({ ...target, instance }) : environmentLink(target)
  return `[${name}](${link})`
}

/** Renders the plan as a table, in the order of execution. */
function planTable(plan: Plan): string {
  return table(
    ['Action', 'Project', 'Environment', 'Service', 'Detail'],
    planInOrder(plan).map(({ step: { action, target, detail }, wave }) => [
      `\`${action}\``,
      markdown(labelOf(target.project)),
      markdown(labelOf(target.environment)),
      markdown(target.instance ? labelOf(target.instance.service) : ''),
      `${markdown(detail)}${wave && ` (${wave})`}`,
    ]),
  )
}

function inventoryTable({ selection }: RunReport): string {
  if (!selection) return ''
  const targets = targetsOf(selection)
  const rows = targets.slice(0, maxRows).map((target) => {
    const { instance } = target
    const url = siteLink(instance.domains)
    return [
      markdown(labelOf(target.project)),
      markdown(labelOf(target.environment)),
      `[${markdown(labelOf(instance.service))}](${serviceLink(target)})`,
      markdown(
        instance.source.kind === 'repository'
          ? instance.source.repository
          : instance.source.kind === 'image'
            ? instance.source.image
            : 'no source',
      ),
      markdown(instance.latest?.status ?? 'never deployed'),
      liveCell(target),
      url ? siteMarkdown(url) : '',
    ]
  })
  return table(
    ['Project', 'Environment', 'Service', 'Source', 'Latest deployment', 'Live', 'Site'],
    rows,
    targets.length,
  )
}

/**
 * Renders the live commit or image of a service. A commit is linked to github.com, where all sources of Railway are.
 */
function liveCell({ instance }: ServiceTarget): string {
  const live = liveOf({ instance })
  if (!live) return ''
  const { source } = instance
  const text = markdown(describeDeployment(live))
  return live.commit && source.kind === 'repository' && isRepository(source.repository)
    ? `[${text}](https://github.com/${source.repository}/commit/${encodeURIComponent(live.commit)})`
    : text
}

const isRepository = (text: string) => /^[\w.-]+\/[\w.-]+$/.test(text)

function notices(known: RunReport): string {
  return known.notices.map(({ message }) => markdownWords(message)).join('\n\n')
}

function warnings(known: RunReport): string {
  const rows = known.warnings.map(
    ({ title, message }) => `- **${title}**: ${markdownWords(message)}`,
  )
  return rows.length === 0 ? '' : ['### Warnings', ...rows.slice(0, maxRows)].join('\n')
}

function footer({ requests, remaining }: RunReport): string {
  const left = remaining === null ? '' : `, ${remaining} left this hour`
  return `<sub>${count(requests, 'Railway API request')}${left}.</sub>`
}

/** Renders a table. `total`: the number of all rows, if `rows` contains only the first ones. */
function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  total = rows.length,
): string {
  if (rows.length === 0) return ''
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  const rest = total - maxRows
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.slice(0, maxRows).map(line),
    ...(rest > 0 ? [`\nMore rows in the report file: ${rest}`] : []),
  ].join('\n')
}
