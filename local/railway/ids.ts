import { createHash } from 'node:crypto'

/**
 * Ids that look like Railway's and are the same in every run: each follows from the seed and from what it
 * names, never from the order in which parallel requests happened to arrive.
 */
export class Ids {
  readonly seed: string
  readonly #counts = new Map<string, number>()

  constructor(seed: string) {
    this.seed = seed
  }

  /** How many things of each name there are. */
  get counts(): ReadonlyMap<string, number> {
    return this.#counts
  }

  /** Continues where other ids of the same seed ended. */
  continueFrom(counts: ReadonlyMap<string, number>): void {
    this.#counts.clear()
    for (const [name, count] of counts) this.#counts.set(name, count)
  }

  /** A UUID for the next thing of that name: the same call gives another id each time. */
  next(...name: string[]): string {
    const key = name.join('/')
    const count = (this.#counts.get(key) ?? 0) + 1
    this.#counts.set(key, count)
    return this.uuid(key, String(count))
  }

  /** The UUID that belongs to this name, always the same. */
  uuid(...name: string[]): string {
    const hex = this.#digest('uuid', ...name)
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  }

  /** 40 hex digits, as git names commits. */
  commit(...name: string[]): string {
    return this.#digest('commit', ...name).slice(0, 40)
  }

  /** `sha256:` and 64 hex digits, as registries name images. */
  imageDigest(...name: string[]): string {
    return `sha256:${this.#digest('image', ...name)}`
  }

  /** 18 or 19 decimal digits: more than a JSON number holds, which is why it travels as a string. */
  trace(...name: string[]): string {
    const number = BigInt(`0x${this.#digest('trace', ...name).slice(0, 16)}`)
    return String((number % 8_900_000_000_000_000_000n) + 100_000_000_000_000_000n)
  }

  #digest(...name: string[]): string {
    return createHash('sha256')
      .update([this.seed, ...name].join('\n'))
      .digest('hex')
  }
}
