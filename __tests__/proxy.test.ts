import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { z } from 'zod'
import { type ConnectProxy, startConnectProxy } from '../local/connect-proxy.ts'
import { findNode } from '../local/node24.ts'
import { applyProxies, type ProxyEnvironment, proxySecrets } from '../src/proxy.ts'

/** Applies the proxies of an environment, and returns the settings of Node beside those of the run. */
function apply(environment: Record<string, string>) {
  const applied: ProxyEnvironment[] = []
  let ended = 0
  const setGlobalProxy = (given: ProxyEnvironment) => {
    applied.push(given)
    return () => {
      ended += 1
    }
  }
  const { proxies, end } = applyProxies(environment, { version: '24.14.0', setGlobalProxy })
  end()
  return { applied, proxies, ended }
}

const railway = 'https://backboard.railway.com/graphql/v2'

describe('the proxy of an address', () => {
  it.each([
    [{}, railway, null],
    [{ HTTPS_PROXY: '' }, railway, null],
    [{ HTTPS_PROXY: 'http://proxy:3128' }, railway, 'HTTPS_PROXY'],
    [{ https_proxy: 'http://proxy:3128' }, railway, 'https_proxy'],
    [{ HTTPS_PROXY: 'http://a', https_proxy: 'http://b' }, railway, 'https_proxy'],
    [{ HTTPS_PROXY: 'http://a', https_proxy: 'http://a' }, railway, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: 'http://a', https_proxy: ' ' }, railway, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: 'http://a', HTTP_PROXY: 'http://b' }, railway, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: 'http://a', HTTP_PROXY: 'http://b' }, 'http://127.0.0.1:8081', 'HTTP_PROXY'],
    [{ HTTP_PROXY: 'http://b' }, railway, 'HTTP_PROXY'],
    [{ HTTPS_PROXY: 'http://a' }, 'http://127.0.0.1:1/graphql/v2', null],
    [{ HTTPS_PROXY: 'proxy.example.com:3128' }, railway, 'HTTPS_PROXY'],
    [{ HTTPS_PROXY: '10.0.0.1:3128' }, railway, 'HTTPS_PROXY'],
    [{ ALL_PROXY: 'http://proxy:3128' }, railway, null],
  ])('of %j for %s is that of %s', (environment, url, variable) => {
    const { proxies } = apply(environment)
    expect([proxies.unusable, proxies.variableFor(url)]).toEqual([null, variable])
  })

  it('is set in Node with a protocol, and reset at the end', () => {
    const { applied, ended } = apply({
      HTTPS_PROXY: ' proxy.example.com:3128 ',
      http_proxy: 'https://other.example.com',
      NO_PROXY: ' *.Example.com, ::1 [::2]:8080,host:81 localhost. ',
    })
    expect([applied, ended]).toEqual([
      [
        {
          https_proxy: 'http://proxy.example.com:3128',
          http_proxy: 'https://other.example.com',
          no_proxy: 'example.com,[::1],[::2]:8080,host:81,localhost',
        },
      ],
      1,
    ])
  })
})

const older = { version: '24.13.1', setGlobalProxy: undefined }

describe('a proxy that cannot be used', () => {
  it.each([
    ['socks5://proxy:1080', { kind: 'unsupported-protocol', protocol: 'socks5' }],
    ['SOCKS5H://user:password@proxy', { kind: 'unsupported-protocol', protocol: 'socks5h' }],
    ['ftp://proxy', { kind: 'unsupported-protocol', protocol: 'ftp' }],
    ['pac+https://proxy/wpad.dat', { kind: 'unsupported-protocol', protocol: 'pac+https' }],
    ['http://', { kind: 'unreadable' }],
    ['http://proxy:port', { kind: 'unreadable' }],
    ['http://proxy:99999', { kind: 'unreadable' }],
    ['http://one two:3128', { kind: 'unreadable' }],
    ['http://user:p/ss@proxy:3128', { kind: 'unreadable' }],
    ['http://user:12#34@proxy:3128', { kind: 'unreadable' }],
    ['http://user:12?34@proxy:3128', { kind: 'unreadable' }],
    ['http://user:100%@proxy:3128', { kind: 'unreadable' }],
  ])('%s is reported before Node gets it', (value, problem) => {
    for (const variable of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) {
      const { applied, proxies } = apply({ [variable]: value })
      expect([applied, proxies.unusable]).toEqual([[], { variable, problem }])
    }
  })

  it.each([
    [{ HTTPS_PROXY: 'http://proxy' }, 'HTTPS_PROXY'],
    [{ http_proxy: 'http://proxy', NO_PROXY: 'example.com' }, 'http_proxy'],
    [{ HTTPS_PROXY: 'http://proxy', NODE_USE_ENV_PROXY: '0' }, 'HTTPS_PROXY'],
  ])('is any proxy for a Node version without support: %j', (environment, variable) => {
    expect(applyProxies(environment, older).proxies.unusable).toEqual({
      variable,
      problem: { kind: 'unsupported-node', version: '24.13.1' },
    })
  })

  it.each([
    [{}],
    [{ NO_PROXY: 'example.com' }],
    [{ HTTPS_PROXY: 'http://proxy', NO_PROXY: '*' }],
    [{ HTTPS_PROXY: 'http://proxy', NODE_USE_ENV_PROXY: '1' }],
  ])('is none in %j, for any Node version', (environment) => {
    expect(applyProxies(environment, older).proxies.unusable).toBeNull()
  })

  it('is any proxy for a Node version that does not support `NODE_USE_ENV_PROXY`', () => {
    const environment = { HTTPS_PROXY: 'http://proxy', NODE_USE_ENV_PROXY: '1' }
    const { proxies } = applyProxies(environment, { version: '20.19.5', setGlobalProxy: undefined })
    expect(proxies.unusable?.problem.kind).toBe('unsupported-node')
  })
})

describe('the secrets of a proxy', () => {
  it.each([
    ['http://proxy.example.com:3128', []],
    ['http://user:abc@proxy', ['user:abc', 'dXNlcjphYmM=']],
    [
      'http://user:p%40ssword@proxy',
      ['user:p%40ssword', 'user:p@ssword', 'p%40ssword', 'p@ssword', 'dXNlcjpwQHNzd29yZA=='],
    ],
    ['user:password@proxy:3128', ['user:password', 'password', 'dXNlcjpwYXNzd29yZA==']],
    ['http://s3cr3t-token@proxy', ['s3cr3t-token', 'czNjcjN0LXRva2Vu']],
    ['socks5://user:12#34/56@proxy', ['user:12#34/56', '12#34/56', 'dXNlcjoxMiMzNC81Ng==']],
    ['http://user:100%25%@proxy', ['user:100%25%', '100%25%', 'dXNlcjoxMDAlMjUl']],
  ])('%s has all these forms of its password', (value, secrets) => {
    for (const variable of ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy']) {
      expect(proxySecrets({ [variable]: value })).toEqual(secrets)
    }
  })
})

/**
 * Requests each address through the proxy with each `NO_PROXY`, on Node 24, and prints whether the proxy got the
 * request.
 */
const script = `
const dns = require('node:dns')
dns.lookup = (host, options, done) => process.nextTick(done, Object.assign(new Error('none'), { code: 'ENOTFOUND' }))
const http = require('node:http')
async function main() {
  const results = []
  for (const { environment, url } of JSON.parse(process.argv[1])) {
    const end = http.setGlobalProxyFromEnv(environment)
    const error = await fetch(url, { signal: AbortSignal.timeout(5000) }).then(() => null, (error) => error)
    let refused = false
    for (let cause = error; cause instanceof Error; cause = cause.cause) {
      refused ||= cause.message.startsWith('Proxy response')
    }
    results.push(refused)
    end()
  }
  console.log(JSON.stringify(results))
}
main()
`

async function requestAll(requests: { url: string; environment: ProxyEnvironment }[]) {
  const words = ['-e', script, JSON.stringify(requests)]
  const { stdout } = await promisify(execFile)(findNode(), words, { env: {} })
  return z.array(z.boolean()).parse(JSON.parse(stdout))
}

describe('an exception of `NO_PROXY`', () => {
  const cases: [noProxy: string, url: string, isProxied: boolean][] = [
    ['', 'https://api.example.test', true],
    ['example.test', 'https://example.test', false],
    ['example.test', 'https://api.example.test', false],
    ['example.test', 'https://notexample.test', true],
    ['.example.test', 'https://api.example.test', false],
    ['.example.test', 'https://example.test', false],
    ['*.example.test', 'https://api.example.test', false],
    ['API.Example.test', 'https://api.example.test', false],
    ['example.test.', 'https://example.test', false],
    ['one.test, example.test', 'https://example.test', false],
    ['one.test example.test', 'https://example.test', false],
    ['one.test,,\nexample.test', 'https://example.test', false],
    ['example.test:443', 'https://example.test', false],
    ['example.test:8443', 'https://example.test', true],
    ['example.test:8443', 'https://example.test:8443', false],
    ['example.test:80', 'http://example.test', false],
    ['.example.test:8443', 'https://api.example.test:8443', false],
    ['127.0.0.1', 'http://127.0.0.1:8081', false],
    ['127.0.0.1:8082', 'http://127.0.0.1:8081', true],
    ['::1', 'http://[::1]:8081', false],
    ['[::1]', 'http://[::1]:8081', false],
    ['[::1]:8081', 'http://[::1]:8081', false],
    ['[::1]:8082', 'http://[::1]:8081', true],
    ['localhost', 'http://127.0.0.1:8081', true],
    ['*', 'https://example.test', false],
    ['one.test,*', 'https://example.test', false],
  ]
  let proxy: ConnectProxy
  let seen: boolean[]

  beforeAll(async () => {
    proxy = await startConnectProxy({ targets: {} })
    const applied = cases.map(([noProxy, url]) => {
      const settings = { HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, NO_PROXY: noProxy }
      return { url, environment: apply(settings).applied[0] ?? {} }
    })
    seen = await requestAll(applied)
  })
  afterAll(() => proxy.close())

  it.each(cases.map((one, index) => [...one, index] as const))(
    '"%s" applies to %s as in Node',
    (noProxy, url, isProxied, index) => {
      const settings = { HTTPS_PROXY: 'http://proxy', HTTP_PROXY: 'http://proxy' }
      const { proxies } = apply({ ...settings, NO_PROXY: noProxy })
      expect([proxies.variableFor(url) !== null, seen[index]]).toEqual([isProxied, isProxied])
    },
  )
})
