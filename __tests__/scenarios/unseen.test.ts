import { describe, expect, it } from '@jest/globals'
import type { FaultRule, World } from '../../local/railway/index.ts'
import { results, stage } from './fleet.ts'
import { repository } from './stage.ts'

/** A project that is deleted and others that stay, with a service each. */
function fill(world: World) {
  const acme = world.workspace('Acme')
  const projects = ['gone', 'a', 'b', 'c', 'd', 'e'].map((name) => {
    const project = world.project(acme, name)
    const web = world.service(project, 'web', { source: { repo: repository }, trigger: false })
    world.script(web, 'production', [{ steps: [{ status: 'BUILDING', seconds: 240 }, 'SUCCESS'] }])
    return project
  })
  return { token: world.workspaceToken(acme), projects }
}

/** Railway does not report the live deployments of services, only single deployments. */
const refusing = (message: string, code?: string): FaultRule => ({
  operation: 'ServedDeployments',
  times: Infinity,
  fault: { kind: 'error', message, ...(code && { code }) },
})

const invalid = refusing('Cannot query field "x" on type "Y".', 'GRAPHQL_VALIDATION_FAILED')
const faults = [invalid]

const names = ['gone', 'a', 'b', 'c', 'd', 'e']

describe('deployments that differ only in their ids', () => {
  it.each([
    [1, 5],
    [1, 40],
    [2, 5],
    [4, 5],
  ])('are followed to their end beside %i that are deleted after %i s', async (gone, seconds) => {
    const { run, world, projects } = await stage(fill, { faults })
    for (const project of projects.slice(0, gone)) world.deleteProject(project, { seconds })
    const transcript = await run({})
    expect(results(transcript)).toEqual(
      names.map((name, index) => `${name}/web: deploy ${index < gone ? 'unknown' : 'success'}`),
    )
  })

  it('are abandoned after two minutes if none of them can be read', async () => {
    const { run, world, projects } = await stage(fill, { faults })
    for (const project of projects) world.deleteProject(project, { seconds: 5 })
    const transcript = await run({})
    expect(results(transcript)).toEqual(names.map((name) => `${name}/web: deploy unknown`))
    expect(transcript.seconds).toBeLessThan(240)
  })

  it.each([
    ['a word', refusing('Problem processing request')],
    ['a rejected document', invalid],
  ])(
    'take one request per poll after Railway has refused the rest twice, with %s',
    async (_, fault) => {
      const { run, railway } = await stage(fill, { faults: [fault] })
      const transcript = await run({})
      expect(transcript.outputs.status).toBe('success')
      const operations = railway.requests.map(({ operationName }) => operationName)
      const lastServed = operations.lastIndexOf('ServedDeployments')
      const later = operations.slice(lastServed + 1).filter((name) => name === 'DeploymentStates')
      expect(later.length).toBeGreaterThan(2)
      expect(operations.filter((name) => name === 'ServedDeployments').length).toBeLessThan(80)
    },
  )
})
