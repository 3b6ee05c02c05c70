import { describe, expect, it } from '@jest/globals'
import { outputWarnings } from '../../src/report/output-warnings.ts'
import { outputValues } from '../../src/report/outputs.ts'
import { service, targetOf } from '../fixtures.ts'
import { deployStep, outcomeOf, reportOf } from './fixtures.ts'

const outputs = outputValues(reportOf({}), '')
const projectEntry = {
  project: 'shop',
  'project-id': 'p-shop',
  environment: 'production',
  'environment-id': 'e-production',
}
const entry = { ...projectEntry, service: 'web', 'service-id': 's', commit: null, url: null }

const withJobs = (jobs: number, projects: number) =>
  outputWarnings(reportOf({}), {
    ...outputs,
    matrix: { include: Array.from({ length: jobs }, () => entry) },
    'project-matrix': { include: Array.from({ length: projects }, () => projectEntry) },
  })

const tooLong = (message: string) => [{ title: 'matrix too long', message }]

describe('a matrix', () => {
  it.each<[number, number, object[]]>([
    [0, 0, []],
    [256, 256, []],
    [
      257,
      256,
      tooLong(
        'The output `matrix` has 257 entries, but GitHub starts at most 256 jobs of a matrix. Use `project-matrix`, which has 256 entries, or divide the projects between jobs with `shard`.',
      ),
    ],
    [
      300,
      1,
      tooLong(
        'The output `matrix` has 300 entries, but GitHub starts at most 256 jobs of a matrix. Use `project-matrix`, which has 1 entry, or divide the projects between jobs with `shard`.',
      ),
    ],
    [
      300,
      257,
      tooLong(
        'The output `matrix` has 300 entries, but GitHub starts at most 256 jobs of a matrix. `project-matrix` is too long as well, with 257 entries. Divide the projects between jobs with `shard`.',
      ),
    ],
  ])('of %d jobs, and %d of projects', (jobs, projects, warnings) => {
    expect(withJobs(jobs, projects)).toEqual(warnings)
  })
})

describe('shared names', () => {
  const shared = (number: number) =>
    outputWarnings(
      reportOf({
        outcomes: Array.from({ length: number }, (_, index) => {
          const instance = service('web', { domains: ['web.example.com'] })
          const project = { id: `p${index}`, name: `shop${index}`, label: 'x' }
          const target = { ...targetOf(instance), project }
          return outcomeOf(deployStep(instance, { target }), 'success')
        }),
      }),
      outputs,
    )
  const named = (names: string) => [
    {
      title: 'names that are not unique',
      message: `Several projects or services have the same name: ${names}. The keys of the output \`urls\` contain their ids instead of these names. To use names in \`urls\`, rename the projects or services in Railway.`,
    },
  ]
  const ten = Array.from({ length: 10 }, (_, index) => `"shop${index}"`).join(', ')

  it.each<[number, object[]]>([
    [0, []],
    [2, named('"shop0", "shop1"')],
    [10, named(ten)],
    [13, named(`${ten}, 3 more`)],
  ])('%d of them', (number, warnings) => {
    expect(shared(number)).toEqual(warnings)
  })
})
