/**
 * Replaces the text between `<!-- name:start -->` and `<!-- name:end -->` with `content`. Throws if the markers are
 * missing.
 */
export function replaceMarked(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`Expected ${start} followed by ${end}.`)
  return `${text.slice(0, from + start.length)}\n\n${content.trim()}\n\n${text.slice(to)}`
}
