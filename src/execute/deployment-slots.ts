/** Releases a slot, so that the next deployment may start. */
export type Release = () => void

/** A limit on the deployments that are under way at once. A deployment keeps its slot until its outcome is known. */
export class DeploymentSlots {
  readonly #limit: number
  #taken = 0
  readonly #queue: (() => void)[] = []

  /** `limit`: `null` for none. */
  constructor(limit: number | null) {
    this.#limit = limit ?? Number.POSITIVE_INFINITY
  }

  /** The maximum of deployments at once; infinite without a limit. */
  get limit(): number {
    return this.#limit
  }

  get isLimited(): boolean {
    return Number.isFinite(this.#limit)
  }

  /** The number of deployments that wait for a slot. */
  get waiting(): number {
    return this.#queue.length
  }

  /** Takes a slot at once, even beyond the limit. It is for deployments that are under way already. */
  reserve(): Release {
    this.#taken += 1
    let released = false
    return () => {
      if (released) return
      released = true
      this.#taken -= 1
      this.#fill()
    }
  }

  /** Takes a slot as soon as one is free. Slots are given in the order of the calls. */
  async take(): Promise<Release> {
    if (this.#taken < this.#limit) return this.reserve()
    return new Promise((resolve) => this.#queue.push(() => resolve(this.reserve())))
  }

  #fill(): void {
    while (this.#taken < this.#limit) {
      const next = this.#queue.shift()
      if (!next) return
      next()
    }
  }
}
