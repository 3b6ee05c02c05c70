/** The replacement of a secret. */
const replacement = '***'

/** The minimum length of a secret. Shorter values are too common in text to be replaced. */
const minLength = 6

/** The length of the pieces of a longer secret. They are searched separately, so that a part of it is found as well. */
const pieceLength = 64

/** The maximum length of a secret whose encoded forms are also searched. It bounds the memory for them. */
const maxEncodedLength = 100_000

/**
 * A redactor, which replaces the secrets of a run in text. There are two kinds of text:
 *
 * - Text from outside, such as API messages and build logs, is redacted with {@link redact}. It replaces all secrets.
 * - Text of this action is redacted with {@link redactOwn}. It replaces only secrets that are no part of a usual word.
 *   A variable with the value `railway` must not change every link.
 *
 * A secret is also found escaped for JSON or HTML, URL-encoded, in base64 and as hexadecimal digits.
 */
export class Redactor {
  readonly #credentials = new Set<string>()
  readonly #values = new Set<string>()
  readonly #names = new Set<string>()
  #all: Matcher | null = null
  #distinctive: Matcher | null = null

  /** Adds a token or a password. It is replaced in both kinds of text. */
  addCredential(secret: string): void {
    for (const part of [secret, ...linesOf(secret)]) this.#add(this.#credentials, part)
  }

  /** Adds values of variables. Numbers, booleans, references and names that the run shows are not replaced. */
  addValues(values: Iterable<string>): void {
    for (const value of values) {
      for (const part of partsOf(value)) if (!isCommonValue(part)) this.#add(this.#values, part)
      for (const password of passwordsOf(value)) this.#add(this.#credentials, password)
    }
  }

  /** Adds names that the run shows. A value that equals one of them is not replaced. */
  addNames(names: Iterable<string | null | undefined>): void {
    for (const name of names) if (name) this.#add(this.#names, name.toLowerCase(), 1)
  }

  /** Replaces every known secret, and passwords in URLs, in text from outside. */
  readonly redact = (text: string): string => {
    this.#all ??= new Matcher([...this.#credentials, ...this.#shownValues()])
    return redactUrlPasswords(this.#all.replace(text))
  }

  /** Replaces the tokens, the passwords and the distinctive values in text of this action. */
  readonly redactOwn = (text: string): string => {
    this.#distinctive ??= new Matcher([
      ...this.#credentials,
      ...this.#shownValues().filter(isDistinctive),
    ])
    return redactUrlPasswords(this.#distinctive.replace(text))
  }

  /** Returns plain data with {@link redactOwn} applied to every string. Equal references stay equal. */
  redactData<Value>(value: Value): Value {
    return mapStrings(value, this.redactOwn)
  }

  /**
   * Returns the lines of values that the runner masks in the output of later steps. A mask applies to the whole job,
   * and GitHub drops job outputs that contain a masked text. Only distinctive values are masked for that reason.
   */
  masks(): string[] {
    return this.#shownValues().filter((value) => isDistinctive(value) && !/[\r\n]/.test(value))
  }

  #shownValues(): string[] {
    return [...this.#values].filter((value) => !this.#names.has(value.toLowerCase()))
  }

  #add(set: Set<string>, text: string, min = minLength): void {
    if (text.length < min || set.has(text)) return
    set.add(text)
    this.#all = null
    this.#distinctive = null
  }
}

/** Returns whether a value is long and looks random, so that it is no part of a word, a name or a URL. */
export function isDistinctive(value: string): boolean {
  if (value.length < 8 || isCommonValue(value)) return false
  // Dates, times, addresses of machines, and numbers with separators.
  if (/^[\d\s.,:/_+-]+$/.test(value)) return false
  if (/^\p{L}+$/u.test(value)) return value.length >= 20
  if (/^[\p{L}_\s.,-]+$/u.test(value)) return false
  if (/^-----(BEGIN|END) [A-Z ]+-----$/.test(value)) return false
  if (/^https?:\/\/[^\s@]*$/i.test(value)) return false
  if (/^[\w-]+(\.[\w-]+)*\.[a-z]{2,}(:\d+)?(\/\S*)?$/i.test(value)) return false
  if (/^v?\d+(\.\d+)+[\w.+-]*$/.test(value)) return false
  return true
}

/** The format of names of regions, those of Railway and of clouds. */
const region =
  /^(af|ap|ca|cn|eu|il|me|mx|sa|us|africa|asia|australia|europe|northamerica|southamerica)-(gov-)?(north|south|east|west|central|northeast|southeast|northwest|southwest)-?\d[a-z]?(-[a-z0-9]{1,8})?$/

/**
 * Returns whether a value is no secret by its format: a number, a boolean, a reference, the name of a region, or one
 * character that repeats.
 */
const isCommonValue = (value: string): boolean =>
  value.length < minLength ||
  /^(.)\1*$/su.test(value) ||
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value) ||
  /^(true|false|enabled|disabled)$/i.test(value) ||
  /^\$\{\{[^}]*\}\}$/.test(value) ||
  region.test(value)

const linesOf = (value: string): string[] =>
  value
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter((line) => line.length > 0 && !/^-----(BEGIN|END) [A-Z ]+-----$/.test(line))

/** Returns the value, its lines, and its strings if it is JSON. */
function partsOf(value: string): string[] {
  const trimmed = value.trim()
  return [...new Set([value, trimmed, ...linesOf(value), ...jsonTexts(trimmed)])]
}

function jsonTexts(text: string): string[] {
  if (!/^[[{]/.test(text) || text.length > maxEncodedLength) return []
  try {
    const found: string[] = []
    mapStrings(JSON.parse(text), (leaf) => {
      found.push(leaf, ...linesOf(leaf))
      return leaf
    })
    return found
  } catch {
    return []
  }
}

/** The syntax of a password in a URL. Both quantifiers are bounded, so that a long line takes linear time. */
const urlPassword = /:\/\/([^\s:@/'"`]{0,200}):([^\s@/'"`]{1,500})@/g

const redactUrlPasswords = (text: string): string =>
  text.includes('@') ? text.replace(urlPassword, `://$1:${replacement}@`) : text

function passwordsOf(value: string): string[] {
  return [...value.matchAll(urlPassword)].flatMap(([, , password = '']) => {
    if (/^\$\{\{/.test(password)) return []
    return [...new Set([password, decoded(password)])]
  })
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Returns the forms of a secret in text: plain, escaped for JSON and HTML, percent-encoded, in base64 and as hex. */
function formsOf(secret: string): string[] {
  if (secret.length > maxEncodedLength) return [secret]
  return [
    secret,
    ...jsonForms(secret),
    ...htmlForms(secret),
    ...urlForms(secret),
    ...base64Forms(secret),
    ...hexForms(secret),
  ]
}

/** Returns the forms in JSON. Libraries escape slashes, the characters of HTML, or all beyond ASCII, or none of them. */
function jsonForms(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1)
  return [
    json,
    JSON.stringify(json).slice(1, -1),
    json.replaceAll('/', '\\/'),
    json.replace(/[&<>]/g, codeUnit),
    json.replace(/[^ -~]/g, codeUnit),
    json.replaceAll('/', '\\/').replace(/[^ -~]/g, codeUnit),
    json.replaceAll('\\"', '\\u0022').replace(/[&'+<>`]|[^ -~]/g, (unit) => codeUnit(unit, true)),
  ]
}

/** Returns the escape of a UTF-16 unit in JSON. */
function codeUnit(unit: string, upperCase: unknown): string {
  const digits = unit.charCodeAt(0).toString(16).padStart(4, '0')
  return `\\u${upperCase === true ? digits.toUpperCase() : digits}`
}

/** Returns the forms in HTML. Libraries differ in how they escape quotes. */
function htmlForms(secret: string): string[] {
  const html = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = html.replaceAll('"', '&quot;')
  return [
    html,
    quoted,
    quoted.replaceAll("'", '&#39;'),
    quoted.replaceAll("'", '&#x27;'),
    quoted.replaceAll("'", '&#039;'),
    html.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
  ]
}

/** Returns the percent-encoded forms. A lone surrogate, which has no encoding, becomes the replacement character. */
function urlForms(secret: string): string[] {
  const text = Buffer.from(secret).toString()
  const url = encodeURIComponent(text)
  const strict = url.replace(
    /[!'()*]/g,
    (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const forms = [url, strict, encodeURI(text), new URLSearchParams({ v: text }).toString().slice(2)]
  return forms.flatMap((form) => [
    form,
    form.replaceAll('%20', '+'),
    form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  ])
}

/** The maximum length of a secret that is also searched as hexadecimal digits. */
const maxHexLength = 1_000

function hexForms(secret: string): string[] {
  if (secret.length > maxHexLength) return []
  const hex = Buffer.from(secret).toString('hex')
  return [hex, hex.toUpperCase()]
}

/**
 * Returns the characters of base64 that depend on the secret alone. Base64 encodes groups of three bytes, so there is
 * one result for each of the three positions in a group.
 */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret)
  if (bytes.length < 8) return []
  return [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const first = Math.ceil((before * 8) / 6)
    const last = Math.floor(((before + bytes.length) * 8) / 6)
    const standard = text.slice(first, last)
    return [standard, standard.replaceAll('+', '-').replaceAll('/', '_')]
  })
}

/** A search for many texts in one pass. */
class Matcher {
  /** Texts by their first {@link minLength} characters. */
  readonly #byStart = new Map<string, string[]>()
  /** The hashes of the first two characters of all texts, which exclude most positions quickly. */
  readonly #starts = new Uint8Array(65_536)

  constructor(secrets: readonly string[]) {
    const pieces = new Set(secrets.flatMap(formsOf).flatMap(piecesOf))
    for (const piece of pieces) {
      if (piece.length < minLength) continue
      const start = piece.slice(0, minLength)
      const others = this.#byStart.get(start)
      if (others) others.push(piece)
      else this.#byStart.set(start, [piece])
      this.#starts[hash(piece.charCodeAt(0), piece.charCodeAt(1))] = 1
    }
    for (const list of this.#byStart.values()) list.sort((a, b) => b.length - a.length)
  }

  /** Replaces all matches. Matches that overlap or touch are replaced as one. */
  replace(text: string): string {
    if (this.#byStart.size === 0) return text
    const starts = this.#starts
    let result = ''
    let copied = 0
    let start = -1
    let end = -1
    for (let at = 0; at + minLength <= text.length; at += 1) {
      if (starts[hash(text.charCodeAt(at), text.charCodeAt(at + 1))] === 0) continue
      const length = this.#lengthAt(text, at)
      if (length === 0) continue
      if (start >= 0 && at > end) {
        result += text.slice(copied, start) + replacement
        copied = end
        start = at
      } else if (start < 0) start = at
      end = Math.max(end, at + length)
    }
    if (start < 0) return text
    return result + text.slice(copied, start) + replacement + text.slice(end)
  }

  #lengthAt(text: string, at: number): number {
    const candidates = this.#byStart.get(text.slice(at, at + minLength))
    return candidates?.find((candidate) => text.startsWith(candidate, at))?.length ?? 0
  }
}

const hash = (first: number, second: number): number => (first ^ (second << 5)) & 0xffff

/** Splits a long text into pieces. The last one overlaps the one before, so that all have the same length. */
function piecesOf(text: string): string[] {
  if (text.length <= pieceLength) return [text]
  const pieces: string[] = []
  for (let at = 0; at + pieceLength <= text.length; at += pieceLength) {
    pieces.push(text.slice(at, at + pieceLength))
  }
  return [...pieces, text.slice(-pieceLength)]
}

/**
 * Returns plain data with every string mapped, keys of objects and maps included. What holds no string that changes is
 * not copied: an inventory of thousands of services would take its memory twice.
 */
function mapStrings<Value>(value: Value, map: (text: string) => string): Value
function mapStrings(value: unknown, map: (text: string) => string): unknown {
  const unchanged = new Set<object>()
  const changed = new Map<object, object>()
  const visit = (one: unknown): unknown => {
    if (typeof one === 'string') return map(one)
    if (typeof one !== 'object' || one === null || unchanged.has(one)) return one
    const known = changed.get(one)
    if (known !== undefined) return known
    const mapped = mapParts(one, visit, isSame)
    if (mapped === one) unchanged.add(one)
    else changed.set(one, mapped)
    return mapped
  }
  const isSame = (part: unknown) => visit(part) === part
  return visit(value)
}

/**
 * Returns a list, map, set or plain object with its parts mapped, or itself if `isSame` holds for all of them. A report
 * has tens of thousands of objects, so nothing is allocated for one that stays as it is.
 */
function mapParts(
  whole: object,
  map: (part: unknown) => unknown,
  isSame: (part: unknown) => boolean,
): object {
  if (Array.isArray(whole)) return whole.every(isSame) ? whole : whole.map(map)
  if (whole instanceof Set) return [...whole].every(isSame) ? whole : new Set([...whole].map(map))
  if (whole instanceof Map) {
    const entries = [...whole]
    if (entries.every((entry) => entry.every(isSame))) return whole
    return new Map(entries.map(([key, part]) => [map(key), map(part)]))
  }
  if (Object.getPrototypeOf(whole) !== Object.prototype || hasSameFields(whole, isSame)) {
    return whole
  }
  return Object.fromEntries(Object.entries(whole).map(([key, part]) => [map(key), map(part)]))
}

function hasSameFields(whole: object, isSame: (part: unknown) => boolean): boolean {
  for (const key in whole) if (!isSame(key) || !isSame(Reflect.get(whole, key))) return false
  return true
}
