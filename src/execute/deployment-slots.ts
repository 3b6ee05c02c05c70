/** Releases a slot, so that the next deployment may start. Later calls have no effect. */
export type Release = () => void

/**
 * A limit on the deployments that are in progress at the same time. A deployment keeps its slot until its outcome is
 * known.
 */
export class DeploymentSlots {
  readonly #limit: number
  #taken = 0
  readonly #queue: (() => void)[] = []

  /** Creates the slots. `limit`: the maximum number of deployments; `null` for no limit. */
  constructor(limit: number | null) {
    this.#limit = limit ?? Number.POSITIVE_INFINITY
  }

  /** The maximum number of deployments; `Infinity` without a limit. */
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

  /** Takes a slot at once, even above the limit. It is meant for deployments that are in progress already. */
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

  /** Waits for a free slot and takes it. Calls get slots in their order. */
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
