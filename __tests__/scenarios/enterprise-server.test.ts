import { describe, expect, it } from '@jest/globals'
import type { World } from '../../local/railway/index.ts'
import { push } from '../../local/runner/index.ts'
import { fillShop, setPreviewStage } from './preview-stage.ts'

const serverUrl = 'https://ghes.acme.example'
const production = { command: 'deploy', environment: 'production', projects: 'shop' }

const setStage = (fill: (world: World) => string = (world) => fillShop(world)) =>
  setPreviewStage({ fill, enterprise: true })

/** A workflow run on GitHub Enterprise Server, in a repository whose name also exists on github.com. */
async function run(inputs: Record<string, string>, event: 'push' | 'pull request' = 'push') {
  const stage = await setStage()
  const github = { apiUrl: stage.github.url, serverUrl }
  const result =
    event === 'push'
      ? await stage.run(inputs, { event: push(), github })
      : await stage.preview({}, inputs, { github })
  return { ...stage, result }
}

describe('on GitHub Enterprise Server, a selection by this repository', () => {
  it.each([
    ['deploy', production],
    ['rollback', { ...production, command: 'rollback' }],
    ['variables', { ...production, command: 'variables', variables: 'LOG_LEVEL=debug' }],
    ['a promotion', { ...production, 'from-environment': 'staging' }],
    ['an upload', { ...production, directory: '.' }],
    ['nothing but exclusions', { ...production, services: '!mailer' }],
    ['nothing but comments', { ...production, services: '# web' }],
    ['the keyword', { ...production, services: '@repository' }],
    ['the keyword in a JSON array', { ...production, services: '["web", "@Repository"]' }],
    ['list with the keyword', { command: 'list', services: '@repository' }],
  ])('is refused with the reason: %s', async (_, inputs) => {
    const { result, railway, world } = await run(inputs)
    expect(result.codes).toEqual(['input-invalid'])
    expect(result.errors[0]).toContain('services')
    expect(result.errors[0]).toContain('ghes.acme.example')
    expect(result.errors[0]).toContain('repositories of github.com only')
    expect([railway.requests, world.newDeployments()]).toEqual([[], []])
  })

  it('is not needed for a preview, which is refused as a whole', async () => {
    const { result, railway } = await run(
      { command: 'preview', projects: 'shop', services: 'web' },
      'pull request',
    )
    expect(result.codes).toEqual(['input-invalid'])
    expect(result.errors[0]).toContain('The action recognizes a preview by a service')
    expect(railway.requests).toEqual([])
  })

  it.each([
    ['check', { command: 'check' }],
    ['list', { command: 'list' }],
    ['an empty list', { ...production, services: '[]' }],
    ['an image', { ...production, image: 'postgres:17' }],
    [
      'shared variables',
      { ...production, command: 'variables', 'shared-variables': 'true', variables: 'A=1' },
    ],
  ])('is not needed by %s', async (_, inputs) => {
    const { result } = await run(inputs)
    expect([result.exitCode, result.codes]).toEqual([0, []])
  })
})

describe('on GitHub Enterprise Server, a service that is named', () => {
  it('is deployed at its own commit, and not at that of the event, which github.com does not have', async () => {
    const { result, deployed, github } = await run({ ...production, services: 'web' })
    expect(result.outputs.status).toBe('success')
    expect(deployed('production')).toEqual([expect.not.stringContaining('4f2c1d9')])
    expect(github.requests.filter(({ route }) => route === 'compare')).toEqual([])
  })

  it('is announced on that server, in one comment and with deployments', async () => {
    const inputs = { ...production, services: 'web', comment: 'true', 'github-deployments': 'true' }
    const { result, hub, github, preview } = await run(inputs, 'pull request')
    expect(result.outputs.status).toBe('success')
    await preview({}, inputs, { github: { apiUrl: github.url, serverUrl } })
    expect(hub.comments).toHaveLength(1)
    expect(hub.comments[0]?.body).toContain(`${serverUrl}/acme/shop/actions/runs/`)
    expect(hub.deploymentStates()).toContain('shop / production: success')
    expect(github.requests.filter(({ status }) => status !== null && status >= 400)).toEqual([])
    expect(github.requests.map(({ url }) => url)).toContain('/api/graphql')
  })
})

describe('on GitHub Enterprise Server, a link to the documentation', () => {
  it('leads to github.com', async () => {
    const { result } = await run(production)
    expect(result.summary).toContain(
      'https://github.com/acme/railway-workspace-deploy/blob/v1/docs/',
    )
    expect(result.summary).not.toContain(`${serverUrl}/acme/railway-workspace-deploy`)
  })
})

describe('a malformed `GITHUB_API_URL`', () => {
  it.each([
    'not a url',
    'ftp://api.github.com',
    '//api.github.com',
    'https://',
    'http://[::1',
    '/api/v3',
    'javascript:alert(1)',
  ])('is named in a warning, and does not fail the deployment: %s', async (url) => {
    const stage = await setStage()
    const inputs = { ...production, services: 'web', comment: 'true' }
    const result = await stage.preview({}, inputs, { env: { GITHUB_API_URL: url } })
    expect(result.outputs.status).toBe('success')
    expect(result.warnings).toContainEqual(
      expect.stringContaining('`GITHUB_API_URL` is not an address'),
    )
    expect(stage.github.requests).toEqual([])
  })
})

describe('a server without a configured API', () => {
  it('gets no token, and neither does github.com', async () => {
    const stage = await setStage()
    const result = await stage.preview(
      {},
      { ...production, services: 'web', comment: 'true' },
      { env: { GITHUB_API_URL: undefined, GITHUB_SERVER_URL: serverUrl } },
    )
    expect(result.outputs.status).toBe('success')
    expect(result.warnings).toContainEqual(
      expect.stringContaining('`GITHUB_API_URL` is not an address'),
    )
    expect(stage.github.requests).toEqual([])
  })
})
