/** A variable that names a proxy, spelled as it was found. */
type ProxyVariable = string

/** Why the proxy that a variable names cannot be used. */
export type ProxyProblem =
  /** The value is not the address of a proxy. */
  | { readonly kind: 'unreadable' }
  /** `protocol`: such as `socks5`. */
  | { readonly kind: 'unsupported-protocol'; readonly protocol: string }
  /** The runner's Node has no means of its own to use a proxy, or was not told to. */
  | { readonly kind: 'unsupported-node'; readonly version: string }

/** A proxy that cannot be used. */
export interface UnusableProxy {
  readonly variable: ProxyVariable
  readonly problem: ProxyProblem
}

/** The environment that Node's `http.setGlobalProxyFromEnv` reads. */
export type ProxyEnvironment = {
  readonly http_proxy?: string
  readonly https_proxy?: string
  readonly no_proxy?: string
}

/** The means of the runner's Node. */
export interface NodeProxySupport {
  /** Such as `24.10.0`. */
  readonly version: string
  /** Node's `http.setGlobalProxyFromEnv`, which it has since 24.14. */
  readonly setGlobalProxy: SetGlobalProxy | undefined
}

/** Sends all requests of the process through proxies from now on. Returns a function that ends that. */
export type SetGlobalProxy = (environment: ProxyEnvironment) => () => void

/** The proxies of a run. */
export interface Proxies {
  /** The first proxy that cannot be used: nothing is requested then. */
  readonly unusable: UnusableProxy | null
  /** Returns the variable that names the proxy of an address, or `null` if the address is requested directly. */
  variableFor(url: string): ProxyVariable | null
}

/** The proxies of an environment that names none. */
export const noProxies: Proxies = { unusable: null, variableFor: () => null }

type Environment = Readonly<Record<string, string | undefined>>

interface NamedProxy {
  readonly variable: ProxyVariable
  readonly value: string
}

/** Finds a variable in either case. Lower case takes precedence, as for curl and Node. */
function find(environment: Environment, name: string): NamedProxy | null {
  const upper = environment[name]?.trim()
  const lower = environment[name.toLowerCase()]?.trim()
  // Windows returns the same variable for both.
  if (lower && lower !== upper) return { variable: name.toLowerCase(), value: lower }
  return upper ? { variable: name, value: upper } : null
}

/**
 * Applies the proxies of an environment to the process. A Node 24 without the function uses proxies if
 * `NODE_USE_ENV_PROXY=1` was set when it started (nodejs.org/docs/latest-v24.x/api/cli.html#node_use_env_proxy1).
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

/** Adds the protocol that curl assumes where the value has none: `proxy.example.com:3128`. */
const withProtocol = (value: string) => (value.includes('://') ? value : `http://${value}`)

function check({ variable, value }: NamedProxy): UnusableProxy | null {
  const url = parse(value)
  const protocol = /^([a-z][a-z0-9+.-]*):\/\//i.exec(value)?.[1]?.toLowerCase() ?? 'http'
  if (protocol !== 'http' && protocol !== 'https') {
    return { variable, problem: { kind: 'unsupported-protocol', protocol } }
  }
  // A password with `#`, `?` or `/` in it moves the host there.
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

/** Returns the passwords in the addresses of proxies, in every form in which something might print them. */
export function proxySecrets(environment: Environment): string[] {
  const names = ['HTTPS_PROXY', 'HTTP_PROXY'].flatMap((name) => [name, name.toLowerCase()])
  return names.flatMap((name) => secretsIn(environment[name]?.trim() ?? ''))
}

function secretsIn(value: string): string[] {
  // The last `@`: one that is not percent-encoded may be part of the password.
  const credentials = /^(?:[a-z][a-z0-9+.-]*:\/\/)?(.+)@/i.exec(value)?.[1]
  if (credentials === undefined) return []
  const separator = credentials.indexOf(':')
  const written = separator === -1 ? credentials : credentials.slice(separator + 1)
  const decoded = decode(credentials) ?? credentials
  const password = decode(written) ?? written
  const encoded = parse(value)?.password ?? ''
  const basic = Buffer.from(decoded).toString('base64')
  const forms = [credentials, decoded, written, password, encoded, basic]
  // A shorter one would be masked in the middle of words.
  return [...new Set(forms)].filter((form) => form.length >= 6)
}

/** A host that is requested directly, with everything below it. `port: null` stands for every port. */
interface Exception {
  readonly host: string
  readonly port: number | null
}

/** Reads `NO_PROXY`: hosts and suffixes, each with an optional port, or `*`. */
function parseNoProxy(text: string): readonly Exception[] | 'all' {
  const entries = text.split(/[,\s]+/).filter((entry) => entry !== '')
  return entries.includes('*') ? 'all' : entries.map(parseException)
}

function parseException(entry: string): Exception {
  // Colons belong to the address of an IPv6 host unless it stands in brackets.
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
  // Without a proxy of their own, Node sends requests to https addresses through that of http.
  return ((isSecure ? https : null) ?? http)?.variable ?? null
}
