import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { parse } from 'yaml'
import { z } from 'zod'
import { root } from './project-files.ts'

const permissions = z.union([z.string(), z.record(z.string(), z.string())])

const workflowSchema = z.looseObject({
  name: z.string().optional(),
  permissions: permissions.optional(),
  jobs: z.record(
    z.string(),
    z.looseObject({
      permissions: permissions.optional(),
      'timeout-minutes': z.number().optional(),
      steps: z.array(
        z.looseObject({
          uses: z.string().optional(),
          run: z.string().optional(),
          with: z.record(z.string(), z.unknown()).default({}),
        }),
      ),
    }),
  ),
})

/** Returns what zizmor's pedantic persona would find of the audits that matter most. It is not installed everywhere. */
function habitProblems(text: string): string[] {
  const workflow = workflowSchema.parse(parse(text))
  const jobs = Object.entries(workflow.jobs)
  const steps = jobs.flatMap(([job, { steps }]) => steps.map((step) => ({ job, step })))
  return [
    ...(workflow.name ? [] : ['no name']),
    ...(workflow.permissions === undefined ? ['no permissions for the whole workflow'] : []),
    ...steps
      .filter(({ step }) => step.run?.includes('${{'))
      .map(({ job }) => `${job}: an expression in a script`),
    ...steps
      .filter(({ step }) => step.uses?.startsWith('actions/checkout@'))
      .filter(({ step }) => step.with['persist-credentials'] === undefined)
      .map(({ job }) => `${job}: a checkout that keeps its credentials without saying so`),
  ]
}

function filesIn(folder: string): [path: string, text: string][] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => [`${folder}/${name}`, readFileSync(join(root, folder, name), 'utf8')])
}

const own = filesIn('.github/workflows')

describe('a workflow of this project, or an example', () => {
  it.each([...own, ...filesIn('examples')])('has good habits: %s', (_, text) => {
    expect(habitProblems(text)).toEqual([])
  })

  it.each(own)(
    'ends by itself, starts from no permissions, and explains each right: %s',
    (_, text) => {
      const workflow = workflowSchema.parse(parse(text))
      expect(workflow.permissions).toEqual({})
      const jobs = Object.values(workflow.jobs)
      expect(jobs.filter((job) => job['timeout-minutes'] === undefined)).toEqual([])
      const rights = [...text.matchAll(/^ {6}([a-z-]+: (?:write|read))(.*)$/gm)]
      const bare = rights.filter(
        ([, right, rest]) => right !== 'contents: read' && !/ # \w/.test(rest ?? ''),
      )
      expect(bare.map(([line]) => line)).toEqual([])
    },
  )

  it('is found without a name, without permissions, with a kept credential, and with an injection', () => {
    const text = `
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - run: echo "\${{ github.head_ref }}"`
    expect(habitProblems(text)).toEqual([
      'no name',
      'no permissions for the whole workflow',
      'build: an expression in a script',
      'build: a checkout that keeps its credentials without saying so',
    ])
  })
})
