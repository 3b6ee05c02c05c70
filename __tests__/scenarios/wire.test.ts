import { createServer } from 'node:http'
import { describe, expect, it } from '@jest/globals'
import type { World } from '../../local/railway/index.ts'
import { repository, setStage } from './stage.ts'

function fill(world: World): string {
  const shop = world.project(world.workspace('Acme'), 'shop')
  world.service(shop, 'web', { source: { repo: repository } })
  world.service(shop, 'api', { source: { repo: repository } })
  const [acme] = world.workspaces
  if (!acme) throw new Error('no workspace')
  return world.workspaceToken(acme)
}

describe('a redirect', () => {
  it('is not followed: no other host gets the token', async () => {
    const forwarded: string[] = []
    const elsewhere = createServer((request, response) => {
      forwarded.push(request.url ?? '')
      response.end('{}')
    })
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve))
    const address = elsewhere.address()
    const port = typeof address === 'object' ? address?.port : 0
    const location = `http://127.0.0.1:${port}/graphql/v2`
    const faults = [{ times: Infinity, fault: { kind: 'redirect' as const, location } }]
    const { run } = await setStage({ fill, faults })
    const result = await run({ environment: 'production', timeout: '3m' })
    await new Promise((resolve) => elsewhere.close(resolve))
    expect(forwarded).toEqual([])
    expect(result.codes).toEqual(['api-unavailable'])
    expect(result.errors[0]).toContain('redirect')
  })
})

describe('a lost response', () => {
  it('is not requested again once `timeout` is over', async () => {
    const faults = [{ operation: 'DeployService', fault: 'reset-before-effect' as const }]
    const { run, world } = await setStage({ fill, faults })
    const result = await run({ environment: 'production', timeout: '20s' })
    expect(result.json('results')).toMatchObject([{ status: 'unknown' }, { status: 'timed-out' }])
    expect(world.newDeployments()).toHaveLength(1)
    expect(result.seconds).toBeLessThan(40)
  })
})

describe('the debug log', () => {
  it('has a line for every request, and no token, header or variable', async () => {
    const { run, railway, token } = await setStage({
      fill,
      faults: [
        { operation: 'WorkspaceProjects', fault: 'status-502-html' },
        { operation: 'DeployService', fault: 'reset-after-effect' },
      ],
    })
    const result = await run({ environment: 'production' }, { debug: true })
    const requests = result.debug.filter((line) => /, attempt \d+, trace /.test(line))
    expect(requests).toHaveLength(railway.requests.length)
    expect(requests).toContainEqual(
      expect.stringMatching(
        /^WorkspaceProjects, \d+ ms, HTTP 502, HTTP 502, attempt 1, trace -, left \d+$/,
      ),
    )
    expect(requests).toContainEqual(expect.stringMatching(/^WorkspaceProjects, .* attempt 2,/))
    expect(requests).toContainEqual(
      expect.stringMatching(
        /^WhoAmI, \d+ ms, HTTP 200, response received, attempt 1, trace \d{18,19}, left \d+$/,
      ),
    )
    expect(requests).toContainEqual(
      expect.stringMatching(/^DeployService, .*no status, a network error/),
    )
    expect(result.debug.join('\n')).not.toContain(token)
    expect(result.debug.join('\n')).not.toMatch(/authorization|bearer/i)
  })

  it('is silent unless it is switched on', async () => {
    const { run } = await setStage({ fill })
    expect((await run({ command: 'check' })).shown).not.toContain('WhoAmI,')
  })
})

describe('a long wait', () => {
  it('that Railway requested prints a progress message every minute', async () => {
    const { run } = await setStage({
      fill,
      faults: [
        { operation: 'WorkspaceProjects', fault: { kind: 'rate-limited', retryAfter: 600 } },
      ],
    })
    const result = await run({ environment: 'production' })
    expect(result.codes).toEqual([])
    const lines = result.lines.filter((line) => line.startsWith('Waiting until'))
    expect(lines.length).toBeGreaterThanOrEqual(10)
  })
})
