/** A fenced code block. `firstLine` is the line number of the first line of its content. */
export interface Block {
  readonly language: string
  readonly firstLine: number
  readonly text: string
}

/** Returns the fenced code blocks of a Markdown text, including those in lists. */
export function fencedBlocks(markdown: string): Block[] {
  const lines = markdown.split('\n')
  const blocks: Block[] = []
  for (let index = 0; index < lines.length; index += 1) {
    const [, indent = '', fence, language = ''] =
      /^(\s*)(`{3,}|~{3,})\s*([\w-]*)/.exec(lines[index] ?? '') ?? []
    if (!fence) continue
    const length = lines.slice(index + 1).findIndex((line) => line.trim().startsWith(fence))
    const end = length < 0 ? lines.length : index + 1 + length
    const content = lines.slice(index + 1, end).map((line) => withoutIndent(line, indent.length))
    blocks.push({ language, firstLine: index + 2, text: `${content.join('\n')}\n` })
    index = end
  }
  return blocks
}

function withoutIndent(line: string, width: number): string {
  return line.slice(0, width).trim() === '' ? line.slice(width) : line
}

/** Returns the targets of all links and images in a Markdown text, except those in code. */
export function linkTargets(markdown: string): string[] {
  const text = withoutCode(markdown)
  const forms = [
    /\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g,
    /^\s*\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/gm,
    /<(?:a|img|source)\b[^>]*?\b(?:href|src|srcset)="([^"]+)"/g,
  ]
  return forms.flatMap((form) => [...text.matchAll(form)].map(([, target = '']) => target))
}

/** Returns the anchors of a Markdown text: those that GitHub generates for headings, and the ids of HTML elements. */
export function anchors(markdown: string): Set<string> {
  const found = new Set<string>()
  for (const [, heading = ''] of withoutFences(markdown).matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const anchor = anchorOf(heading)
    let unique = anchor
    for (let count = 1; found.has(unique); count += 1) unique = `${anchor}-${count}`
    found.add(unique)
  }
  const elements = withoutCode(markdown).matchAll(/<\w+\b[^>]*?\b(?:id|name)="([^"]+)"/g)
  for (const [, anchor = ''] of elements) found.add(anchor)
  return found
}

/** Returns the anchor that GitHub generates for a heading: lower case, without markup and punctuation, with hyphens for spaces. */
export function anchorOf(heading: string): string {
  return heading
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/<[^>]+>/g, '')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-')
}

function withoutCode(markdown: string): string {
  return withoutFences(markdown)
    .replace(/(`+)(?:(?!\1)[\s\S])*?\1/g, '')
    .replace(/<!--[\s\S]*?-->/g, '')
}

function withoutFences(markdown: string): string {
  return markdown.replace(/^\s*(`{3,}|~{3,})[\s\S]*?^\s*\1/gm, '')
}
