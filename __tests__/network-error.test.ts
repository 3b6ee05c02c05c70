import { expect, it } from '@jest/globals'
import { describeNetworkError } from '../src/network-error.ts'

/** An error as `fetch` throws it, around an error with a code. */
const fetchFailed = (cause: unknown) => new TypeError('fetch failed', { cause })
const coded = (code: string, message = code) => Object.assign(new Error(message), { code })
/** The error of a proxy that refuses to connect, as `fetch` of Node 24 wraps it. */
const refused = (status: number) =>
  fetchFailed(
    new Error('Request was cancelled.', {
      cause: coded('UND_ERR_ABORTED', `Proxy response (${status}) !== 200 when HTTP Tunneling`),
    }),
  )

const mayPass = { sent: false, final: false, untrusted: false }
const never = { sent: false, final: true, untrusted: false }
const perhaps = { sent: true, final: false, untrusted: false }
const untrusted = { sent: false, final: true, untrusted: true }

it.each([
  ['a server that is down', fetchFailed(coded('ECONNREFUSED')), mayPass],
  ['a host that does not exist', fetchFailed(coded('ENOTFOUND')), mayPass],
  ['a server that is silent', fetchFailed(coded('UND_ERR_CONNECT_TIMEOUT')), mayPass],
  ['a server without TLS', fetchFailed(coded('ERR_SSL_WRONG_VERSION_NUMBER')), mayPass],
  ['a connection that ends', fetchFailed(coded('ECONNRESET')), perhaps],
  ['a socket that is closed', fetchFailed(coded('UND_ERR_SOCKET')), perhaps],
  ['anything else', new Error('boom'), perhaps],
  ['a value that is no error', 'boom', perhaps],
  ['an unknown authority', fetchFailed(coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE')), untrusted],
  ['a self-signed certificate', fetchFailed(coded('DEPTH_ZERO_SELF_SIGNED_CERT')), untrusted],
  ['another host', fetchFailed(coded('ERR_TLS_CERT_ALTNAME_INVALID')), untrusted],
  ['an expired certificate', fetchFailed(coded('CERT_HAS_EXPIRED')), untrusted],
])('%s is recognized by the code', (_, error, expected) => {
  expect(describeNetworkError(error)).toMatchObject(expected)
})

it.each([
  [407, never],
  [403, never],
  [405, never],
  [408, mayPass],
  [429, mayPass],
  [502, mayPass],
  [503, mayPass],
])('a proxy that responds with %d has forwarded nothing', (status, expected) => {
  expect(describeNetworkError(refused(status))).toEqual({
    detail: `HTTP ${status} from the proxy`,
    ...expected,
  })
})

it('contains neither the message nor the address of an error', () => {
  const error = fetchFailed(coded('ECONNREFUSED', 'connect ECONNREFUSED 10.0.0.1:3128'))
  expect(describeNetworkError(error).detail).toBe('a network error (ECONNREFUSED)')
})
