import { describe, expect, it } from '@jest/globals'
import { alternatives } from '../../local/railway/alternatives.ts'
import { fillShop, setPreviewStage } from './preview-stage.ts'

const sha = '1'.repeat(40)

describe('a preview if Railway shows that nothing is staged', () => {
  it.each(alternatives.filter(({ id }) => /^(nothing-staged|unfinished-patches)\//.test(id)))(
    'as $id is made with its own values',
    async ({ option }) => {
      const stage = await setPreviewStage({ fill: (world) => fillShop(world), behaviour: option })
      const run = await stage.preview(
        { sha },
        { services: 'web', projects: 'shop', variables: 'LOG_LEVEL=debug' },
      )
      expect([run.errors, run.exitCode]).toEqual([[], 0])
      expect(stage.deployed()).toEqual(['web: 1111111'])
      expect(run.warnings.filter((warning) => warning.includes('staged'))).toEqual([])
    },
  )
})
