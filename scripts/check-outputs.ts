/** Checks the outputs of the action in the steps of a CI job. The variable `STEPS` is GitHub's context `steps` as JSON. */
import { z } from 'zod'
import { expectedOutputs, outputProblems } from './action-job/expected.ts'

const stepsSchema = z.record(z.string(), z.object({ outputs: z.record(z.string(), z.string()) }))

const steps = stepsSchema.parse(JSON.parse(process.env.STEPS ?? 'null'))
const outputs = Object.fromEntries(Object.entries(steps).map(([id, step]) => [id, step.outputs]))
const problems = outputProblems(outputs)
for (const problem of problems) console.error(problem)
console.log(`${Object.keys(expectedOutputs).length} steps, ${problems.length} problems.`)
process.exitCode = problems.length === 0 ? 0 : 1
