import type { ActionFile } from './action.ts'

interface Group {
  readonly title: string
  readonly names: readonly string[]
}

/** The inputs by purpose, in the order of the README. Every input of `action.yml` must be in one group. */
export const inputGroups: readonly Group[] = [
  {
    title: 'Token and workspace',
    names: ['token', 'command', 'workspace', 'require-workspace-token'],
  },
  { title: 'Selection', names: ['environment', 'projects', 'services', 'shard'] },
  {
    title: 'Source to deploy',
    names: [
      'commit-sha',
      'from-environment',
      'only-changed',
      'image',
      'registry-username',
      'registry-password',
      'directory',
      'force',
    ],
  },
  {
    title: 'Variables',
    names: [
      'variables',
      'variables-file',
      'variables-from',
      'variables-names',
      'remove-variables',
      'shared-variables',
      'variables-mode',
      'allow-empty-values',
      'redeploy',
    ],
  },
  {
    title: 'Order, waiting and failure',
    names: [
      'wait',
      'timeout',
      'health-check',
      'health-check-timeout',
      'on-skipped',
      'canary',
      'order',
      'max-parallel',
      'fail-fast',
      'on-failure',
    ],
  },
  { title: 'Plan only', names: ['dry-run', 'fail-on-changes', 'diagnose'] },
  {
    title: 'Previews',
    names: ['preview-name', 'preview-action', 'older-than', 'require-overrides'],
  },
  {
    title: 'GitHub and network',
    names: ['comment', 'github-deployments', 'github-token', 'api-url'],
  },
]

/** Renders a list of inputs for each group, with the descriptions of `action.yml`. Throws for an input without a group. */
export function inputsList({ inputs }: ActionFile, groups = inputGroups): string {
  const grouped = groups.flatMap(({ names }) => names)
  const missing = Object.keys(inputs).filter((name) => !grouped.includes(name))
  const unknown = grouped.filter((name) => !Object.hasOwn(inputs, name))
  if (missing.length > 0) throw new Error(`These inputs are in no group: ${missing.join(', ')}.`)
  if (unknown.length > 0) throw new Error(`These inputs do not exist: ${unknown.join(', ')}.`)
  return groups
    .map(({ title, names }) => {
      const items = names.map((name) => {
        const input = inputs[name]
        const note = input?.required ? ' (required)' : defaultNote(input?.default)
        return item(`**\`${name}\`**${note}: ${input?.description ?? ''}`)
      })
      return `### ${title}\n\n${items.join('\n')}`
    })
    .join('\n\n')
}

/** Renders a list of the outputs with their descriptions. */
export function outputsList({ outputs }: ActionFile): string {
  return Object.entries(outputs)
    .map(([name, { description }]) => item(`**\`${name}\`**: ${description}`))
    .join('\n')
}

function defaultNote(value: string | undefined): string {
  return value ? ` (default \`${value}\`)` : ''
}

const width = 120

/** Formats a list item in lines of at most 120 characters. Does not break a line inside a code span. */
function item(text: string): string {
  const safe = text
    .trim()
    .replace(/\s+/g, ' ')
    // Outside of code spans, GitHub parses a text such as `<number>` as an HTML tag.
    .replace(/(`[^`]*`)|</g, (_, span?: string) => span ?? '&lt;')
  const lines: string[] = []
  let line = '-'
  for (const word of safe.match(/(?:[^\s`]|`[^`]*`)+/g) ?? []) {
    if (line.length + 1 + word.length > width) {
      lines.push(line)
      line = ' '
    }
    line = `${line} ${word}`
  }
  return [...lines, line].join('\n')
}
