/** The request that caused a change. */
export interface Origin {
  /** Index of the request; `null` if no request caused the change. */
  request: number | null
  /** Seconds before new objects appear in lists, in addition to the `listLagSeconds` of the world's behaviour. */
  lagSeconds: number
}

/** The origin of a change that no request caused. */
export const noRequest: Origin = { request: null, lagSeconds: 0 }
