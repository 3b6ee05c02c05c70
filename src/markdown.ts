import { oneLine } from './text.ts'

/**
 * Escapes text from outside for Markdown, so that its markup is shown as it is. GitHub finds people and issues in
 * the text that is shown, however it was escaped, so an invisible space separates `@` and `#` from the name.
 * Addresses become links all the same.
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

/** Escapes a sentence of this action for Markdown: text between backticks is code, everything else is shown as it is. */
export function markdownWords(text: string): string {
  const parts = oneLine(text, 2_000).split('`')
  // With an odd number of backticks the last one opens nothing.
  const tail = parts.length % 2 === 0 ? `\`${parts.pop()}` : ''
  return parts
    .map((part, index) => {
      const spaced = markdownPart(index === parts.length - 1 ? part + tail : part)
      return index % 2 === 0 ? spaced : `<code>${spaced}</code>`
    })
    .join('')
}

/** Like {@link markdown}, with the white space at both ends. */
function markdownPart(text: string): string {
  const [before = ''] = /^ */.exec(text) ?? []
  const [after = ''] = / *$/.exec(text) ?? []
  const inner = markdown(text, 2_000)
  return inner === '' ? before : `${before}${inner}${after}`
}

/** Returns a Markdown link. Nothing in the address ends the link or its table cell early. */
export function markdownLink(label: string, url: string): string {
  return `[${label}](${linkTarget(url)})`
}

/** Returns an address with everything percent-encoded that means something in Markdown. */
function linkTarget(url: string): string {
  const line = oneLine(url, 2_000)
  return encodeURI(line)
    .replaceAll('%25', '%')
    .replace(/[()[\]|*_~`'"\\<>]/g, (character) => {
      const code = character.charCodeAt(0).toString(16).toUpperCase()
      return character === '_' || character === '~' ? character : `%${code}`
    })
}

/** Returns a link to a site, labelled with the address without its scheme. */
export const siteMarkdown = (url: string): string =>
  markdownLink(markdown(url.replace(/^https?:\/\//, '')), url)

/**
 * Returns a name for a Mermaid chart. Characters that mean something in a chart are left out, and an invisible space
 * in front keeps `click`, `section`, `title` and the like from being read as commands.
 */
export function mermaidName(name: string): string {
  const plain = name
    .slice(0, 200)
    .replace(/[^\p{L}\p{N} ._/-]/gu, ' ')
    .trim()
  return `\u200b${plain || 'unnamed'}`
}
