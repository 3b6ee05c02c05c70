/** A container image by name: `[registry[:port]/]path[:tag][@digest]`. */
export interface ImageReference {
  /** The reference as it is written in the input. */
  readonly text: string
  /** The full name of the repository: `docker.io/library/redis` for `redis`. */
  readonly repository: string
  readonly tag: string | null
  readonly digest: string | null
}

const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?'
const registryForm = new RegExp(
  `^(?:${label}(?:\\.${label})*|\\[[0-9a-fA-F:]+\\])(?::(?<port>\\d{1,5}))?$`,
)
const pathForm = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/
const tagForm = /^\w[\w.-]{0,127}$/
const digestForm = /^(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})$/

/** The maximum length of a name, in characters. Every registry rejects longer ones. */
const maxNameLength = 255

/** Parses a reference by the rules of OCI's distribution specification. Returns `null` for any other text. */
export function parseImageReference(given: string): ImageReference | null {
  const text = given.trim()
  const { name, tag, digest } = split(text)
  if (tag !== null && !tagForm.test(tag)) return null
  if (digest !== null && !digestForm.test(digest)) return null
  const repository = toRepository(name)
  return repository === null ? null : { text, repository, tag, digest }
}

/**
 * Explains why a text is no reference, as the end of "Expected …". It does not quote the text, which may hold a
 * password.
 */
export function expectedImage(given: string): string {
  const example = 'such as `ghcr.io/acme/api:1.4.0` or `ghcr.io/acme/api@sha256:…`'
  const text = given.trim()
  const { name, digest } = split(text)
  if (/^[a-z][a-z\d+.-]*:\/\//i.test(text)) {
    return `an image reference without a scheme such as \`https://\`, ${example}`
  }
  if (hasCredentials(text)) {
    return `an image reference without user name and password, which go into \`registry-username\` and \`registry-password\`, ${example}`
  }
  if (digest !== null && !digestForm.test(digest)) {
    return `an image reference whose digest is \`sha256:\` and 64 lower-case hexadecimal digits, ${example}`
  }
  if (toRepository(name) === null && toRepository(name.toLowerCase()) !== null) {
    return 'an image reference in lower case: the name of an image has no capital letters (a tag may have them)'
  }
  return `an image reference ${example}`
}

/** Returns whether a text may hold credentials: it has an `@` that no digest follows, as in `user:password@host`. */
export function hasCredentials(given: string): boolean {
  const at = given.lastIndexOf('@')
  return at >= 0 && !/^sha\d+:/i.test(given.slice(at + 1).trim())
}

/** Splits a reference into its parts. Only a colon after the last slash starts a tag; others start a port. */
function split(text: string) {
  const [named = '', ...digests] = text.split('@')
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1)
  return {
    name: colon < 0 ? named : named.slice(0, colon),
    tag: colon < 0 ? null : named.slice(colon + 1),
    digest: digests.length === 0 ? null : digests.join('@'),
  }
}

function toRepository(name: string): string | null {
  const [first = '', ...rest] = name.split('/')
  const hasRegistry = rest.length > 0 && (/[.:[A-Z]/.test(first) || first === 'localhost')
  const registry = hasRegistry ? first : 'docker.io'
  const path = hasRegistry ? rest : [first, ...rest]
  const port = registryForm.exec(registry)?.groups?.port
  if (!registryForm.test(registry) || Number(port ?? 1) > 65_535) return null
  if (name.length > maxNameLength || !path.every((part) => pathForm.test(part))) return null
  // A bare name of 64 hexadecimal digits is the id of an image, which no registry resolves.
  if (!hasRegistry && path.length === 1 && /^[0-9a-f]{64}$/.test(first)) return null
  const host = registry.toLowerCase().replace(/^(?:index|registry-1)\.docker\.io$/, 'docker.io')
  const isOfficial = host === 'docker.io' && path.length === 1
  return [host, ...(isOfficial ? ['library'] : []), ...path].join('/')
}

/** The format of a full version, such as `1.5.0`, `v1.5.0`, `2026.11.26` or `1.5.0-rc.1`. */
const fullVersion = /^v?\d+\.\d+\.\d+(?:-(?:alpha|beta|rc|pre|dev)[.-]?\d+)?$/

/** The format of a commit: with a prefix such as `sha-`, or with digits that are neither a date nor a word. */
const commitTag =
  /^(?:(?:sha|git|commit)-[0-9a-f]{7,40}|[0-9a-f]{40}|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{7,39})$/

/** Returns whether a reference always names the same image: by a digest, a full version, or a commit. */
export const isFixed = ({ tag, digest }: ImageReference) =>
  digest !== null || (tag !== null && (fullVersion.test(tag) || commitTag.test(tag)))

/** Returns whether a text is a reference to the same repository, with any tag. */
export function isSameImage(reference: ImageReference, text: string): boolean {
  return parseImageReference(text)?.repository === reference.repository
}

/** Returns whether a text names the same repository, tag and digest. A digest makes the tag irrelevant. */
export function isSameReference(reference: ImageReference, text: string): boolean {
  const other = parseImageReference(text)
  if (other?.repository !== reference.repository) return false
  if (reference.digest !== null || other.digest !== null) return other.digest === reference.digest
  return (other.tag ?? 'latest') === (reference.tag ?? 'latest')
}
