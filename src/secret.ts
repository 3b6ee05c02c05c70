import { inspect } from 'node:util'

/** A secret value, such as a token. Every conversion to text or JSON returns `***`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** Returns the value itself. This is the only way to read it. */
  reveal(): string {
    return this.#value
  }

  /** Returns whether both secrets have the same value. */
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
