/** How a request ended that got no answer. */
export interface NetworkError {
  /** Completes "ended with …". It has no addresses and no headers in it. */
  readonly detail: string
  /** `false` if the request certainly never reached the server. */
  readonly sent: boolean
  /** It would end the same way the next time. */
  readonly final: boolean
  /** The certificate of the server is not trusted on this machine. */
  readonly untrusted: boolean
}

/** Codes of errors after which a request has certainly not reached the server. */
const neverSent =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|UND_ERR_CONNECT_TIMEOUT|UND_ERR_PRX_TLS|WRONG_VERSION_NUMBER/

/** Codes of errors of OpenSSL about a certificate. */
const certificate = /CERT|SELF_SIGNED|UNABLE_TO_VERIFY/

/** The message of undici, which is Node's `fetch`, for a proxy that refuses to connect: it has no code of its own. */
const refusedTunnel = /^Proxy response \((\d{3})\)/

/** Describes an error that `fetch` threw, by the codes and statuses in its causes. */
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

/** Returns an error and what caused it, the outermost first. */
export function causesOf(error: unknown): Error[] {
  const found: Error[] = []
  for (let cause = error; cause instanceof Error && found.length < 5; cause = cause.cause) {
    found.push(cause)
  }
  return found
}
