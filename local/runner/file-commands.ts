/**
 * Parses the file of GITHUB_OUTPUT, GITHUB_ENV or GITHUB_STATE as the runner does: lines `name=value` and blocks
 * `name<<delimiter`. Throws for content with which the runner would fail the step.
 */
export function parseKeyValues(text: string): Record<string, string> {
  const values: Record<string, string> = {}
  const lines = text.split(process.platform === 'win32' ? /\r?\n/ : '\n')
  while (lines.length > 0) {
    const line = lines.shift() ?? ''
    if (line === '') continue
    const [name, value] = readEntry(line, lines)
    values[name] = value
  }
  return values
}

function readEntry(line: string, following: string[]): [name: string, value: string] {
  const equals = line.indexOf('=')
  const heredoc = line.indexOf('<<')
  if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
    if (equals === 0) throw new Error(`Invalid format '${line}'. Name must not be empty`)
    return [line.slice(0, equals), line.slice(equals + 1)]
  }
  if (heredoc < 0) throw new Error(`Invalid format '${line}'`)
  const name = line.slice(0, heredoc)
  const delimiter = line.slice(heredoc + 2)
  if (name === '' || delimiter === '') {
    throw new Error(
      `Invalid format '${line}'. Name must not be empty and delimiter must not be empty`,
    )
  }
  const end = following.indexOf(delimiter)
  if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${delimiter}'`)
  const value = following.splice(0, end + 1).slice(0, -1)
  return [name, value.join('\n')]
}
