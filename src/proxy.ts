/** The name of an environment variable for a proxy, in the case in which it is set. */
type ProxyVariable = string

/** The reason why a proxy cannot be used. */
export type ProxyProblem =
  /** The value is not the URL of a proxy. */
  | { readonly kind: 'unreadable' }
  /** The protocol is not http or https, but for example `socks5`. */
  | { readonly kind: 'unsupported-protocol'; readonly protocol: string }
  /** The runner's Node does not support proxies, or only with `NODE_USE_ENV_PROXY`, which is not set. */
  | { readonly kind: 'unsupported-node'; readonly version: string }

/** A proxy that cannot be used. */
export interface UnusableProxy {
  readonly variable: ProxyVariable
  readonly problem: ProxyProblem
}

/** The variables of Node's `http.setGlobalProxyFromEnv`. */
export type ProxyEnvironment = {
  readonly http_proxy?: string
  readonly https_proxy?: string
  readonly no_proxy?: string
}

/** The support of the runner's Node for proxies. */
export interface NodeProxySupport {
  /** The version of Node, such as `24.10.0`. */
  readonly version: string
  /** The function `http.setGlobalProxyFromEnv`, which Node has since 24.14. */
  readonly setGlobalProxy: SetGlobalProxy | undefined
}

/** A function that sends all requests of the process through proxies. It returns a function that ends this. */
export type SetGlobalProxy = (environment: ProxyEnvironment) => () => void

/** The proxies of a run. */
export interface Proxies {
  /** The first proxy that cannot be used. If there is one, the run requests nothing. */
  readonly unusable: UnusableProxy | null
  /** Returns the variable that names the proxy for a URL; `null` if the URL is requested directly. */
  variableFor(url: string): ProxyVariable | null
}

/** The proxies of an environment that names none. */
export const noProxies: Proxies = { unusable: null, variableFor: () => null }

type Environment = Readonly<Record<string, string | undefined>>

interface NamedProxy {
  readonly variable: ProxyVariable
  readonly value: string
}

/** Finds a variable in upper or lower case. Lower case takes precedence, as in curl and Node. */
function find(environment: Environment, name: string): NamedProxy | null {
  const upper = environment[name]?.trim()
  const lower = environment[name.toLowerCase()]?.trim()
  // Names of variables ignore case on Windows, so both have the same value there.
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

/** Adds `http://` to a value without a protocol, such as `proxy.example.com:3128`. Curl does the same. */
const withProtocol = (value: string) => (value.includes('://') ? value : `http://${value}`)

function check({ variable, value }: NamedProxy): UnusableProxy | null {
  const url = parse(value)
  const protocol = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1]?.toLowerCase() ?? 'http'
  if (protocol !== 'http' && protocol !== 'https') {
    return { variable, problem: { kind: 'unsupported-protocol', protocol } }
  }
  // With a `#`, `?` or `/` in the password, the host is parsed as a part of query, hash or path.
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

function isEncoded(text: string): boolean {
  return decode(text) !== null
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

/** Returns the passwords in the URLs of proxies, in every form in which they may be printed. */
export function proxySecrets(environment: Environment): string[] {
  const names = ['HTTPS_PROXY', 'HTTP_PROXY'].flatMap((name) => [name, name.toLowerCase()])
  return names.flatMap((name) => secretsIn(environment[name]?.trim() ?? ''))
}

function secretsIn(value: string): string[] {
  // The last `@` ends the credentials, because a password may hold one without percent-encoding.
  const credentials = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(.+)@/i.exec(value)?.[1]
  if (credentials === undefined) return []
  const separator = credentials.indexOf(':')
  const written = separator === -1 ? credentials : credentials.slice(separator + 1)
  const decoded = decode(credentials) ?? credentials
  const password = decode(written) ?? written
  const encoded = parse(value)?.password ?? ''
  const basic = Buffer.from(decoded).toString('base64')
  const forms = [credentials, decoded, written, password, encoded, basic]
  // A mask for a shorter text would also match within words.
  return [...new Set(forms)].filter((form) => form.length >= 6)
}

/** A host that is requested directly, with its subdomains. `port: null` stands for every port. */
interface Exception {
  readonly host: string
  readonly port: number | null
}

/** Parses `NO_PROXY`: hosts and suffixes, each with an optional port, or `*`. */
function parseNoProxy(text: string): readonly Exception[] | 'all' {
  const entries = text.split(/[,\s]+/).filter((entry) => entry !== '')
  return entries.includes('*') ? 'all' : entries.map(parseException)
}

function parseException(entry: string): Exception {
  // Without brackets, several colons are a part of an IPv6 address.
  const isBareAddress = /^[^[\]]*:[^[\]]*:/.test(entry)
  const [, host = entry, port] = (!isBareAddress && /^(.+):(\d{1,5})$/.exec(entry)) || []
  const name = host
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
    .toLowerCase()
  return { host: isBareAddress ? `[${name}]` : name, port: port ? Number(port) : null }
}

const formatException = ({ host, port }: Exception) => (port === null ? host : `${host}:${port}`)

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
  // Node sends requests to https URLs through the http proxy if there is no https proxy.
  return ((isSecure ? https : null) ?? http)?.variable ?? null
}
