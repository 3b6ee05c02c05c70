import { messageFor } from '../errors/messages/message-for.ts'
import { previewName } from '../inputs/preview-inputs.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import { markdownWords } from '../markdown.ts'
import type { RunReport } from '../run-state.ts'
import { oneLine } from '../text.ts'
import { docsLink } from './annotations.ts'
import { allFailures } from './run-status.ts'

/** The maximum number of rows of a table in a comment. More would not be readable. */
export const maxRows = 60

/**
 * The maximum number of characters of a comment without its footer. GitHub rejects a comment of more than 65,536
 * characters.
 */
const maxLength = 60_000

/** The maximum number of characters of one sentence of an error in a comment. */
const maxErrorLength = 400

/** Returns whether a run deletes previews. */
export const isRemoval = ({ command, preview }: Inputs) =>
  command === 'preview' && preview.action !== 'create'

/** Returns the subject of a sentence about a run: ``Preview `pr-7` ``, with its shard if it has one. */
export function runSubject({ command, preview, environment, shard }: Inputs): string {
  const code = (name: string) => `\`${name.replaceAll('`', '')}\``
  const part = shard === null ? '' : ` (shard ${shard.part} of ${shard.of})`
  if (command === 'preview') return `Preview ${code(previewName(preview))}${part}`
  return `${nouns[command] ?? 'Deployment to'} ${code(environment ?? '')}${part}`
}

const nouns: Partial<Record<Inputs['command'], string>> = {
  variables: 'Change of variables in',
  rollback: 'Rollback in',
}

/**
 * Renders the failures of a run as a list; empty if there are none. Each has its first two sentences, and its code with
 * a link to the documentation.
 */
export function renderFailures(known: RunReport, docs: string): string {
  const all = allFailures(known)
  if (all.length === 0) return ''
  const items = all.slice(0, 10).map((failure) => {
    const { what, why } = messageFor(failure)
    const code = `[\`${failure.code}\`](${docsLink(docs, failure.code)})`
    return `> - **${markdownWords(oneLine(what, maxErrorLength))}** ${markdownWords(oneLine(why, maxErrorLength))} ${code}`
  })
  const rest = all.length - items.length
  return [
    '> [!CAUTION]',
    ...items,
    ...(rest > 0 ? [`> - and ${rest} more in the job summary`] : []),
  ].join('\n')
}

/** Renders the notices of a run that had nothing to do; empty for any other run. */
export const renderNotices = ({ notices, outcomes }: RunReport): string =>
  (outcomes ?? []).length > 0
    ? ''
    : notices.map(({ message }) => markdownWords(message)).join('\n\n')

/** Builds a comment from a title and its parts. The last line links the commit and the run. */
export function buildComment(
  title: string,
  parts: readonly string[],
  inputs: Inputs,
  now: number,
): string {
  const { commit, context } = inputs
  const sha = commit.kind === 'commit' ? commit.sha : null
  const root = context.run.url.replace(/\/actions\/runs\/.*$/, '')
  const details = [
    ...(sha ? [`commit [\`${sha.slice(0, 7)}\`](${root}/commit/${sha})`] : []),
    `[workflow run](${context.run.url})`,
    `${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  ]
  const footer = `<sub>${details.join(' · ')}</sub>`
  const body = [`### ${title}`, ...parts.filter((part) => part !== '')].join('\n\n')
  return [shorten(body), footer].join('\n\n')
}

/** Cuts a text to whole lines that fit into a comment. Each line is complete Markdown. */
function shorten(text: string): string {
  if (text.length <= maxLength) return text
  let left = maxLength
  const lines = text.split('\n')
  const end = lines.findIndex((line) => {
    left -= line.length + 1
    return left < 0
  })
  return [...lines.slice(0, end), '', 'The rest is in the job summary.'].join('\n')
}
