/** One way in which Railway may behave. */
export interface Reading {
  /** `<assumption>/<id>` names it in reports. */
  readonly id: string
  /** Railway's behaviour: the rest of a sentence that begins with the assumption's `about`. */
  readonly is: string
  /** The run's behaviour in this case. */
  readonly then: string
}

/** The evidence for it. `contradictory`: sources disagree. */
export type Evidence = 'unknown' | 'reported' | 'contradictory'

/**
 * The requirement of an assumption that reading cannot decide. `a limit`: the request limit would have to be exceeded.
 */
export type Need = 'a change' | 'another token' | 'a limit'

/** An assumption about Railway's API that the action depends on and that no document settles. */
export interface Assumption {
  readonly id: string
  readonly evidence: Evidence
  readonly about: string
  /** The assumed reading, then the others. */
  readonly readings: readonly [Reading, ...Reading[]]
  /** Names of the operations that depend on it, or `all`. */
  readonly operations: 'all' | readonly string[]
  /** The read-only probe that can decide it, or the requirement for a decision. */
  readonly decidedBy: { readonly probe: string } | { readonly needs: Need }
}

/** Assumptions of one topic. */
export interface Topic {
  readonly title: string
  readonly assumptions: readonly Assumption[]
}

/** Returns a reading. */
export const reading = (id: string, is: string, then: string): Reading => ({ id, is, then })
