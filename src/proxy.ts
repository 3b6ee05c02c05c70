/** The name of an environment variable for a proxy, such as `HTTPS_PROXY` or `https_proxy`. */
type ProxyVariable = string

/** The reason why a proxy cannot be used. */
export type ProxyProblem =
  /** The value is not the URL of a proxy. */
  | { readonly kind: 'unreadable' }
  /** The protocol is not http or https, but for example `socks5`. */
  | { readonly kind: 'unsupported-protocol'; readonly protocol: string }
  /** This version of Node does not support proxies, or only if `NODE_USE_ENV_PROXY` is set. */
  | { readonly kind: 'unsupported-node'; readonly version: string }

/** A proxy that cannot be used. */
export interface UnusableProxy {
  readonly variable: ProxyVariable
  readonly problem: ProxyProblem
}

/** The parameter of Node's `http.setGlobalProxyFromEnv`. */
export type ProxyEnvironment = {
  readonly http_proxy?: string
  readonly https_proxy?: string
  readonly no_proxy?: string
}

/** The support for proxies in the version of Node that runs the action. */
export interface NodeProxySupport {
  /** The version of Node, such as `24.10.0`. */
  readonly version: string
  /** The function `http.setGlobalProxyFromEnv`; `undefined` before Node 24.14. */
  readonly setGlobalProxy: SetGlobalProxy | undefined
}

/** A function that sends all requests of the process through proxies. The function that it returns undoes this. */
export type SetGlobalProxy = (environment: ProxyEnvironment) => () => void

/** The proxies of a run. */
export interface Proxies {
  /** The first proxy that cannot be used. The run sends no requests if there is one. */
  readonly unusable: UnusableProxy | null
  /** Returns the variable with the proxy for a URL, or `null` if requests to the URL use no proxy. */
  variableFor(url: string): ProxyVariable | null
}

/** The proxies of a run without proxies. */
export const noProxies: Proxies = { unusable: null, variableFor: () => null }

type Environment = Readonly<Record<string, string | undefined>>

/** An environment variable and its value. */
interface NamedProxy {
  readonly variable: ProxyVariable
  readonly value: string
}

/**
 * Returns the environment variable with a name in lower or upper case, or `null` if neither has a value. Lower case
 * takes precedence, as in curl and Node.
 */
function find(environment: Environment, name: string): NamedProxy | null {
  const upper = environment[name]?.trim()
  const lower = environment[name.toLowerCase()]?.trim()
  // On Windows, the names of variables ignore case. Both have the same value there.
  if (lower && lower !== upper) return { variable: name.toLowerCase(), value: lower }
  return upper ? { variable: name, value: upper } : null
}

/**
 * Applies the proxies of the environment to the process. `end` undoes this. A Node 24 before 24.14 uses proxies if it
 * was started with `NODE_USE_ENV_PROXY=1` (nodejs.org/docs/latest-v24.x/api/cli.html#node_use_env_proxy1).
 */
export function applyProxies(
  environment: Environment,
  node: NodeProxySupport,
): { proxies: Proxies; end: () => void } {
  const https = find(environment, 'HTTPS_PROXY')
  const http = find(environment, 'HTTP_PROXY')
  const exceptions = parseNoProxy(find(environment, 'NO_PROXY')?.value ?? '')
  const first = https ?? http
  if (!first || exceptions === 'all') return { proxies: noProxies, end: () => {} }
  const unusable = (https && check(https)) ?? (http && check(http))
  if (unusable) return { proxies: { ...noProxies, unusable }, end: () => {} }
  const proxies: Proxies = {
    unusable: null,
    variableFor: (url) => variableFor(url, { https, http, exceptions }),
  }
  const { version, setGlobalProxy } = node
  if (setGlobalProxy) {
    const end = setGlobalProxy({
      ...(https && { https_proxy: withProtocol(https.value) }),
      ...(http && { http_proxy: withProtocol(http.value) }),
      no_proxy: exceptions.map(formatException).join(','),
    })
    return { proxies, end }
  }
  const usesThemAnyway =
    environment.NODE_USE_ENV_PROXY === '1' && Number.parseInt(version, 10) >= 24
  if (usesThemAnyway) return { proxies, end: () => {} }
  const problem: ProxyProblem = { kind: 'unsupported-node', version }
  return {
    proxies: { ...noProxies, unusable: { variable: first.variable, problem } },
    end: () => {},
  }
}

/** Adds `http://` to a value without a protocol, such as `proxy.example.com:3128`, as curl does. */
const withProtocol = (value: string) => (value.includes('://') ? value : `http://${value}`)

/** Returns a proxy with its problem, or `null` if the value is the URL of a proxy that can be used. */
function check({ variable, value }: NamedProxy): UnusableProxy | null {
  const url = parse(value)
  const protocol = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1]?.toLowerCase() ?? 'http'
  if (protocol !== 'http' && protocol !== 'https') {
    return { variable, problem: { kind: 'unsupported-protocol', protocol } }
  }
  // If the password contains `#`, `?` or `/`, the URL parser takes the host for a part of the hash, query or path.
  const isWhole =
    url !== null && url.search === '' && url.hash === '' && !url.pathname.includes('@')
  const isReadable = isWhole && isEncoded(url.username) && isEncoded(url.password)
  return isReadable ? null : { variable, problem: { kind: 'unreadable' } }
}

function parse(value: string): URL | null {
  try {
    return /\s/.test(value) ? null : new URL(withProtocol(value))
  } catch {
    return null
  }
}

/** Returns whether the percent-encoding of a text is valid. */
function isEncoded(text: string): boolean {
  return decode(text) !== null
}

/** Decodes percent-encoded text. Returns `null` if the encoding is not valid. */
function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** Returns the credentials and passwords of all proxies, in plain and encoded forms, for masking. */
export function proxySecrets(environment: Environment): string[] {
  const names = ['HTTPS_PROXY', 'HTTP_PROXY'].flatMap((name) => [name, name.toLowerCase()])
  return names.flatMap((name) => secretsIn(environment[name]?.trim() ?? ''))
}

function secretsIn(value: string): string[] {
  // The credentials end at the last `@`, because a password may contain `@` without percent-encoding.
  const credentials = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(.+)@/i.exec(value)?.[1]
  if (credentials === undefined) return []
  const separator = credentials.indexOf(':')
  const written = separator === -1 ? credentials : credentials.slice(separator + 1)
  const decoded = decode(credentials) ?? credentials
  const password = decode(written) ?? written
  const encoded = parse(value)?.password ?? ''
  const basic = Buffer.from(decoded).toString('base64')
  const forms = [credentials, decoded, written, password, encoded, basic]
  // Shorter texts occur in usual words, which the mask would replace.
  return [...new Set(forms)].filter((form) => form.length >= 6)
}

/** A host in `NO_PROXY`. Requests to it and to its subdomains use no proxy. `port: null` means all ports. */
interface Exception {
  readonly host: string
  readonly port: number | null
}

/** Parses `NO_PROXY`: a list of hosts and domains, each with an optional port. Returns `all` if it contains `*`. */
function parseNoProxy(text: string): readonly Exception[] | 'all' {
  const entries = text.split(/[,\s]+/).filter((entry) => entry !== '')
  return entries.includes('*') ? 'all' : entries.map(parseException)
}

function parseException(entry: string): Exception {
  // A text with several colons and without brackets is an IPv6 address.
  const isBareAddress = /^[^[\]]*:[^[\]]*:/.test(entry)
  const [, host = entry, port] = (!isBareAddress && /^(.+):(\d{1,5})$/.exec(entry)) || []
  const name = host
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
    .toLowerCase()
  return { host: isBareAddress ? `[${name}]` : name, port: port ? Number(port) : null }
}

const formatException = ({ host, port }: Exception) => (port === null ? host : `${host}:${port}`)

/** Returns the variable with the proxy for a URL, or `null` if requests to the URL use no proxy. */
function variableFor(
  address: string,
  {
    https,
    http,
    exceptions,
  }: { https: NamedProxy | null; http: NamedProxy | null; exceptions: readonly Exception[] },
): ProxyVariable | null {
  const { protocol, hostname, port: ownPort } = new URL(address)
  const isSecure = protocol === 'https:'
  const port = ownPort === '' ? (isSecure ? 443 : 80) : Number(ownPort)
  const isException = exceptions.some(
    (exception) =>
      (exception.port === null || exception.port === port) &&
      (hostname === exception.host || hostname.endsWith(`.${exception.host}`)),
  )
  if (isException) return null
  // Node uses the http proxy also for https URLs if there is no https proxy.
  return ((isSecure ? https : null) ?? http)?.variable ?? null
}
