import { describe, expect, it } from '@jest/globals'
import { rows, stage } from './fleet.ts'
import { repository } from './stage.ts'

describe('reads that get no response until `timeout`', () => {
  it.each([
    [1, '90s', 90],
    [1, '2m', 120],
    [12, '90s', 90],
  ])('end soon after it: %i services, %s', async (count, timeout, seconds) => {
    const shop = await stage((world) => {
      const acme = world.workspace('Acme')
      const project = world.project(acme, 'shop')
      for (let index = 0; index < count; index += 1) {
        world.service(project, `s${index}`, { source: { repo: repository } })
      }
      return { token: world.workspaceToken(acme) }
    })
    const isLater = () => shop.world.newDeployments().length === count
    shop.railway.inject({
      kind: 'query',
      matching: isLater,
      times: Infinity,
      fault: 'silence-before-effect',
    })
    const run = await shop.run({ projects: 'shop', timeout })
    expect(run.exitCode).toBe(1)
    expect(rows(run).map(({ status }) => status)).not.toContain('success')
    expect(run.seconds).toBeLessThan(seconds + 15)
  })
})
