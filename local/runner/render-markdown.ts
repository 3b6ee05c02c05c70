/** Text styles of a terminal. */
export interface TextStyle {
  bold(text: string): string
  gray(text: string): string
  link(text: string, url: string): string
}

/** Renders the Markdown of a job summary for a terminal: headings, lists, links and aligned tables. */
export function renderMarkdown(markdown: string, style: TextStyle): string {
  const lines = markdown.trimEnd().split('\n')
  const rendered: string[] = []
  while (lines.length > 0) {
    const line = lines.shift() ?? ''
    if (line.startsWith('|')) rendered.push(...renderTable([line, ...takeTable(lines)], style))
    else if (line.startsWith('```')) rendered.push(...renderBlock(line, takeBlock(lines), style))
    else rendered.push(renderLine(line, style))
  }
  return rendered
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()
}

function renderLine(line: string, style: TextStyle): string {
  const heading = /^#+ (.*)/.exec(line)
  if (heading) return style.bold(renderInline(heading[1] ?? '', style))
  const folded = /<summary>(.*?)<\/summary>/.exec(line)
  if (folded) return style.bold(`▸ ${folded[1]}`)
  return renderInline(line.replace(/<\/?\w[^>]*>/g, ''), style)
}

function takeTable(lines: string[]): string[] {
  const end = lines.findIndex((line) => !line.startsWith('|'))
  return lines.splice(0, end < 0 ? lines.length : end)
}

function renderTable(lines: string[], style: TextStyle): string[] {
  const rows = lines
    .filter((line) => !/^[|:\s-]+$/.test(line))
    .map((line) => line.replace(/^\||\|\s*$/g, '').split(/(?<!\\)\|/))
  const plain = rows.map((row) => row.map((cell) => renderInline(cell.trim(), PLAIN)))
  const widths = (plain[0] ?? []).map((_, column) =>
    Math.max(...plain.map((row) => width(row[column] ?? ''))),
  )
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => {
      const padding = (widths[column] ?? 0) - width(plain[index]?.[column] ?? '')
      return renderInline(cell.trim(), style) + ' '.repeat(Math.max(0, padding))
    })
    const text = cells.join('  ').trimEnd()
    return index === 0 ? style.bold(text) : text
  })
}

function takeBlock(lines: string[]): string[] {
  const end = lines.findIndex((line) => line.startsWith('```'))
  return lines.splice(0, end < 0 ? lines.length : end + 1).filter((line) => !line.startsWith('```'))
}

function renderBlock(fence: string, lines: string[], style: TextStyle): string[] {
  if (fence.startsWith('```mermaid')) return [style.gray('  (a picture, drawn on GitHub)')]
  return lines.map((line) => style.gray(`  ${line}`))
}

function renderInline(text: string, style: TextStyle): string {
  return text
    .replace(/\[((?:\\.|[^\]\\])*)\]\(([^)\s]+)\)/g, (_, label: string, url: string) =>
      style.link(label, url),
    )
    .replace(/\*\*(.+?)\*\*/g, (_, strong: string) => style.bold(strong))
    .replace(/`([^`]+)`/g, '$1')
    .replace(/<\/?code>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\\([\\`*_{}[\]<>()#+\-.!|~])/g, '$1')
}

/** The style of a terminal without colors: it does not change the text. */
export const PLAIN: TextStyle = {
  bold: (text) => text,
  gray: (text) => text,
  link: (text) => text,
}

/** Returns the number of terminal columns of a text. An emoji has two. */
function width(text: string): number {
  const characters = [...text.replace(/\u200d/g, '')]
  const wide = characters.filter((character) => /\p{Emoji_Presentation}/u.test(character))
  return characters.length + wide.length
}
