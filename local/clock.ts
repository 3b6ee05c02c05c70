/** The clock of a local server. Times are milliseconds since the epoch. */
export interface Clock {
  now(): number
  /** Resolves as soon as `now() >= time`. */
  sleepUntil(time: number): Promise<void>
  /**
   * Marks a request as delayed on purpose. Simulated time may advance while a request is held.
   * Returns a function that ends the hold.
   *
   * @param requestId the header `x-simulated-request`, which requests in real time do not have
   */
  hold(requestId: string | undefined): () => void
}

/** Returns the clock of the machine. Its `hold` does nothing. */
export function realClock(): Clock {
  return {
    now: () => Date.now(),
    sleepUntil: (time) =>
      new Promise((resolve) => setTimeout(resolve, Math.max(0, time - Date.now()))),
    hold: () => () => {},
  }
}
