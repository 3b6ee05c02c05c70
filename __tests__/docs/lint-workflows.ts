/**
 * Lints workflows with GitHub's own language service: a JSON array of workflows on stdin, a JSON array of problems on
 * stdout. It is a process of its own under tsx, because the package imports JSON in a way that bundlers and tsx accept,
 * Node refuses and jest complains about.
 */
import { text } from 'node:stream/consumers'
import { validate } from '@actions/languageservice'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { z } from 'zod'

const workflows = z.array(
  z.object({ path: z.string(), text: z.string(), lineOffset: z.number(), whole: z.boolean() }),
)

/** A severity of 1 is an error, and so is a missing one; 2 is a warning, about a name that is not defined. */
const warning = 2

async function main(): Promise<void> {
  const problems: string[] = []
  for (const [index, workflow] of workflows
    .parse(JSON.parse(await text(process.stdin)))
    .entries()) {
    // The service caches by address, so each has its own.
    const uri = `file:///.github/workflows/${index}.yml`
    const found = await validate(TextDocument.create(uri, 'yaml', 1, workflow.text))
    for (const { range, message, severity = 1 } of found) {
      const counts = severity < warning || (severity === warning && workflow.whole)
      const line = range.start.line + 1 + workflow.lineOffset
      if (counts) problems.push(`${workflow.path}:${line}: ${message}`)
    }
  }
  console.log(JSON.stringify(problems))
}

await main()
