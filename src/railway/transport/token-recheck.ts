import type { Clock } from '../../clock.ts'
import { type Failure, failure } from '../../errors/codes.ts'
import type { DetectionResult } from '../../scope/token-scope.ts'
import { humanTime } from '../../text.ts'
import { ApiError, type ApiProblem } from './api-error.ts'

/**
 * The milliseconds after an accepted request in which the rejection of a query does not cause a probe of the token. The
 * next query may follow only after a whole poll interval, so the time is short.
 */
const trustedAfterResponse = 500

/**
 * The milliseconds for which the result of a probe is used again. The time is doubled by each further probe without an
 * accepted request in between, up to the longest.
 */
const probeValidity = { first: 10_000, longest: 40_000 }

/** The dependencies of {@link TokenRecheck}. */
export interface TokenRecheckDeps {
  readonly clock: Clock
  /** Probes the token with the same queries as at the start of the run. */
  readonly detect: () => Promise<DetectionResult>
}

/**
 * A check of the token after Railway rejected a request as "not authorized". Railway sends this message for a revoked
 * or expired token, and also for a request that the token does not permit. The recheck probes the token to distinguish
 * both.
 */
export class TokenRecheck {
  readonly #deps: TokenRecheckDeps
  /** The time of the last accepted request, in milliseconds since the epoch. */
  #acceptedAt: number
  /** The result of the last probe and its time in milliseconds since the epoch; `null` before the first probe. */
  #probed: { at: number; isValid: boolean } | null = null
  /** The milliseconds for which the result of the last probe is used again. */
  #validity = probeValidity.first
  #invalid: Failure | null = null
  #pending: Promise<{ isValid: boolean }> | null = null

  /** Creates a recheck for a token that Railway has just accepted. */
  constructor(deps: TokenRecheckDeps) {
    this.#deps = deps
    this.#acceptedAt = deps.clock.now()
  }

  /** Records that Railway accepted a request with the token. */
  recordAccepted(): void {
    this.#acceptedAt = this.#deps.clock.now()
  }

  /** The failure of a token that is no longer valid; `null` if no probe has found that. */
  get invalid(): Failure | null {
    return this.#invalid
  }

  /** Throws {@link ApiError} `token-invalid` if a probe has found that the token is no longer valid. */
  throwIfInvalid(): void {
    if (this.#invalid) throw new ApiError({ kind: 'token-invalid', failure: this.#invalid })
  }

  /**
   * Returns the error to report for a rejected request: `token-invalid` if the token is no longer valid, the rejection
   * with `tokenChecked` if Railway accepts the token, or the rejection unchanged if the token was not probed or the
   * probe had no result.
   */
  async explain(
    rejection: ApiError,
    problem: Extract<ApiProblem, { kind: 'refused' }>,
    kind: 'query' | 'mutation',
  ): Promise<ApiError> {
    const now = this.#deps.clock.now()
    if (kind === 'query' && now - this.#acceptedAt < trustedAfterResponse) return rejection
    const isRecent = this.#probed !== null && now - this.#probed.at <= this.#validity
    const { isValid } = (isRecent && this.#probed) || (await this.#probeOnce())
    if (this.#invalid) return new ApiError({ kind: 'token-invalid', failure: this.#invalid })
    if (!isValid) return rejection
    return new ApiError({ ...problem, tokenChecked: true }, { cause: rejection })
  }

  /** Probes the token. Calls during a probe share its result. */
  #probeOnce(): Promise<{ isValid: boolean }> {
    this.#pending ??= this.#probe().finally(() => {
      this.#pending = null
    })
    return this.#pending
  }

  /** Probes the token. `isValid` is `false` if Railway rejects the token, and if the probe has no result. */
  async #probe(): Promise<{ isValid: boolean }> {
    const { clock, detect } = this.#deps
    const startedAt = clock.now()
    const isRepeated = this.#probed !== null && this.#acceptedAt <= this.#probed.at
    this.#validity = isRepeated
      ? Math.min(probeValidity.longest, 2 * this.#validity)
      : probeValidity.first
    const { token } = await detect()
    if (token.ok) {
      this.#probed = { at: startedAt, isValid: true }
      return this.#probed
    }
    // A probe without a result may have taken longer than its validity, which therefore starts at its end.
    this.#probed = { at: clock.now(), isValid: false }
    const [invalid] = token.failures
    if (invalid?.code === 'token-invalid') {
      const worked = humanTime(startedAt - this.#acceptedAt)
      this.#invalid = failure('token-invalid', { ...invalid.facts, worked })
    }
    return this.#probed
  }
}
