import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import {
  createWorld,
  type LocalRailway,
  sampleWorkspace,
  startLocalRailway,
} from '../../local/railway/index.ts'
import { HEAD_SHA, push, runAction } from '../../local/runner/index.ts'
import { SimulatedClock } from '../../local/simulated-clock.ts'
import { expectedOutputs, outputProblems } from '../../scripts/action-job/expected.ts'
import { root } from './project-files.ts'

const stepSchema = z.looseObject({
  id: z.string().optional(),
  uses: z.string().optional(),
  with: z
    .record(z.string(), z.union([z.string(), z.boolean(), z.number()]).transform(String))
    .default({}),
})

const ciSchema = z.object({
  jobs: z.looseObject({ action: z.object({ steps: z.array(stepSchema) }) }),
})

const ci = ciSchema.parse(parse(readFileSync(join(root, '.github/workflows/ci.yml'), 'utf8')))
const steps = ci.jobs.action.steps.filter(({ uses }) => uses === './')

describe('the job that uses the action as an action', () => {
  const outputs: Record<string, unknown> = {}
  let railway: LocalRailway

  beforeAll(async () => {
    const clock = new SimulatedClock()
    const world = createWorld({ clock })
    const { tokens } = sampleWorkspace(world)
    railway = await startLocalRailway({ world, clock })
    const contexts: Record<string, string> = {
      'steps.railway.outputs.url': railway.url,
      'steps.railway.outputs.token': tokens.workspace,
      'github.sha': HEAD_SHA,
    }
    const evaluate = (text: string) =>
      text.replace(/\$\{\{ (.*?) \}\}/g, (_, name: string) => contexts[name] ?? `no ${name}`)
    for (const { id, with: inputs } of steps) {
      const transcript = await runAction({
        clock,
        event: push(),
        inputs: Object.fromEntries(
          Object.entries(inputs).map(([key, text]) => [key, evaluate(text)]),
        ),
      })
      outputs[id ?? ''] = transcript.outputs
    }
  })

  afterAll(() => railway.close())

  it('has an expectation for each of its steps', () => {
    expect(steps.map(({ id }) => id)).toEqual(Object.keys(expectedOutputs))
  })

  it('gets the outputs that it expects', () => {
    expect(outputProblems(outputs)).toEqual([])
  })

  it('detects a step that did not run, a service too many and another status', () => {
    const { check, ...others } = outputs
    expect(check).toBeDefined()
    expect(outputProblems(others)).toEqual([`check: missing: ${expectedOutputs.check?.[0]}`])
    expect(outputProblems({ ...others, check: outputs.variables })).toContain(
      'check: unexpected: deploy shop/production/api: success',
    )
    expect(outputProblems({ ...outputs, deploy: outputs.refused })).toContain(
      'deploy: unexpected: status failure, changed false, error-code token-invalid',
    )
  })
})
