/** The origin of a change, for those who count afterwards. */
export interface Origin {
  /** Index of the request, `null` for what happens without one. */
  request: number | null
  /** New objects show up in lists so many seconds late, on top of what the world does anyway. */
  lagSeconds: number
}

export const byItself: Origin = { request: null, lagSeconds: 0 }
