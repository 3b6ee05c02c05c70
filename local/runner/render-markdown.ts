/** How to make text stand out; both leave it alone where there are no colors. */
export interface Ink {
  bold(text: string): string
  gray(text: string): string
  link(text: string, url: string): string
}

/** The Markdown of a job summary, laid out for a terminal: headings, lists, aligned tables. */
export function renderMarkdown(markdown: string, ink: Ink): string {
  const lines = markdown.trimEnd().split('\n')
  const rendered: string[] = []
  while (lines.length > 0) {
    const line = lines.shift() ?? ''
    if (line.startsWith('|')) rendered.push(...renderTable([line, ...takeTable(lines)], ink))
    else if (line.startsWith('```')) rendered.push(...renderBlock(line, takeBlock(lines), ink))
    else rendered.push(renderLine(line, ink))
  }
  return rendered
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trimEnd()
}

function renderLine(line: string, ink: Ink): string {
  const heading = /^#+ (.*)/.exec(line)
  if (heading) return ink.bold(renderInline(heading[1] ?? '', ink))
  const folded = /<summary>(.*?)<\/summary>/.exec(line)
  if (folded) return ink.bold(`▸ ${folded[1]}`)
  return renderInline(line.replace(/<\/?\w[^>]*>/g, ''), ink)
}

function takeTable(lines: string[]): string[] {
  const end = lines.findIndex((line) => !line.startsWith('|'))
  return lines.splice(0, end < 0 ? lines.length : end)
}

function renderTable(lines: string[], ink: Ink): string[] {
  const rows = lines
    .filter((line) => !/^[|:\s-]+$/.test(line))
    .map((line) => line.replace(/^\||\|\s*$/g, '').split(/(?<!\\)\|/))
  const plain = rows.map((row) => row.map((cell) => renderInline(cell.trim(), NO_INK)))
  const widths = (plain[0] ?? []).map((_, column) =>
    Math.max(...plain.map((row) => width(row[column] ?? ''))),
  )
  return rows.map((row, index) => {
    const cells = row.map((cell, column) => {
      const padding = (widths[column] ?? 0) - width(plain[index]?.[column] ?? '')
      return renderInline(cell.trim(), ink) + ' '.repeat(Math.max(0, padding))
    })
    const text = cells.join('  ').trimEnd()
    return index === 0 ? ink.bold(text) : text
  })
}

function takeBlock(lines: string[]): string[] {
  const end = lines.findIndex((line) => line.startsWith('```'))
  return lines.splice(0, end < 0 ? lines.length : end + 1).filter((line) => !line.startsWith('```'))
}

function renderBlock(fence: string, lines: string[], ink: Ink): string[] {
  if (fence.startsWith('```mermaid')) return [ink.gray('  (a picture, drawn on GitHub)')]
  return lines.map((line) => ink.gray(`  ${line}`))
}

function renderInline(text: string, ink: Ink): string {
  return text
    .replace(/\[((?:\\.|[^\]\\])*)\]\(([^)\s]+)\)/g, (_, label: string, url: string) =>
      ink.link(label, url),
    )
    .replace(/\*\*(.+?)\*\*/g, (_, strong: string) => ink.bold(strong))
    .replace(/`([^`]+)`/g, '$1')
    .replace(/<\/?code>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
    .replace(/\\([\\`*_{}[\]<>()#+\-.!|~])/g, '$1')
}

export const NO_INK: Ink = {
  bold: (text) => text,
  gray: (text) => text,
  link: (text) => text,
}

/** Columns that the text takes in a terminal, where emoji take two. */
function width(text: string): number {
  const characters = [...text.replace(/\u200d/g, '')]
  const wide = characters.filter((character) => /\p{Emoji_Presentation}/u.test(character))
  return characters.length + wide.length
}
