import { appendFileSync } from 'node:fs'
import { EOL } from 'node:os'
import type { Toolkit } from '../../src/github/runner.ts'
import { outputEntry, workflowCommand } from './format-commands.ts'
import type { LocalProcess } from './local-process.ts'

/** Returns GitHub's toolkit for a {@link LocalProcess}. It writes the same lines and files as the real toolkit. */
export function localToolkit({ env, stdout }: LocalProcess): Toolkit {
  const command = (...parts: Parameters<typeof workflowCommand>) =>
    stdout.write(workflowCommand(...parts))
  const annotate =
    (level: string): Toolkit['error'] =>
    (message, { title, file, startLine } = {}) =>
      command(level, String(message), { title, file, line: startLine })
  return {
    getInput: (name) => (env[`INPUT_${name.replaceAll(' ', '_').toUpperCase()}`] ?? '').trim(),
    setSecret: (value) => command('add-mask', value),
    info: (text) => stdout.write(`${text}${EOL}`),
    debug: (text) => command('debug', text),
    startGroup: (title) => command('group', title),
    endGroup: () => command('endgroup'),
    error: annotate('error'),
    warning: annotate('warning'),
    notice: annotate('notice'),
    setOutput: (name, value) => {
      if (env.GITHUB_OUTPUT)
        return appendFileSync(env.GITHUB_OUTPUT, outputEntry(name, String(value)))
      stdout.write(EOL)
      command('set-output', String(value), { name })
    },
  }
}
