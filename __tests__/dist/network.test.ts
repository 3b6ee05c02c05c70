import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type ConnectProxy, startConnectProxy } from '../../local/connect-proxy.ts'
import type { World } from '../../local/railway/index.ts'
import { type BundleOptions, pullRequest, type Transcript } from '../../local/runner/index.ts'
import {
  makeAuthority,
  startTlsFront,
  type TestAuthority,
  type TlsFront,
} from '../../local/tls-front.ts'
import { type BundleStage, setBundleStage } from './bundle-stage.ts'

/**
 * The built action on Node 24 in the network of a company: Railway and GitHub behind TLS, with certificates of an
 * authority that only this test knows, and reached through a proxy that opens tunnels only to them.
 */

const railwayHost = 'backboard.railway.test'
const githubHost = 'api.github.test'
const siteHost = 'site.up.railway.app'
const password = 'pa#ss/w@rd-8271'
const credentials = `deployer:${password}`
const written = `deployer:${encodeURIComponent(password)}`

function fill(world: World) {
  const acme = world.workspace('Acme')
  const project = world.project(acme, 'shop')
  world.service(project, 'web', { source: { repo: 'acme/shop' }, domain: true })
  const site = world.service(project, 'site', { source: { image: 'nginx' }, domain: siteHost })
  world.script(site, 'production', [['SUCCESS']])
  return world.workspaceToken(acme)
}

let authority: TestAuthority
let stage: BundleStage
let fronts: TlsFront[]
let proxy: ConnectProxy
let healthProxy: ConnectProxy
let healthRun: ReturnType<typeof run>
/** The web site of the service `site`, with the paths of its requests. */
let site: Server
const healthPaths: (string | undefined)[] = []

beforeAll(async () => {
  authority = makeAuthority([railwayHost, githubHost, siteHost, 'localhost'])
  site = createServer((request, response) => {
    healthPaths.push(request.url)
    response.end()
  })
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  const address = site.address()
  const sitePort = typeof address === 'object' && address ? address.port : 0
  stage = await setBundleStage({ fill })
  fronts = await Promise.all(
    [stage.railway.url, stage.github.url, `http://127.0.0.1:${sitePort}`].map((url) =>
      startTlsFront(url, authority),
    ),
  )
  const [railway = 0, github = 0, siteFront = 0] = fronts.map(({ port }) => port)
  const proxyOptions = {
    credentials,
    targets: {
      [`${railwayHost}:443`]: railway,
      [`${githubHost}:443`]: github,
      [`${siteHost}:443`]: siteFront,
    },
  }
  proxy = await startConnectProxy(proxyOptions)
  healthProxy = await startConnectProxy(proxyOptions)
  // It waits most of the time, so the other tests run in parallel.
  healthRun = run(
    { HTTPS_PROXY: `http://${written}@${healthProxy.host}` },
    { ...upload, services: 'site', directory: '', 'health-check': '/healthz' },
  )
  healthRun.catch(() => {})
})

afterAll(async () => {
  await Promise.all([
    stage.close(),
    proxy.close(),
    healthProxy.close(),
    ...fronts.map((front) => front.close()),
  ])
  site.close()
  authority.remove()
})

const proxyUrl = (userinfo = written) => `http://${userinfo}@${proxy.host}`
const localRailway = () => `https://localhost:${fronts[0]?.port}/graphql/v2`

/** Runs the bundle with an environment; Railway is reached by its name unless `inputs` say otherwise. */
async function run(
  env: Record<string, string>,
  inputs: Record<string, string> = {},
  options: BundleOptions = {},
) {
  const before = proxy.tunnels.length
  const transcript = await stage.run(
    { command: 'check', 'api-url': `https://${railwayHost}/graphql/v2`, ...inputs },
    { ...options, env: { NODE_EXTRA_CA_CERTS: authority.file, ...env } },
  )
  return { transcript, tunnels: proxy.tunnels.slice(before) }
}

const upload = {
  command: 'deploy',
  environment: 'production',
  projects: 'shop',
  services: 'web',
  directory: '.',
}
const unwatched = { wait: 'false', comment: 'true' }

/** The runs that sent a request to Railway. */
const tokenChecks = () =>
  stage.railway.requests.filter(({ operationName }) => operationName === 'WhoAmI').length

const errorsOf = ({ annotations }: Transcript) =>
  annotations.filter(({ level }) => level === 'error').map(({ message }) => message)

const targetsOf = (tunnels: { target: string; status: number }[]) => [
  ...new Set(tunnels.map(({ target, status }) => `${target} ${status}`)),
]

describe('a proxy', () => {
  it('takes the requests to Railway and to GitHub', async () => {
    const { transcript, tunnels } = await run(
      { HTTPS_PROXY: proxyUrl() },
      { command: 'deploy', environment: 'production', 'commit-sha': 'latest', ...unwatched },
      { event: pullRequest(), github: { apiUrl: `https://${githubHost}` } },
    )
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'accepted'])
    expect(targetsOf(tunnels)).toEqual([`${railwayHost}:443 200`, `${githubHost}:443 200`])
    expect(stage.hub.comments).toHaveLength(1)
    expect(transcript.stderr).toBe('')
  })

  it.each([
    ['https_proxy', {}],
    ['http_proxy', {}],
    ['HTTPS_PROXY', { NO_PROXY: 'railway.test:8443, .example.test, github.test' }],
  ])('is named by `%s` beside %j', async (variable, env) => {
    const { transcript, tunnels } = await run({ [variable]: proxyUrl(), ...env })
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'success'])
    expect(targetsOf(tunnels)).toEqual([`${railwayHost}:443 200`])
  })

  it('that is itself reached over TLS takes an upload', async () => {
    const front = await startTlsFront(proxy.url, authority)
    const { transcript, tunnels } = await run(
      { HTTPS_PROXY: `https://${written}@localhost:${front.port}` },
      { ...upload, ...unwatched },
      { workspaceFiles: { 'index.html': '<h1>'.repeat(100_000) } },
    )
    await front.close()
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'accepted'])
    expect(targetsOf(tunnels)).toContain(`${railwayHost}:443 200`)
    expect(stage.world.uploads.at(-1)?.entries.map(({ path }) => path)).toContain('./index.html')
  })

  it.each([['localhost'], ['*'], ['example.test, *'], ['.localhost'], ['LOCALHOST:PORT']])(
    'is not used for a host that `NO_PROXY` (%s) names',
    async (entry) => {
      const { transcript, tunnels } = await run(
        { HTTPS_PROXY: proxyUrl(), NO_PROXY: entry.replace('PORT', String(fronts[0]?.port)) },
        { 'api-url': localRailway() },
      )
      expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'success'])
      expect(tunnels).toEqual([])
    },
  )

  it('is used for a loopback host, too', async () => {
    const { transcript, tunnels } = await run(
      { HTTPS_PROXY: proxyUrl(), NO_PROXY: 'localhost:1' },
      { 'api-url': localRailway() },
    )
    expect(transcript.exitCode).toBe(1)
    expect(tunnels.map(({ status }) => status)).toContain(403)
    expect(errorsOf(transcript)[0]).toContain('HTTP 403 from the proxy')
  })

  it('that refuses the credentials is named, and the credentials are not shown', async () => {
    const { transcript, tunnels } = await run({ HTTPS_PROXY: proxyUrl('deployer:wrong-8271') })
    expect(tunnels.map(({ status }) => status)).not.toContain(200)
    const [error] = errorsOf(transcript)
    expect(error).toContain('HTTP 407 from the proxy')
    expect(error).toContain('the proxy in `HTTPS_PROXY`')
    expect(error).toMatch(/\[api-unavailable\]$/)
    expect(transcript.leaks('wrong-8271')).toEqual([])
  })

  it('that is down is named', async () => {
    const closed = await startConnectProxy({ targets: {} })
    await closed.close()
    const { transcript } = await run({ https_proxy: closed.url }, { timeout: '1s' })
    const [error] = errorsOf(transcript)
    expect(error).toContain('ECONNREFUSED')
    expect(error).toContain('the proxy in `https_proxy`')
  })

  it('of another protocol is refused before anything is requested', async () => {
    const before = tokenChecks()
    const { transcript, tunnels } = await run(
      { HTTPS_PROXY: `socks5://${written}@${proxy.host}` },
      { 'api-url': localRailway() },
    )
    expect(transcript.exitCode).toBe(1)
    expect(errorsOf(transcript)).toEqual([
      expect.stringMatching(/`HTTPS_PROXY` cannot be used.*`socks5`.*\[api-unavailable\]$/),
    ])
    expect(tunnels).toEqual([])
    expect(tokenChecks()).toBe(before)
    expect(transcript.leaks(password)).toEqual([])
    expect(transcript.leaks(written)).toEqual([])
  })
})

describe('a certificate', () => {
  it('of an authority that is not known here ends the run immediately', async () => {
    const { transcript } = await run({ NODE_EXTRA_CA_CERTS: '' }, { 'api-url': localRailway() })
    expect(errorsOf(transcript)).toEqual([
      expect.stringMatching(/UNABLE_TO_VERIFY.*`NODE_EXTRA_CA_CERTS`.*\[api-unavailable\]$/),
    ])
    expect(transcript.seconds).toBeLessThan(20)
  })

  it('of an authority in `NODE_EXTRA_CA_CERTS` is trusted', async () => {
    const { transcript } = await run({}, { 'api-url': localRailway() })
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'success'])
  })
})

describe('a proxy during the other tests', () => {
  it('takes the requests of health checks', async () => {
    const { transcript } = await healthRun
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'success'])
    expect(targetsOf(healthProxy.tunnels)).toEqual([
      `${railwayHost}:443 200`,
      `${siteHost}:443 200`,
    ])
    expect(healthPaths).toEqual(['/healthz', '/healthz'])
  })
})
