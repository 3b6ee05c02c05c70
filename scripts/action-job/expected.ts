import { z } from 'zod'

/** The outputs of a step that CI checks. The action sets more. */
const outputsSchema = z.object({
  status: z.string(),
  changed: z.string(),
  'error-code': z.string(),
  results: z.string().default('[]'),
})

const resultsSchema = z.array(
  z.object({
    action: z.string(),
    project: z.string(),
    environment: z.string(),
    service: z.string().nullish(),
    status: z.string(),
  }),
)

/** The expected outputs of the steps in the job `action` of ci.yml, by the id of the step, as {@link describeOutputs} returns them. */
export const expectedOutputs: Readonly<Record<string, readonly string[]>> = {
  check: ['status success, changed false, error-code none'],
  deploy: [
    'status success, changed true, error-code none',
    'deploy labs/production/playground: success',
    'deploy shop-eu/production/api: success',
    'deploy shop-eu/production/web: success',
    'deploy shop/production/api: success',
    'deploy shop/production/nightly-report: success',
    'deploy shop/production/web: success',
    'deploy shop/production/worker: success',
  ],
  variables: [
    'status success, changed true, error-code none',
    'deploy shop/production/api: success',
    'set-variables shop/production/api: success',
  ],
  preview: [
    'status success, changed true, error-code none',
    'create-preview shop/ci: success',
    'deploy shop/ci/Postgres: success',
    'deploy shop/ci/Redis: success',
    'deploy shop/ci/api: success',
    'deploy shop/ci/web: success',
    'deploy shop/ci/worker: success',
  ],
  delete: ['status success, changed true, error-code none', 'delete-preview shop/ci: success'],
  refused: ['status failure, changed false, error-code token-invalid'],
}

/** Returns a line with the status of a step, and a line for each entry of its output `results`. */
export function describeOutputs(outputs: unknown): string[] {
  const { status, changed, results, ...rest } = outputsSchema.parse(outputs)
  const parsed = resultsSchema.parse(JSON.parse(results || '[]'))
  return [
    `status ${status}, changed ${changed}, error-code ${rest['error-code'] || 'none'}`,
    ...parsed
      .map(({ action, project, environment, service, ...result }) => {
        const object = [project, environment, service].filter(Boolean).join('/')
        return `${action} ${object}: ${result.status}`
      })
      .toSorted(),
  ]
}

/** Returns a line for each difference between the outputs of the steps, by id, and the expected ones. */
export function outputProblems(outputs: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(expectedOutputs).flatMap(([id, expected]) => {
    const found = id in outputs ? describeOutputs(outputs[id]) : []
    return [
      ...expected.filter((line) => !found.includes(line)).map((line) => `${id}: missing: ${line}`),
      ...found
        .filter((line) => !expected.includes(line))
        .map((line) => `${id}: unexpected: ${line}`),
    ]
  })
}
