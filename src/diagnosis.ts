/** The reasons why an assumption is undecided. Each text completes the sentence "The assumption is …". */
export const reasons = {
  'a change': 'not tested, because the test needs a change in Railway',
  'another token': 'not tested, because the test needs a token of another type',
  'a limit': 'not tested, because the test would exceed the request limit',
  'nothing to look at':
    'not tested, because the token has access to nothing that the test could use',
  'no usable response': "tested, but Railway's response does not decide it",
  'no request left': 'not tested, because too few requests are left',
  'too late': 'not tested, because the time limit was reached',
  'too expensive': 'not tested, because the test would need too many requests',
  limited: "not tested, because Railway's request limit was reached",
  stopped: 'not tested, because the run was stopped',
} as const

/** The reason why an assumption is undecided. */
export type Reason = keyof typeof reasons

/** A possible behaviour of Railway. */
export interface DiagnosisVariant {
  readonly id: string
  /** The description of the behaviour. */
  readonly is: string
}

/** The result for one assumption. It contains no names, ids or values of the workspace. */
export interface DiagnosisEntry {
  /** The id of the assumption in `docs/assumptions.md`. */
  readonly id: string
  /** The subject of the assumption. */
  readonly about: string
  readonly verdict: 'confirmed' | 'refuted' | 'undecided'
  /** The behaviour that the action assumes. */
  readonly expected: DiagnosisVariant
  /** The observed behaviour; `null` if the assumption is undecided. */
  readonly seen: DiagnosisVariant | null
  /** The reason why the assumption is undecided; `null` if it is confirmed or refuted. */
  readonly reason: Reason | null
}

/** The results for all assumptions, in the order of `docs/assumptions.md`. */
export type Diagnosis = readonly DiagnosisEntry[]
