import { describe, expect, it } from '@jest/globals'
import { scripts } from '../../local/railway/index.ts'
import { fillShop, setPreviewStage } from './preview-stage.ts'
import type { Run } from './stage.ts'

const sha = 'a'.repeat(40)

interface Entry {
  project: string
  environment: string
  'environment-id': string
  service: string
  commit: string | null
  url: string | null
}

const matrix = (run: Run) => (run.json('matrix') as { include: Entry[] }).include
const selected = { projects: '*', services: 'web\napi' }

describe('the outputs of a preview', () => {
  it('have the environment, the commit and the address of the preview', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const run = await stage.preview({ sha }, selected)
    expect(run.exitCode).toBe(0)
    const id = run.outputs['environment-id']
    expect(matrix(run)).toMatchObject([
      { service: 'web', environment: 'pr-7', 'environment-id': id, commit: sha },
      { service: 'api', environment: 'pr-7', 'environment-id': id, commit: sha, url: null },
    ])
    expect(matrix(run)[0]?.url).toBe(run.outputs.url)
    expect(run.json('projects')).toMatchObject([
      {
        name: 'shop',
        environmentName: 'pr-7',
        environmentId: id,
        services: [
          { name: 'web', commit: sha, status: 'SUCCESS' },
          { name: 'api', commit: sha, status: 'SUCCESS' },
        ],
      },
    ])
    expect(run.json('project-matrix')).toMatchObject({
      include: [{ project: 'shop', environment: 'pr-7', 'environment-id': id }],
    })
  })

  it('are the same for a second run that has nothing to do, without more requests', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const created = await stage.preview({ sha }, selected)
    stage.spent()
    const again = await stage.preview({ sha }, selected)
    expect(matrix(again)).toEqual(matrix(created))
  })

  it('contain no live version of a service whose deployment failed', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const web = [...stage.world.services.values()].find(({ name }) => name === 'web')
    if (web) stage.world.script(web, 'pr-7', [scripts.buildFails])
    const run = await stage.preview({ sha }, selected)
    expect(matrix(run)).toMatchObject([
      { service: 'web', environment: 'pr-7', commit: null, url: null },
      { service: 'api', environment: 'pr-7', commit: sha },
    ])
  })

  it('omit a project whose preview could not be made', async () => {
    const stage = await setPreviewStage({
      fill: (world) => fillShop(world, { projects: ['shop', 'billing'] }),
    })
    stage.railway.inject({ root: 'environmentCreate', nth: 2, times: Infinity, fault: 'refused' })
    const run = await stage.preview({ sha }, selected)
    expect(run.exitCode).toBe(1)
    expect(new Set(matrix(run).map(({ environment }) => environment))).toEqual(new Set(['pr-7']))
    expect(new Set(matrix(run).map(({ project }) => project)).size).toBe(1)
  })

  it('do not name the base as the preview if the run ends before its plan', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const run = await stage.preview({ sha }, { ...selected, 'require-overrides': 'LOG_LEVEL' })
    expect(new Set(run.codes)).toEqual(new Set(['inherited-variable']))
    expect(run.outputs).toMatchObject({ 'environment-id': '', 'environment-name': '' })
  })

  it('contain the base before anything is changed', async () => {
    const stage = await setPreviewStage({ fill: (world) => fillShop(world) })
    const run = await stage.preview({ sha }, { ...selected, 'dry-run': 'true' })
    expect(matrix(run).map(({ environment }) => environment)).toEqual(['production', 'production'])
  })
})
