import type { Rejected } from '../../execute/mutation-result.ts'
import type { StartResult } from '../../execute/ports.ts'
import type { RailwayClient } from '../transport/client.ts'

/**
 * The delays before the retries for one commit, in milliseconds. They add up to one minute. Each is so short that a
 * revoked token is reported within 15 seconds.
 */
const retryDelays = [5_000, 5_000, 10_000, 13_000, 13_000, 14_000]

/** Returns whether a deployment was rejected because Railway cannot find its commit. */
export const isUnknownCommit = (result: StartResult): result is Rejected =>
  result.kind === 'rejected' && result.reason === 'commit-not-found'

/**
 * The retries of deployments whose commit Railway cannot find yet. A commit that was pushed a moment ago may be missing
 * for some seconds.
 */
export class CommitRetries {
  readonly #client: RailwayClient
  /** The retries by commit. Each resolves with `true` if Railway found the commit in the end. */
  readonly #retries = new Map<string, Promise<boolean>>()

  constructor(client: RailwayClient) {
    this.#client = client
  }

  /**
   * Starts a deployment, and retries it for up to a minute while Railway cannot find its commit. Only the first
   * deployment of a commit is retried. The other ones wait for its result, and are retried once if Railway finds the
   * commit then.
   */
  async start(sha: string, start: () => Promise<StartResult>): Promise<StartResult> {
    const result = await start()
    if (!isUnknownCommit(result)) return result
    const other = this.#retries.get(sha)
    if (other) return (await other) ? start() : result
    const retried = this.#retry(sha, result, start)
    const isKnown = retried.then(
      (last) => !isUnknownCommit(last),
      () => false,
    )
    this.#retries.set(sha, isKnown)
    return retried
  }

  async #retry(
    sha: string,
    rejected: StartResult,
    start: () => Promise<StartResult>,
  ): Promise<StartResult> {
    const because = `Railway cannot find commit ${sha.slice(0, 12)} yet`
    let result = rejected
    for (const delay of retryDelays) {
      if (!(await this.#client.pause(delay, because))) return result
      result = await start()
      if (!isUnknownCommit(result)) return result
    }
    return result
  }
}
