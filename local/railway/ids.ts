import { hash } from 'node:crypto'

/**
 * A generator of ids in Railway's format. An id is a hash of the seed and of the object's name. It does not depend on the
 * order in which parallel requests arrive, and is therefore the same in every run.
 */
export class Ids {
  readonly seed: string
  readonly #counts = new Map<string, number>()

  constructor(seed: string) {
    this.seed = seed
  }

  /** Number of ids that `next` has returned, by name. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** Restores the counts of another generator with the same seed. */
  continueFrom(counts: ReadonlyMap<string, number>): void {
    this.#counts.clear()
    for (const [name, count] of counts) this.#counts.set(name, count)
  }

  /** Returns a UUID for the next object with this name. Each call returns another one. */
  next(...name: string[]): string {
    const key = name.join('/')
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    return this.uuid(key, String(count))
  }

  /** Returns the UUID of this name. Each call returns the same one. */
  uuid(...name: string[]): string {
    const hex = this.#digest('uuid', ...name)
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  }

  /** Returns a commit SHA: 40 hexadecimal digits. */
  commit(...name: string[]): string {
    return this.#digest('commit', ...name).slice(0, 40)
  }

  /** Returns the digest of an image: `sha256:` and 64 hexadecimal digits. */
  imageDigest(...name: string[]): string {
    return `sha256:${this.#digest('image', ...name)}`
  }

  /** Returns a trace id: 18 or 19 decimal digits, as a string. A JSON number would not be exact. */
  trace(...name: string[]): string {
    const number = BigInt(`0x${this.#digest('trace', ...name).slice(0, 16)}`)
    return String((number % 8_900_000_000_000_000_000n) + 100_000_000_000_000_000n)
  }

  #digest(...name: string[]): string {
    return hash('sha256', [this.seed, ...name].join('\n'))
  }
}
