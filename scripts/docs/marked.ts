/**
 * Puts `content` between `<!-- name:start -->` and `<!-- name:end -->`. What stands around the markers
 * is left as it is.
 */
export function replaceMarked(text: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`]
  const [from, to] = [text.indexOf(start), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`no ${start} followed by ${end}`)
  return `${text.slice(0, from + start.length)}\n\n${content.trim()}\n\n${text.slice(to)}`
}
