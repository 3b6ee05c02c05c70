import { describe, expect, it } from '@jest/globals'
import { scripts } from '../../local/railway/index.ts'
import { repository, setStage } from './stage.ts'

describe('the explanation of', () => {
  it.each([
    ['warn', 0],
    ['fail', 1],
    ['ignore', 0],
  ])(
    '29 skipped services of 30 costs no request, with `on-skipped: %s`',
    async (mode, exitCode) => {
      const { run, railway } = await setStage({
        fill: (world) => {
          const acme = world.workspace('Acme')
          const shop = world.project(acme, 'shop')
          for (let index = 0; index < 30; index += 1) {
            const service = world.service(shop, `s${index}`, { source: { repo: repository } })
            if (index > 0) world.script(service, 'production', [scripts.skippedByWatchPaths])
          }
          return world.workspaceToken(acme)
        },
      })
      const result = await run({ environment: 'production', 'on-skipped': mode })
      expect(result.exitCode).toBe(exitCode)
      expect(result.json('results')).toHaveLength(30)
      expect(result.shown).toContain('No changes to watched files')
      expect(railway.requests.length).toBeLessThanOrEqual(45)
      expect(result.outputs.requests).toBe(String(railway.requests.length))
    },
  )
})
