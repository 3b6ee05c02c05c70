import type { Clock } from '../../clock.ts'
import { type Failure, failure } from '../../errors/codes.ts'
import type { DetectionResult } from '../../scope/token-scope.ts'
import { humanTime } from '../../text.ts'
import { ApiError, type ApiProblem } from './api-error.ts'

/**
 * The milliseconds after an accepted request in which the token is not probed again for a rejected read. It is short,
 * because the next read that would cause a probe may be a whole poll interval later.
 */
const trustedAfterAnswer = 500

/**
 * The milliseconds in which the result of a probe is valid. It is valid for twice as long after each further probe
 * without an accepted request in between: then it is not the token that Railway rejects.
 */
const trustedAfterProbe = { first: 10_000, longest: 40_000 }

/** The dependencies of a recheck. */
export interface TokenRecheckDeps {
  readonly clock: Clock
  /** Probes the token as at the beginning of the run. */
  readonly detect: () => Promise<DetectionResult>
}

/**
 * A recheck that probes the token again when Railway rejects something as "not authorized". Railway rejects revoked and
 * expired tokens in the same words as requests beyond a token's permissions.
 */
export class TokenRecheck {
  readonly #deps: TokenRecheckDeps
  #workedAt: number
  /** What the last probe said, and as of when; `null` before the first. */
  #probed: { at: number; isValid: boolean } | null = null
  #trusted = trustedAfterProbe.first
  #invalid: Failure | null = null
  #pending: Promise<{ isValid: boolean }> | null = null

  /** Makes a recheck of a token that has just been accepted. */
  constructor(deps: TokenRecheckDeps) {
    this.#deps = deps
    this.#workedAt = deps.clock.now()
  }

  /** Records that a request with the token was answered. */
  worked(): void {
    this.#workedAt = this.#deps.clock.now()
  }

  /** The failure that the token is not valid any more; `null` as far as is known. */
  get invalid(): Failure | null {
    return this.#invalid
  }

  /** Throws if the token is known to be invalid: nothing is sent with it any more. */
  throwIfInvalid(): void {
    if (this.#invalid) throw new ApiError({ kind: 'token-invalid', failure: this.#invalid })
  }

  /** Returns the error to report in place of a refusal. */
  async explain(
    refusal: ApiError,
    problem: Extract<ApiProblem, { kind: 'refused' }>,
    kind: 'query' | 'mutation',
  ): Promise<ApiError> {
    const now = this.#deps.clock.now()
    if (kind === 'query' && now - this.#workedAt < trustedAfterAnswer) return refusal
    const isRecent = this.#probed !== null && now - this.#probed.at <= this.#trusted
    const { isValid } = (isRecent && this.#probed) || (await this.#probeOnce())
    if (this.#invalid) return new ApiError({ kind: 'token-invalid', failure: this.#invalid })
    if (!isValid) return refusal
    return new ApiError({ ...problem, tokenChecked: true }, { cause: refusal })
  }

  /** Probes the token for all that are refused at the same time. */
  #probeOnce(): Promise<{ isValid: boolean }> {
    this.#pending ??= this.#probe().finally(() => {
      this.#pending = null
    })
    return this.#pending
  }

  /** Probes the token. It is not valid if that brought no conclusion, or the conclusion that it is invalid. */
  async #probe(): Promise<{ isValid: boolean }> {
    const { clock, detect } = this.#deps
    const startedAt = clock.now()
    const isFurther = this.#probed !== null && this.#workedAt <= this.#probed.at
    this.#trusted = isFurther
      ? Math.min(trustedAfterProbe.longest, 2 * this.#trusted)
      : trustedAfterProbe.first
    const { token } = await detect()
    if (token.ok) {
      this.#probed = { at: startedAt, isValid: true }
      return this.#probed
    }
    // A probe without an answer took its time: it is not repeated at once.
    this.#probed = { at: clock.now(), isValid: false }
    const [invalid] = token.failures
    if (invalid?.code === 'token-invalid') {
      const worked = humanTime(startedAt - this.#workedAt)
      this.#invalid = failure('token-invalid', { ...invalid.facts, worked })
    }
    return this.#probed
  }
}
