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

/** Returns the findings of zizmor's pedantic persona for the most important audits. It is not installed everywhere. */
function habitProblems(text: string): string[] {
  const workflow = workflowSchema.parse(parse(text))
  const jobs = Object.entries(workflow.jobs)
  const steps = jobs.flatMap(([job, { steps }]) => steps.map((step) => ({ job, step })))
  return [
    ...(workflow.name ? [] : ['no name']),
    ...(workflow.permissions === undefined ? ['no permissions for the whole workflow'] : []),
    ...(/write/.test(JSON.stringify(workflow.permissions ?? '')) ? ['every job may write'] : []),
    ...unexplainedRights(text).map((right) => `no reason for ${right}`),
    ...(/\bgithub\.actor\s*==/.test(text) ? ['the actor of an event is trusted'] : []),
    ...steps
      .filter(({ step }) => step.run?.includes('${{'))
      .map(({ job }) => `${job}: an expression in a script`),
    ...steps
      .filter(({ step }) => step.uses?.startsWith('actions/checkout@'))
      .filter(({ step }) => step.with['persist-credentials'] === undefined)
      .map(({ job }) => `${job}: a checkout that keeps its credentials without saying so`),
  ]
}

/** Returns the permissions without a comment. Reading the contents needs none. */
function unexplainedRights(text: string): string[] {
  return [...text.matchAll(/^ +([a-z-]+: (?:write|read))(.*)$/gm)]
    .filter(([, right, rest]) => right !== 'contents: read' && !/^ # \S/.test(rest ?? ''))
    .map(([, right]) => right ?? '')
}

function filesIn(folder: string): [path: string, text: string][] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.yml'))
    .map((name) => [`${folder}/${name}`, readFileSync(join(root, folder, name), 'utf8')])
}

const own = filesIn('.github/workflows')

describe('a workflow of this project, or an example', () => {
  it.each([...own, ...filesIn('examples')])('follows the security practices: %s', (_, text) => {
    expect(habitProblems(text)).toEqual([])
  })

  it.each(own)('has a timeout, and starts from no permissions: %s', (_, text) => {
    const workflow = workflowSchema.parse(parse(text))
    expect(workflow.permissions).toEqual({})
    const jobs = Object.values(workflow.jobs)
    expect(jobs.filter((job) => job['timeout-minutes'] === undefined)).toEqual([])
  })

  it('gets the findings that zizmor would report', () => {
    const text = `
on: push
jobs:
  build:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - run: echo "\${{ github.head_ref }}"`
    const broad = text
      .replace('jobs:', 'permissions:\n  issues: write\njobs:')
      .replace('  build:', "  build:\n    if: github.actor == 'bot'")
    expect(habitProblems(broad)).toEqual(
      expect.arrayContaining([
        'every job may write',
        'no reason for issues: write',
        'the actor of an event is trusted',
      ]),
    )
    expect(habitProblems(text)).toEqual([
      'no name',
      'no permissions for the whole workflow',
      'build: an expression in a script',
      'build: a checkout that keeps its credentials without saying so',
    ])
  })
})
