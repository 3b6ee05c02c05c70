/** The reasons for not deciding about an assumption, with their descriptions. */
export const reasons = {
  'a change': 'only a change would show it',
  'another token': 'only a token of another type would show it',
  'a limit': 'the request limit would have to be exceeded',
  'nothing to look at': 'nothing in reach shows it',
  'no usable answer': "Railway's answer was inconclusive",
  'no request left': 'not requested: too few requests are left',
  'too late': 'not requested: the time limit was reached',
  'too expensive': 'not requested: it would cost too many requests',
  limited: "not requested: Railway's limit was reached",
  stopped: 'not requested: the run was stopped',
} as const

/** The reason for not deciding about an assumption. */
export type Reason = keyof typeof reasons

/** A possible behaviour of Railway: its id, and its description. */
export interface DiagnosisReading {
  readonly id: string
  readonly is: string
}

/** The result for an assumption. It holds no names, ids or values of the workspace. */
export interface DiagnosisEntry {
  readonly id: string
  readonly about: string
  readonly verdict: 'confirmed' | 'refuted' | 'undecided'
  readonly expected: DiagnosisReading
  /** `null` if it is undecided. */
  readonly seen: DiagnosisReading | null
  /** `null` if it is decided. */
  readonly reason: Reason | null
}

/** The results for all assumptions, in the order of the register. */
export type Diagnosis = readonly DiagnosisEntry[]
