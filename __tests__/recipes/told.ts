import { z } from 'zod'
import type { RanStep } from '../../local/workflow/run-workflow.ts'

const entry = z.looseObject({
  action: z.string(),
  project: z.string(),
  environment: z.string(),
  service: z.string().nullable(),
})
const entries = z.array(entry)
const results = z.array(entry.extend({ status: z.string() }))

/** Lists the planned and completed steps of a workflow in lines. */
export function told(ran: readonly RanStep[]): string[] {
  return ran.flatMap((step) => {
    if (step.kind === 'command') return [`${step.job}: runs ${step.name}`]
    const { outputs } = step.transcript
    const plan = read(entries, outputs.plan)
    const done = read(results, outputs.results)
    const code = outputs['error-code'] === '' ? '' : ` [${outputs['error-code']}]`
    return [
      `${step.job}: ${outputs.status}${code}`,
      ...plan.map((one, index) => `  ${one.action} ${placeOf(one)}${endOf(done[index]?.status)}`),
    ]
  })
}

const endOf = (status: string | undefined) => (status === undefined ? '' : `: ${status}`)

const placeOf = ({ project, environment, service }: z.infer<typeof entry>) =>
  [project, environment, service].filter((name) => name !== null).join('/')

function read<T>(schema: z.ZodType<T>, text = ''): T {
  return schema.parse(JSON.parse(text === '' ? '[]' : text))
}

/** Returns `project/environment/service` of every deployment, and `project/environment` of every environment, in plans. */
export function plannedPlaces(ran: readonly RanStep[]): string[] {
  return ran.flatMap((step) =>
    step.kind === 'action' ? read(entries, step.transcript.outputs.plan).map(placeOf) : [],
  )
}
