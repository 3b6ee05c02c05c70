/**
 * The syntax of terminal codes: control sequences, operating system commands, and escape sequences of two characters.
 */
const terminalCodes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are removed here
  /(?:\u001b\[|\u009b)[0-?]{0,64}[ -/]{0,16}[@-~]|\u001b\][^\u0007\u001b\u009c]{0,2048}(?:\u0007|\u001b\\|\u009c)|\u001b[@-Z\\-_]?/g

/** The Unicode characters that change the direction of text. With them, a text can look like another text. */
const directionMarks = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g

/**
 * Returns text from outside as one line of at most `max` characters, with an ellipsis if it was cut. Terminal codes and
 * direction marks are removed. Line breaks and other control characters become spaces. Lone surrogates become the
 * replacement character.
 */
export function oneLine(text: string, max = 300): string {
  // This cut limits the time for a long text. It removes visible text only if most characters before it are invisible.
  const plain = text
    .slice(0, 16 * max + 4_096)
    .replace(terminalCodes, '')
    .replace(directionMarks, '')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are removed here
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/\p{Cs}/gu, '\ufffd')
    .trim()
  return plain.length > max ? `${cut(plain, max - 1)}…` : plain
}

/**
 * Returns text from outside without terminal codes, direction marks and control characters, except line breaks and
 * tabs.
 */
export const withoutControls = (text: string): string =>
  text
    .replace(terminalCodes, '')
    .replace(directionMarks, '')
    .replace(/\r\n?/g, '\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are removed here
    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/g, ' ')

/** Cuts a text to at most `length` UTF-16 units. A surrogate pair is not divided. */
const cut = (text: string, length: number): string =>
  /[\ud800-\udbff]/.test(text.charAt(length - 1))
    ? text.slice(0, length - 1)
    : text.slice(0, length)

/**
 * Escapes workflow commands of GitHub Actions in a line with an invisible space. The runner executes `::name::` at the
 * start of a line, also after white space, and the older `##[name]` anywhere in it. `\u0085` is white space in .NET,
 * but not in JavaScript.
 */
export function escapeWorkflowCommands(line: string): string {
  return line.replace(/^([\s\u0085]*):(?=:)/, '$1:\u200b').replace(/##(?=\[)/g, '#\u200b#')
}

/** Formats a duration in milliseconds: `4 s`, `3 min 20 s`, `2 h 5 min`. */
export function humanTime(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return minutes % 60 ? `${hours} h ${minutes % 60} min` : `${hours} h`
}

/** Formats an age in milliseconds, in one unit: `5 minutes ago`, `3 days ago`. */
export function humanAge(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000))
  if (minutes < 90) return `${count(minutes, 'minute')} ago`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${count(hours, 'hour')} ago` : `${count(Math.floor(hours / 24), 'day')} ago`
}

/** Formats a size in powers of ten: `812 bytes`, `3.4 MB`. */
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

/**
 * Returns a name in the form in which names are compared: in lower case, and in Unicode's normal form C. An accented
 * letter is one code point on some systems and two on others.
 */
export const comparable = (name: string): string => name.normalize('NFC').toLowerCase()

/** Returns a text with its first letter in upper case. */
export const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

/** Formats a number with its noun: `1 project`, `3 projects`. */
export function count(number: number, noun: string): string {
  const plural = /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`
  return `${number} ${number === 1 ? noun : plural}`
}
