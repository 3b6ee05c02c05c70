import { afterEach, describe, expect, it } from '@jest/globals'
import { type Script, scripts, type World } from '../../local/railway/index.ts'
import { cancelJob } from '../../local/runner/index.ts'
import { type LocalSites, type SiteResponse, startLocalSites } from '../../local/sites/index.ts'
import { type Run, results, rows, stage } from './fleet.ts'
import { fillShop, setPreviewStage } from './preview-stage.ts'
import { commit, repository } from './stage.ts'

const open: LocalSites[] = []

afterEach(async () => {
  await Promise.all(open.splice(0).map((sites) => sites.close()))
})

interface ServiceSetup {
  /** The responses of its Railway domain; no domain if omitted. */
  answers?: SiteResponse[]
  script?: Script
  customDomain?: string
  customDomainVerified?: boolean
  cron?: string
  trigger?: boolean
}

const hostOf = (service: string) => `${service}.up.railway.app`

/** Services of one project with their web sites. */
async function shop(services: Record<string, ServiceSetup>) {
  const staged = await stage((world: World) => {
    const acme = world.workspace('Acme')
    const project = world.project(acme, 'shop')
    for (const [name, { answers, script, ...more }] of Object.entries(services)) {
      const domain = answers ? { domain: hostOf(name) } : {}
      const source = { repo: repository }
      const service = world.service(project, name, { source, trigger: false, ...domain, ...more })
      if (script) world.script(service, 'production', [script])
    }
    return { token: world.workspaceToken(acme) }
  })
  const sites = await startLocalSites(staged)
  open.push(sites)
  for (const [name, { answers }] of Object.entries(services)) {
    if (answers) sites.set(hostOf(name), answers)
  }
  const run: typeof staged.run = (inputs, more) =>
    staged.run({ 'health-check': '/healthz', ...inputs }, { sites, ...more })
  return { ...staged, sites, run }
}

const statuses = (transcript: Run) => rows(transcript).map(({ status }) => status)

describe('`health-check`', () => {
  it('requests the public address with the path until it responds with success twice in a row', async () => {
    const { run, sites, clock } = await shop({ web: { answers: [200] } })
    const transcript = await run({ 'health-check': '/healthz?full=1' })
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'success'])
    expect(rows(transcript)[0]?.message).toBe(
      `live at ${commit.slice(0, 7)}; it passed its health check`,
    )
    const [first, second, ...more] = sites.requests
    expect(first).toMatchObject({ host: hostOf('web'), path: '/healthz?full=1', method: 'GET' })
    // It is live after 52 s.
    expect((first?.at ?? 0) - clock.start).toBeGreaterThan(52_000)
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(2_000)
    expect(more).toEqual([])
    expect(transcript.warnings).toEqual([])
  })

  it('writes the logs of an unhealthy service into the log file, and their end into the log', async () => {
    const deployLog = ['Starting Container', 'waiting for the database']
    const { run } = await shop({
      web: { answers: [503], script: { ...scripts.succeeds, deployLog } },
    })
    const { codes, log, outputs, tempFiles } = await run({})
    expect(codes).toEqual(['unhealthy'])
    expect(log.map(({ text }) => text)).toContain('  | waiting for the database')
    expect(tempFiles[outputs['log-file'] ?? '']).toContain(' waiting for the database\n')
  })

  it('sends only requests that any client could send', async () => {
    const { run, sites, token } = await shop({ web: { answers: [200] } })
    await run({})
    for (const { headers } of sites.requests) {
      const names = Object.keys(headers).filter((name) => !name.startsWith('x-simulated'))
      expect(names.sort()).toEqual(['accept', 'user-agent'])
      expect(JSON.stringify(headers)).not.toContain(token)
    }
  })

  it.each<[string, SiteResponse[]]>([
    ['errors first', [503, 500, 404, 200, 200]],
    ['a redirect, which is not followed', [{ redirect: 'https://elsewhere.example/login' }]],
    ['a redirect to plain http', [{ redirect: 'http://169.254.169.254/latest' }]],
    ['no content', [204]],
    ['the highest status that is fine', [399]],
    ['slowly', [{ slow: 9, status: 200 }]],
    ['too slowly at first', [{ slow: 30, status: 200 }, 200]],
    ['never at first', ['never', 'never', 200]],
    ['a broken connection first', ['reset', 200]],
    ['nobody there first', ['refused', 'refused', 200]],
    ['with a certificate that does not exist yet', ['untrusted', 200]],
    ['a huge body', [{ bytes: 20_000_000 }]],
    ['good and bad in turn, and then good', [200, 500, 200, 502, 200, 200]],
  ])('succeeds if the address responds with %s', async (_, answers) => {
    const { run, sites } = await shop({ web: { answers } })
    const transcript = await run({})
    expect([transcript.codes, statuses(transcript)]).toEqual([[], ['success']])
    expect(new Set(sites.requests.map(({ host }) => host))).toEqual(new Set([hostOf('web')]))
  })

  it.each<[string, SiteResponse[], string]>([
    ['an error', [500], 'HTTP 500'],
    ['the lowest status that is an error', [400], 'HTTP 400'],
    ['good and bad in turn', Array(100).fill([200, 503]).flat(), 'HTTP 503'],
    ['an error just before the end', [200, 503, ...Array(100).fill(503)], 'HTTP 503'],
    ['never', ['never'], 'no response within'],
    ['too slowly', [{ slow: 11, status: 200 }], 'no response within 10 s'],
    ['with a broken connection', ['reset'], 'a network error'],
    ['to nobody', ['refused'], 'a network error (ECONNREFUSED)'],
    [
      'with an untrusted certificate',
      ['untrusted'],
      'a network error (DEPTH_ZERO_SELF_SIGNED_CERT)',
    ],
  ])('fails if the address responds with %s', async (_, answers, why) => {
    const { run, clock, sites } = await shop({ web: { answers } })
    const transcript = await run({ 'health-check-timeout': '1m' })
    expect([transcript.exitCode, transcript.codes]).toEqual([1, ['unhealthy']])
    expect(statuses(transcript)).toEqual(['failed'])
    expect(rows(transcript)[0]?.message).toContain(`did not pass its health check: ${why}`)
    expect(transcript.errors[0]).toContain(`https://${hostOf('web')}/healthz`)
    const took = clock.now() - (sites.requests[0]?.at ?? clock.start)
    expect(took).toBeGreaterThanOrEqual(60_000)
    expect(took).toBeLessThan(75_000)
    expect(sites.requests.length).toBeLessThan(30)
  })

  it('fails if the host name does not exist', async () => {
    const { run, sites } = await shop({ web: { customDomain: 'gone.example.com' } })
    const transcript = await run({ 'health-check-timeout': '30s' })
    expect(transcript.codes).toEqual(['unhealthy'])
    expect(transcript.errors[0]).toContain('ENOTFOUND')
    expect(sites.requests).toEqual([])
  })

  it('ends with `timeout` at the latest', async () => {
    const { run } = await shop({ web: { answers: [500] } })
    const inputs = { timeout: '90s', 'health-check-timeout': '1h' }
    const transcript = await run(inputs)
    expect(transcript.codes).toEqual(['unhealthy'])
    expect(transcript.seconds).toBeLessThan(100)
  })

  it('ends when the job is cancelled: the service is live, and no health is reported', async () => {
    const { run } = await shop({ web: { answers: ['never'] } })
    const transcript = await run({ 'health-check-timeout': '1h' }, { signals: cancelJob(75) })
    expect(transcript.codes).toEqual(['cancelled'])
    expect(rows(transcript)[0]?.message).toContain('cancelled before it passed its health check')
    expect(transcript.seconds).toBeLessThan(80)
  })

  it('shows its progress in the log', async () => {
    const { run } = await shop({ web: { answers: [500] } })
    const transcript = await run({ 'health-check-timeout': '5m' })
    const beats = transcript.lines.filter((line) => line.includes('1 health check (shop/web)'))
    expect(beats.length).toBeGreaterThanOrEqual(4)
    expect(transcript.shown).toContain(
      `shop/web: https://${hostOf('web')}/healthz: HTTP 500; retrying for up to 5 min`,
    )
  })

  it('shows no query string, which may hold a secret', async () => {
    const { run, sites } = await shop({ web: { answers: [500] } })
    const transcript = await run({ 'health-check': '/healthz?key=s3cret-of-the-workflow' })
    expect(sites.requests[0]?.path).toBe('/healthz?key=s3cret-of-the-workflow')
    expect(transcript.errors[0]).toContain(`https://${hostOf('web')}/healthz?…`)
    expect(transcript.leaks('s3cret-of-the-workflow')).toEqual([])
  })

  it('sends no request to Railway', async () => {
    const without = await shop({ web: { answers: [500] } })
    await without.run({ 'health-check': '' })
    const checked = await shop({ web: { answers: [500, 500, 500, 200] } })
    await checked.run({})
    expect(checked.railway.requests).toHaveLength(without.railway.requests.length)
  })

  it('does not run for a deployment that failed, or for an unchanged service', async () => {
    const { run, sites } = await shop({ web: { answers: [500], script: scripts.buildFails } })
    const transcript = await run({})
    expect(transcript.codes).toEqual(['deployment-failed'])
    const live = await shop({ web: { answers: [200] } })
    await live.run({})
    live.sites.set(hostOf('web'), [500])
    const again = await live.run({})
    expect(again.outputs.status).toBe('unchanged')
    expect([sites.requests.length, live.sites.requests.length]).toEqual([0, 2])
  })
})

describe('the address of a health check', () => {
  it('is a verified custom domain before Railway’s own', async () => {
    const { run, sites } = await shop({
      web: { answers: [500], customDomain: 'shop.example.com', customDomainVerified: true },
    })
    sites.set('shop.example.com', [200])
    const transcript = await run({})
    expect(transcript.exitCode).toBe(0)
    expect(sites.requests.map(({ host }) => host)).toEqual(['shop.example.com', 'shop.example.com'])
  })

  it('is never a custom domain that is not verified', async () => {
    const { run, sites } = await shop({
      web: { answers: [200], customDomain: 'shop.example.com', customDomainVerified: false },
      api: { customDomain: 'api.example.com', customDomainVerified: false },
    })
    sites.set('shop.example.com', [200])
    sites.set('api.example.com', [200])
    const transcript = await run({})
    expect(new Set(sites.requests.map(({ host }) => host))).toEqual(new Set([hostOf('web')]))
    expect(transcript.warnings).toEqual([
      expect.stringContaining(
        'domains are not verified yet: shop/api in environment "production".',
      ),
    ])
  })

  it.each([
    ['the canary', { canary: 'web' }],
    ['the wave before it', { order: 'web\napi' }],
    ['its turn', { 'max-parallel': '1' }],
  ])('is the one that a service has after it waited for %s', async (_, inputs) => {
    const { run, sites, world, clock } = await shop({
      web: { answers: [200] },
      api: { answers: [200] },
    })
    sites.set('moved.up.railway.app', [200])
    clock.at(clock.now() + 5_000, () => {
      const project = [...world.projects.values()][0]
      const service = project?.services.find(({ name }) => name === 'api')
      const domain = service && world.instance(service, 'production').serviceDomains[0]
      if (domain) domain.domain = 'moved.up.railway.app'
    })
    const transcript = await run({ ...inputs, timeout: '1h' })
    const hosts = [...new Set(sites.requests.map(({ host }) => host))]
    expect(hosts).toEqual([hostOf('web'), 'moved.up.railway.app'])
    expect(transcript.json('urls')).toMatchObject({ 'shop/api': 'https://moved.up.railway.app' })
  })

  it('never leaves the host, for any path', async () => {
    const { run, sites } = await shop({ web: { answers: [200] } })
    const transcript = await run({ 'health-check': '/@evil.example/..//evil.example:80/x' })
    expect(transcript.exitCode).toBe(0)
    expect(new Set(sites.requests.map(({ host }) => host))).toEqual(new Set([hostOf('web')]))
  })

  it('is missing: the services are named in one warning for each reason, and count as live', async () => {
    const { run } = await shop({
      web: { answers: [200] },
      worker: {},
      mailer: {},
      nightly: { answers: [500], cron: '0 4 * * *' },
    })
    const transcript = await run({})
    expect([transcript.exitCode, transcript.outputs.status]).toEqual([0, 'success'])
    expect(transcript.warnings).toEqual([
      expect.stringContaining('without a public address: shop/worker, shop/mailer in environment'),
      expect.stringContaining('between two runs: shop/nightly in environment'),
    ])
  })
})

describe('a service that is not healthy', () => {
  it('holds back the rest as a canary', async () => {
    const { run, world } = await shop({ web: { answers: [500] }, api: { answers: [200] } })
    const transcript = await run({ canary: 'web' })
    expect(results(transcript)).toEqual(['shop/web: deploy failed', 'shop/api: deploy not-started'])
    expect(transcript.codes).toEqual(['unhealthy'])
    expect(world.newDeployments()).toHaveLength(1)
  })

  it('holds back the waves after its own; a healthy one does not', async () => {
    const { run } = await shop({
      web: { answers: [200] },
      db: { answers: [503, 200] },
      api: { answers: [500] },
    })
    const transcript = await run({ order: 'db\napi' })
    expect(results(transcript)).toEqual([
      'shop/web: deploy not-started',
      'shop/db: deploy success',
      'shop/api: deploy failed',
    ])
  })

  it('keeps its slot until its check is over, and stops the others with `fail-fast`', async () => {
    const { run, world } = await shop({
      a: { answers: [503, 503, 200] },
      b: { answers: [500] },
      c: { answers: [200] },
    })
    const transcript = await run({ 'max-parallel': '1', 'fail-fast': 'true', timeout: '1h' })
    expect(statuses(transcript)).toEqual(['success', 'failed', 'not-started'])
    const [first, second] = world.newDeployments().map(({ createdAt }) => createdAt)
    // 52 s, ten more, and three pauses.
    expect((second ?? 0) - (first ?? 0)).toBeGreaterThan(66_000)
  })

  it('is rolled back with `on-failure: rollback`, with all others', async () => {
    const { run, world, sites } = await shop({ web: { answers: [500] }, api: { answers: [200] } })
    const before = world.snapshot()
    const transcript = await run({ 'on-failure': 'rollback' })
    expect(world.snapshot()).toEqual(before)
    expect(
      rows(transcript).map(({ service, action, status }) => [service, action, status]),
    ).toEqual([
      ['web', 'deploy', 'failed'],
      ['api', 'deploy', 'rolled-back'],
      ['web', 'rollback', 'rolled-back'],
      ['api', 'rollback', 'rolled-back'],
    ])
    expect(transcript.codes).toEqual(['unhealthy'])
    const earlier = before['shop/production/web']?.commit?.slice(0, 7)
    expect(transcript.summary).toContain(`**shop/web**: ${earlier} is live now`)
    // The previous deployment is not tested with the health check of the new version.
    const last = world.newDeployments().at(-1)?.createdAt ?? 0
    expect(sites.requests.filter(({ at }) => at > last)).toEqual([])
  })

  it('fails a deployment that was adopted', async () => {
    const { run, world } = await shop({ web: { answers: [500], trigger: true } })
    world.push(repository, 'main', commit)
    const transcript = await run({})
    expect(results(transcript)).toEqual(['shop/web: adopt failed'])
    expect(transcript.codes).toEqual(['unhealthy'])
  })

  it('fails the `rollback` command', async () => {
    const { run } = await shop({ web: { answers: [500] } })
    await run({ 'health-check': '' })
    const transcript = await run({ command: 'rollback', projects: 'shop', services: 'web' })
    expect(transcript.codes).toEqual(['unhealthy'])
    expect(results(transcript)).toEqual(['shop/web: rollback failed'])
  })

  it('fails one of two: the run is partial', async () => {
    const { run } = await shop({ web: { answers: [500] }, api: { answers: [200] } })
    const transcript = await run({})
    expect(transcript.outputs.status).toBe('partial')
    expect(transcript.summary).toContain('it did not pass its health check: HTTP 500')
  })
})

describe('the health of a preview', () => {
  it('is checked at the address of the preview, not at that of its base', async () => {
    const { preview, clock } = await setPreviewStage({ fill: (world) => fillShop(world) })
    const sites = await startLocalSites({ clock })
    open.push(sites)
    sites.set('web-pr-7.up.railway.app', [503, 200])
    sites.set('web-production.up.railway.app', [500])
    const transcript = await preview(
      { action: 'opened', sha: commit },
      { 'health-check': '/', services: 'web\napi', projects: 'shop' },
      { sites },
    )
    expect([transcript.codes, transcript.outputs.status]).toEqual([[], 'success'])
    expect(new Set(sites.requests.map(({ host }) => host))).toEqual(
      new Set(['web-pr-7.up.railway.app']),
    )
    expect(transcript.warnings).toEqual([
      expect.stringContaining(
        'Service "api" of project "shop" in environment "pr-7": live at 4f2c1d9; its health was not checked',
      ),
    ])
  })
})
