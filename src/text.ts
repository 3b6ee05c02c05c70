import { stripVTControlCharacters } from 'node:util'

/** Text from outside as one safe line: no terminal codes, control characters or line breaks. */
export function oneLine(text: string, most = 300): string {
  const plain = stripVTControlCharacters(text)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is removed
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim()
  return plain.length > most ? `${plain.slice(0, most - 1)}…` : plain
}

/**
 * A line that no runner takes for a workflow command: `::name::` counts at the start of a line after any white
 * space, of which .NET knows one more than JavaScript, the older `##[name]` anywhere in it. An invisible space
 * breaks both.
 */
export function escapeWorkflowCommands(line: string): string {
  return line.replace(/^([\s\u0085]*):(?=:)/, '$1:\u200b').replace(/##(?=\[)/g, '#\u200b#')
}

/**
 * Text from outside in Markdown: what it has of markup is shown as it is. GitHub looks for people and issues in
 * what is shown, however it was escaped, so an invisible space keeps `@` and `#` from what they would refer to.
 * Addresses become links all the same.
 */
export function markdown(text: string, most = 300): string {
  return oneLine(text, most)
    .replace(/(?<![a-z0-9])@(?=\w)/gi, '@\u200b')
    .replace(/(#|\bGH-)(?=\d)/gi, '$1\u200b')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/([\\`*_{}[\]|#~!])/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** A sentence of ours in Markdown: what stands between backticks is code, all else is shown as it is. */
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

/** A duration for people, from milliseconds: `4 s`, `3 min 20 s`, `2 h 5 min`. */
export function humanTime(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`
}

/** How long ago, from milliseconds, in one unit: `5 minutes ago`, `3 days ago`. */
export function humanAge(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000))
  if (minutes < 90) return `${count(minutes, 'minute')} ago`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${count(hours, 'hour')} ago` : `${count(Math.floor(hours / 24), 'day')} ago`
}

/** A size for people, in powers of ten: `812 bytes`, `3.4 MB`. */
export function humanSize(bytes: number): string {
  if (bytes < 1000) return count(bytes, 'byte')
  const units = ['kB', 'MB', 'GB', 'TB']
  let value = bytes / 1000
  while (value >= 999.95 && units.length > 1) {
    value /= 1000
    units.shift()
  }
  return `${value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[0]}`
}

/** `1 project`, `3 projects`. */
export function count(number: number, noun: string): string {
  const plural = /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`
  return `${number} ${number === 1 ? noun : plural}`
}
