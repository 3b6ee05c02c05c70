import type { ActionFile } from './action.ts'

export function inputsTable({ inputs }: ActionFile): string {
  const rows = Object.entries(inputs).map(([name, input]) => [
    code(name),
    input.required ? '_required_' : input.default ? code(input.default) : '',
    cell(input.description),
  ])
  return table(['Input', 'Default', 'Description'], rows)
}

export function outputsTable({ outputs }: ActionFile): string {
  const rows = Object.entries(outputs).map(([name, output]) => [
    code(name),
    cell(output.description),
  ])
  return table(['Output', 'Description'], rows)
}

function table(head: string[], rows: string[][]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')
}

/** A pipe ends a cell even inside of code. */
function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``
}

/** One line; `<number>` outside of code would vanish as an HTML tag. */
function cell(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, ' ')
    .replaceAll('|', '\\|')
    .replace(/(`[^`]*`)|</g, (_, span?: string) => span ?? '&lt;')
}
