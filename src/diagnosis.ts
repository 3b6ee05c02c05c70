/** The reasons for not deciding about an assumption. The texts complete "The assumption is …". */
export const reasons = {
  'a change': 'not tested, because the test needs a change in Railway',
  'another token': 'not tested, because the test needs a token of another type',
  'a limit': 'not tested, because the test would exceed the request limit',
  'nothing to look at': 'not tested, because the token reaches nothing to test it with',
  'no usable answer': "tested, but Railway's answer does not decide it",
  'no request left': 'not tested, because too few requests are left',
  'too late': 'not tested, because the time limit was reached',
  'too expensive': 'not tested, because the test would need too many requests',
  limited: "not tested, because Railway's request limit was reached",
  stopped: 'not tested, because the run was stopped',
} as const

/** The reason for not deciding about an assumption. */
export type Reason = keyof typeof reasons

/** A possible behaviour of Railway: its id, and its description. */
export interface DiagnosisVariant {
  readonly id: string
  readonly is: string
}

/** The result for an assumption. It holds no names, ids or values of the workspace. */
export interface DiagnosisEntry {
  readonly id: string
  readonly about: string
  readonly verdict: 'confirmed' | 'refuted' | 'undecided'
  readonly expected: DiagnosisVariant
  /** `null` if it is undecided. */
  readonly seen: DiagnosisVariant | null
  /** `null` if it is decided. */
  readonly reason: Reason | null
}

/** The results for all assumptions, in the order of the register. */
export type Diagnosis = readonly DiagnosisEntry[]
