import { oneLine } from './text.ts'

/**
 * Escapes text from outside for Markdown. The text is first cut to one line of `max` characters. An invisible space
 * after `@` and `#` prevents links to people and issues, which GitHub adds also to escaped text. URLs still become
 * links.
 */
export function markdown(text: string, max = 300): string {
  return oneLine(text, max)
    .replace(/(?<![a-z0-9])@(?=\w)/gi, '@\u200b')
    .replace(/(#|\bGH-)(?=\d)/gi, '$1\u200b')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/([\\`*_{}[\]|#~!])/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Escapes a message of this action for Markdown. A part between backticks becomes code. */
export function markdownWords(text: string): string {
  const parts = oneLine(text, 2_000).split('`')
  // If the number of backticks is odd, the last one is plain text.
  const tail = parts.length % 2 === 0 ? `\`${parts.pop()}` : ''
  return parts
    .map((part, index) => {
      const spaced = markdownPart(index === parts.length - 1 ? part + tail : part)
      return index % 2 === 0 ? spaced : `<code>${spaced}</code>`
    })
    .join('')
}

/** Renders lines of text from outside as preformatted text, which contains no Markdown, links or mentions. */
export function preformatted(lines: readonly string[]): string {
  const escaped = lines.map((line) =>
    line.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;'),
  )
  return ['<pre>', ...escaped, '</pre>'].join('\n')
}

/** Escapes text with {@link markdown}, and keeps the spaces at both ends. */
function markdownPart(text: string): string {
  const [before = ''] = /^ */.exec(text) ?? []
  const [after = ''] = / *$/.exec(text) ?? []
  const inner = markdown(text, 2_000)
  return inner === '' ? before : `${before}${inner}${after}`
}

/**
 * Returns a Markdown link. `label` is already Markdown. Characters of the URL that could end the link or its table cell
 * are percent-encoded.
 */
export function markdownLink(label: string, url: string): string {
  return `[${label}](${linkTarget(url)})`
}

/** Percent-encodes the characters of a URL that have a meaning in Markdown. */
function linkTarget(url: string): string {
  const line = oneLine(url, 2_000)
  return encodeURI(line)
    .replaceAll('%25', '%')
    .replace(/[()[\]|*_~`'"\\<>]/g, (character) => {
      const code = character.charCodeAt(0).toString(16).toUpperCase()
      return character === '_' || character === '~' ? character : `%${code}`
    })
}

/** Returns a Markdown link to a URL. Its label is the URL without `https://` or `http://`. */
export const siteMarkdown = (url: string): string =>
  markdownLink(markdown(url.replace(/^https?:\/\//, '')), url)

/**
 * Returns a name for a Mermaid chart. Characters with a meaning in a chart are removed. An invisible space at the start
 * prevents `click`, `section` or `title` from being read as a command.
 */
export function mermaidName(name: string): string {
  const plain = name
    .slice(0, 200)
    .replace(/[^\p{L}\p{N} ._/-]/gu, ' ')
    .trim()
  return `\u200b${plain || 'unnamed'}`
}
