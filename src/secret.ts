import { inspect } from 'node:util'

/** A value that is never printed: every conversion to text returns `***`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** Returns the value itself. Its uses are the only places at which a secret can get into text. */
  reveal(): string {
    return this.#value
  }

  /** Returns whether both have the same value. */
  equals(other: Secret): boolean {
    return this.#value === other.#value
  }

  toString(): string {
    return '***'
  }

  toJSON(): string {
    return '***'
  }

  [inspect.custom](): string {
    return '***'
  }
}
