import { randomUUID } from 'node:crypto'
import { EOL } from 'node:os'

/**
 * Formats a workflow command, a line that the runner executes: `::name key=value,key=value::message`. The functions of
 * GitHub's toolkit use the stdout and the environment of the process, which several runs in one process cannot share.
 */
export function workflowCommand(
  name: string,
  message = '',
  properties: Readonly<Record<string, string | number | undefined>> = {},
): string {
  const pairs = Object.entries(properties).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : `${key}=${escapeProperty(String(value))}`,
  )
  const head = pairs.length > 0 ? `${name} ${pairs.join(',')}` : name
  return `::${head}::${escapeData(message)}${EOL}`
}

/** Formats an entry of the `GITHUB_OUTPUT` file. The delimiter is random, so that no value can contain it. */
export function outputEntry(name: string, value: string): string {
  const delimiter = `ghadelimiter_${randomUUID()}`
  return `${name}<<${delimiter}${EOL}${value}${EOL}${delimiter}${EOL}`
}

const escapeData = (text: string) =>
  text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')

const escapeProperty = (text: string) =>
  escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
