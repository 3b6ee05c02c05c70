import { mapStrings } from './map-strings.ts'
import { encodedForms, maxEncodedLength } from './secret-encodings.ts'
import { minLength, TextMatcher } from './text-matcher.ts'

/** The text that replaces a secret. */
const replacement = '***'

/**
 * A redactor, which replaces the secrets of a run in texts. A secret is also replaced in its encoded forms (see {@link
 * encodedForms}). There are two kinds of texts:
 *
 * - {@link redact} is for text from outside, such as Railway's messages and build logs. It replaces all secrets.
 * - {@link redactOwn} is for text of this action. It does not replace a value that may be a common word. Otherwise a
 *   variable with the value `railway` would change every link to Railway.
 */
export class Redactor {
  readonly #credentials = new Set<string>()
  readonly #values = new Set<string>()
  /** The names in lower case that are not replaced. */
  readonly #names = new Set<string>()
  /** The search for {@link redact}; `null` if secrets were added since the last one. */
  #all: TextMatcher | null = null
  /** The search for {@link redactOwn}; `null` if secrets were added since the last one. */
  #distinctive: TextMatcher | null = null

  /** Adds a token or a password. It is replaced in both kinds of texts. */
  addCredential(secret: string): void {
    for (const part of [secret, ...linesOf(secret)]) this.#add(this.#credentials, part)
  }

  /** Adds values of variables. Values that are no secret by their format, such as numbers and booleans, are ignored. */
  addValues(values: Iterable<string>): void {
    for (const value of values) {
      for (const part of partsOf(value)) if (!isCommonValue(part)) this.#add(this.#values, part)
      for (const password of passwordsOf(value)) this.#add(this.#credentials, password)
    }
  }

  /** Adds names that the run shows, such as those of services. A value that equals a name is not replaced. */
  addNames(names: Iterable<string | null | undefined>): void {
    for (const name of names) if (name) this.#add(this.#names, name.toLowerCase(), 1)
  }

  /** Returns a text from outside with all secrets, and all passwords in URLs, replaced. */
  readonly redact = (text: string): string => {
    this.#all ??= new TextMatcher(
      [...this.#credentials, ...this.#secretValues()].flatMap(encodedForms),
    )
    return redactUrlPasswords(this.#all.replace(text, replacement))
  }

  /**
   * Returns a text of this action with tokens, passwords and distinctive values (see {@link isDistinctive}) replaced.
   */
  readonly redactOwn = (text: string): string => {
    this.#distinctive ??= new TextMatcher(
      [...this.#credentials, ...this.#secretValues().filter(isDistinctive)].flatMap(encodedForms),
    )
    return redactUrlPasswords(this.#distinctive.replace(text, replacement))
  }

  /** Returns plain data with {@link redactOwn} applied to every string. */
  redactData<Value>(value: Value): Value {
    return mapStrings(value, this.redactOwn)
  }

  /**
   * Returns the texts that the runner has to mask in the logs of the job. GitHub removes job outputs that contain a
   * masked text, so only distinctive values are returned. A value with several lines is returned line by line.
   */
  masks(): string[] {
    return this.#secretValues().filter((value) => isDistinctive(value) && !/[\r\n]/.test(value))
  }

  /** Returns the values that are not equal to a name. */
  #secretValues(): string[] {
    return [...this.#values].filter((value) => !this.#names.has(value.toLowerCase()))
  }

  /** Adds a text of at least `min` characters to a set. */
  #add(set: Set<string>, text: string, min = minLength): void {
    if (text.length < min || set.has(text)) return
    set.add(text)
    this.#all = null
    this.#distinctive = null
  }
}

/** Returns whether a value is long and looks random. Such a value does not occur in words, names or URLs by chance. */
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

/** The format of the names of regions of Railway and of cloud providers. */
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

/** The syntax of the user and password in a URL. Both quantifiers have a maximum, so the time is linear in the text. */
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
