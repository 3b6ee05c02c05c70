/** One possible behaviour of Railway. */
export interface Variant {
  /** The id of the variant. `<assumption>/<id>` identifies the variant in reports. */
  readonly id: string
  /** Railway's behaviour: the predicate of a sentence whose subject is the assumption's `about`. */
  readonly is: string
  /** The run's behaviour if Railway behaves like this: one or more sentences. */
  readonly then: string
}

/**
 * The evidence for the assumed variant. `unknown`: there is none. `reported`: users or Railway's own client have shown
 * it. `contradictory`: reports disagree.
 */
export type Evidence = 'unknown' | 'reported' | 'contradictory'

/**
 * The reason why the diagnosis does not test an assumption. `a change`: the test would change something in Railway.
 * `another token`: the test needs a token of another type. `a limit`: the test would exceed the request limit.
 */
export type Need = 'a change' | 'another token' | 'a limit'

/** An assumption about the behaviour of Railway's API that Railway's documentation does not confirm. */
export interface Assumption {
  readonly id: string
  readonly evidence: Evidence
  /** The subject of the sentence that each variant completes, such as `A sealed variable`. */
  readonly about: string
  /** The assumed variant, then the alternatives. */
  readonly variants: readonly [Variant, ...Variant[]]
  /** The names of the operations whose handling depends on the assumption, or `all`. */
  readonly operations: 'all' | readonly string[]
  /** The read-only probe that tests the assumption, or the reason why none does. */
  readonly decidedBy: { readonly probe: string } | { readonly needs: Need }
}

/** The assumptions of one section of the register. */
export interface Topic {
  readonly title: string
  readonly assumptions: readonly Assumption[]
}

/** Builds a {@link Variant} from its properties. */
export const variant = (id: string, is: string, then: string): Variant => ({ id, is, then })
