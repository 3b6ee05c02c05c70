/** The description of a network error, which is an error of `fetch` for a request without a response. */
export interface NetworkError {
  /** A noun phrase that completes "ended with …". It contains no addresses and no headers. */
  readonly detail: string
  /** `false` if the request certainly did not reach the server. */
  readonly sent: boolean
  /** Whether a retry would have the same result. */
  readonly final: boolean
  /** Whether this machine does not trust the certificate of the server. */
  readonly untrusted: boolean
}

/** The codes of errors before the request reaches the server. */
const neverSent =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|UND_ERR_PRX_TLS|WRONG_VERSION_NUMBER/

/** The codes of OpenSSL's errors about a certificate. */
const certificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/

/** The message of the error of Node's `fetch` if a proxy rejects a connection. This error has no code. */
const refusedTunnel = /^Proxy response \((\d{3})\)/

/** Describes an error of `fetch` by the first known code or status in its chain of causes. */
export function describeNetworkError(error: unknown): NetworkError {
  for (const cause of causesOf(error)) {
    const status = refusedTunnel.exec(cause.message)?.[1]
    if (status !== undefined) {
      const detail = `HTTP ${status} from the proxy`
      return { detail, sent: false, final: /^4(?!08|29)/.test(status), untrusted: false }
    }
    if ('code' in cause && typeof cause.code === 'string') {
      const { code } = cause
      const untrusted = certificate.test(code)
      const sent = !untrusted && !neverSent.test(code)
      return { detail: `a network error (${code})`, sent, final: untrusted, untrusted }
    }
  }
  return { detail: 'a network error', sent: true, final: false, untrusted: false }
}

/** Returns an error and the chain of its causes, at most 5. The error itself comes first. */
export function causesOf(error: unknown): Error[] {
  const found: Error[] = []
  for (let cause = error; cause instanceof Error && found.length < 5; cause = cause.cause) {
    found.push(cause)
  }
  return found
}
