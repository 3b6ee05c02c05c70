import { inspect } from 'node:util'

/** A value that never prints: every way of turning it into text gives `***`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The value itself. Every use of this word is a place where a secret leaves our hands. */
  reveal(): string {
    return this.#value
  }

  /** Whether both are the same value. */
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
