/** Why an assumption could not be decided. */
export const reasons = {
  'a change': 'only a change could tell',
  'another token': 'only a token of another kind could tell',
  'a limit': 'the request limit would have to be exceeded',
  'nothing to look at': 'there is nothing in reach that could tell',
  'no usable answer': 'Railway gave no answer to go by',
  'no request left': 'not asked: too few requests are left',
  'too late': 'not asked: the time limit was reached',
  'too expensive': 'not asked: it would cost too many requests',
  limited: "not asked: Railway's limit was reached",
  stopped: 'not asked: the run was stopped',
} as const

export type Reason = keyof typeof reasons

/** A reading of an assumption: its id, and Railway's behaviour in words. */
export interface DiagnosisReading {
  readonly id: string
  readonly is: string
}

/** The result for one assumption. It holds no names, ids or values of the workspace. */
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

/** Every assumption, in the order of the register. */
export type Diagnosis = readonly DiagnosisEntry[]
