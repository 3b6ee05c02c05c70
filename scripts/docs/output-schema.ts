import { z } from 'zod'
import { reportSchema } from '../../src/report/output-schema.ts'
import type { ActionFile } from './action.ts'

/** Descriptions of the properties of the report file that are not outputs. */
const others: Readonly<Record<string, string>> = {
  diagnosis: 'The results of `check` with `diagnose: true`; absent in any other run.',
  schemaVersion: 'Counts up when a change of this schema breaks what reads the file.',
  warnings: 'All warnings of the run.',
}

/** Returns the JSON Schema of the report file, with the descriptions of the outputs from `action.yml`. */
export function outputSchema({ outputs }: ActionFile): string {
  const { $schema, properties = {}, ...rest } = z.toJSONSchema(reportSchema, { io: 'input' })
  const described = Object.entries(properties).map(([name, property]) => {
    const description = outputs[name]?.description.trim() ?? others[name]
    if (description === undefined) throw new Error(`action.yml has no description of ${name}.`)
    const schema = typeof property === 'object' ? property : {}
    return [name, { description, ...schema }] as const
  })
  const schema = {
    $schema,
    title: 'Outputs of Railway Workspace Deploy',
    description:
      'The report file, at the path of the output `report-file`. Each output with JSON in it has the form of the property of its name.',
    ...rest,
    properties: Object.fromEntries(described),
  }
  return `${JSON.stringify(schema, null, 2)}\n`
}
