/** What a local server needs of time. Times are milliseconds since the epoch. */
export interface Clock {
  now(): number
  /** Resolves as soon as `now() >= time`. */
  sleepUntil(time: number): Promise<void>
  /**
   * Says that the request with this id (the header `x-simulated-request`, absent in real time) is kept
   * waiting on purpose, so that simulated time may go on meanwhile. Call the result when it is served again.
   */
  hold(requestId: string | undefined): () => void
}

export function realClock(): Clock {
  return {
    now: () => Date.now(),
    sleepUntil: (time) =>
      new Promise((resolve) => setTimeout(resolve, Math.max(0, time - Date.now()))),
    hold: () => () => {},
  }
}
