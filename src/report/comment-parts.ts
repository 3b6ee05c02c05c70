import { messageFor } from '../errors/messages.ts'
import { previewName } from '../inputs/preview-inputs.ts'
import type { Inputs } from '../inputs/read-inputs.ts'
import { markdownWords } from '../markdown.ts'
import type { RunReport } from '../run-state.ts'
import { oneLine } from '../text.ts'
import { docsLink } from './annotations.ts'
import { allFailures } from './run-status.ts'

/** The maximum number of rows of a table. GitHub accepts 65,536 characters, and more rows are not readable. */
export const mostRows = 60

/** The number of characters of an error's sentence in the comment. */
const mostError = 400

/** Returns whether the run deletes a preview. */
export const isRemoval = ({ command, preview }: Inputs) =>
  command === 'preview' && preview.action !== 'create'

/** Returns the subject of a run for a sentence. */
export function subject({ command, preview, environment }: Inputs): string {
  const code = (name: string) => `\`${name.replaceAll('`', '')}\``
  if (command === 'preview') return `Preview ${code(previewName(preview))}`
  return `${nouns[command] ?? 'Deployment to'} ${code(environment ?? '')}`
}

const nouns: Partial<Record<Inputs['command'], string>> = {
  variables: 'Change of variables in',
  rollback: 'Rollback in',
}

/** Lists the failures, each with what happened, Railway's reason, and its code with a link to the documentation. */
export function problems(known: RunReport, docs: string): string {
  const all = allFailures(known)
  if (all.length === 0) return ''
  const items = all.slice(0, 10).map((failure) => {
    const { what, why } = messageFor(failure)
    const code = `[\`${failure.code}\`](${docsLink(docs, failure.code)})`
    return `> - **${markdownWords(oneLine(what, mostError))}** ${markdownWords(oneLine(why, mostError))} ${code}`
  })
  const rest = all.length - items.length
  return [
    '> [!CAUTION]',
    ...items,
    ...(rest > 0 ? [`> - and ${rest} more in the job summary`] : []),
  ].join('\n')
}

/** Returns the reasons why a run had nothing to do; empty if it had something to do. */
export const reasons = ({ notices, outcomes }: RunReport): string =>
  (outcomes ?? []).length > 0
    ? ''
    : notices.map(({ message }) => markdownWords(message)).join('\n\n')

/** Assembles a comment, with the commit and the run at its end. */
export function assemble(
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
  return [`### ${title}`, ...parts.filter((part) => part !== ''), footer].join('\n\n')
}
