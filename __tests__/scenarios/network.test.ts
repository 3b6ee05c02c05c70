import { describe, expect, it } from '@jest/globals'
import type { ProxyEnvironment } from '../../src/proxy.ts'
import { fillShop, setPreviewStage } from './preview-stage.ts'

const production = { command: 'deploy', environment: 'production', projects: 'shop' }
const proxy = { HTTP_PROXY: 'http://deployer:hunter2-secret@proxy.example.com:3128' }
const outage = [{ times: Infinity, fault: 'status-502-html' as const }]

const setStage = (more: Partial<Parameters<typeof setPreviewStage>[0]> = {}) =>
  setPreviewStage({ fill: (world) => fillShop(world), ...more })

describe('a proxy that cannot be used', () => {
  it.each([
    ['check', 'socks5://proxy.example.com', 'begins with `http://`'],
    ['deploy', 'http://user:p#ss@proxy.example.com', 'special characters percent-encoded'],
    ['preview', 'proxy example com', 'Set `https_proxy` to `http://host:port`'],
    ['rollback', 'http://proxy:port', 'Set `https_proxy` to `http://host:port`'],
  ])('ends `%s` before anything is requested: %s', async (command, value, expected) => {
    const stage = await setStage()
    const inputs = command === 'check' ? { command } : { ...production, command }
    const { environment: _, ...preview } = { ...inputs, environment: '' }
    const run = await stage.preview({}, command === 'preview' ? preview : inputs, {
      env: { https_proxy: value },
    })
    expect([run.exitCode, run.outputs.status, run.codes]).toEqual([
      1,
      'failure',
      ['api-unavailable'],
    ])
    expect(run.errors[0]).toContain('The proxy in `https_proxy` cannot be used')
    expect(run.errors[0]).toContain(expected)
    expect([stage.railway.requests, stage.github.requests]).toEqual([[], []])
    expect(run.leaks(value)).toEqual([])
  })

  it('is any proxy for a Node version without support for proxies', async () => {
    const stage = await setStage()
    const run = await stage.preview({}, production, { env: proxy, setGlobalProxy: null })
    expect(run.errors).toEqual([expect.stringContaining('`NODE_USE_ENV_PROXY: 1`')])
    expect([stage.railway.requests, stage.github.requests]).toEqual([[], []])
  })

  it('does not fail the preview of a fork, which has no token to send', async () => {
    const stage = await setStage()
    const run = await stage.preview(
      { fork: true },
      { token: '' },
      { env: { HTTPS_PROXY: 'socks5://proxy.example.com' } },
    )
    expect([run.exitCode, run.outputs.status]).toEqual([0, 'skipped'])
  })
})

describe('a proxy', () => {
  it('is set in Node once, and reset when the run is over', async () => {
    const calls: (ProxyEnvironment | 'end')[] = []
    const stage = await setStage()
    const run = await stage.preview({}, production, {
      env: { ...proxy, NO_PROXY: '.example.org' },
      setGlobalProxy: (environment) => {
        calls.push(environment)
        return () => calls.push('end')
      },
    })
    expect(run.exitCode).toBe(0)
    expect(calls).toEqual([{ http_proxy: proxy.HTTP_PROXY, no_proxy: 'example.org' }, 'end'])
  })

  it('has a password that the runner masks', async () => {
    const stage = await setStage()
    const run = await stage.preview({}, production, { env: proxy })
    expect(run.masks).toContain('hunter2-secret')
  })

  it('is named if Railway does not respond', async () => {
    const stage = await setStage({ faults: outage })
    const run = await stage.preview({}, production, { env: proxy })
    expect(run.codes).toEqual(['api-unavailable'])
    expect(run.errors[0]).toContain('Requests go through the proxy in `HTTP_PROXY`.')
    expect(run.errors[0]).toContain("or add Railway's host to `NO_PROXY`")
    expect(run.json('errors')).toMatchObject([{ message: expect.stringContaining('`HTTP_PROXY`') }])
  })

  it('is named in the results of services', async () => {
    const stage = await setStage({
      faults: [{ operation: 'DeployService', times: Infinity, fault: 'reset-before-effect' }],
    })
    const run = await stage.preview({}, { ...production, timeout: '90s' }, { env: proxy })
    expect(run.codes).toContain('api-unavailable')
    const messages = run.errors.filter((error) => error.endsWith('[api-unavailable]'))
    expect(messages.filter((error) => !error.includes('the proxy in `HTTP_PROXY`'))).toEqual([])
  })

  it.each([
    ['none', {}],
    ['one only for https', { HTTPS_PROXY: proxy.HTTP_PROXY }],
    ['an exception', { ...proxy, NO_PROXY: '127.0.0.1' }],
  ])('is not named if there is %s', async (_, env) => {
    const stage = await setStage({ faults: outage })
    const run = await stage.preview({}, production, { env })
    expect(run.codes).toEqual(['api-unavailable'])
    expect(run.errors[0]).not.toContain('_PROXY')
  })

  it('is named if GitHub does not respond', async () => {
    const stage = await setStage()
    stage.github.inject({ times: Infinity, fault: 'reset-before-effect' })
    const run = await stage.preview({}, { ...production, comment: 'true' }, { env: proxy })
    expect(run.outputs.status).toBe('success')
    const messages = run.warnings.filter((warning) => warning.includes('GitHub gave no response'))
    expect(messages).toEqual([
      expect.stringMatching(/\((a network error.*) through the proxy that `HTTP_PROXY` names\)/),
    ])
  })
})
