import { describe, expect, it } from '@jest/globals'
import { alternatives } from '../../local/railway/alternatives.ts'
import { fillShop, setPreviewStage } from './preview-stage.ts'

const variables = {
  command: 'variables',
  environment: 'production',
  projects: 'shop',
  services: 'web',
  variables: 'A=b',
}

describe('a Railway that refuses pages of the requested size', () => {
  it.each(alternatives.filter(({ id }) => id.startsWith('page-maximum/')))(
    '$id breaks no command',
    async ({ option }) => {
      const stage = await setPreviewStage({ fill: (world) => fillShop(world), behaviour: option })
      const runs = [
        await stage.run({ command: 'check' }),
        await stage.run({ command: 'list' }),
        await stage.run({ environment: 'production' }),
        await stage.run(variables),
        await stage.preview({ sha: '1'.repeat(40) }),
        await stage.preview({ action: 'closed' }),
        await stage.run({ command: 'rollback', environment: 'production' }),
      ]
      expect(runs.map(({ errors }) => errors)).toEqual(runs.map(() => []))
    },
  )

  it('gets one request for too large a page, and not one for every page', async () => {
    const stage = await setPreviewStage({
      fill: (world) => fillShop(world, { projects: Array.from({ length: 90 }, (_, n) => `p${n}`) }),
      behaviour: { pageMaximum: 20, pageTooLarge: 'refuse' },
    })
    const run = await stage.run({ command: 'check' })
    expect(run.exitCode).toBe(0)
    const pages = stage.spent().WorkspaceProjects ?? 0
    expect(pages).toBeLessThanOrEqual(5 + 2)
  })
})
