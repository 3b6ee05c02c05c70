import type { CommitComparison, CommitHistory } from '../plan/ports.ts'

/**
 * A history that requests a comparison from several sources in order, until one of them gives a complete comparison.
 */
export class CombinedHistory implements CommitHistory {
  readonly #histories: readonly CommitHistory[]

  constructor(...histories: readonly CommitHistory[]) {
    this.#histories = histories
  }

  async compare(
    base: string,
    commit: string,
    wanted: { files: boolean },
  ): Promise<CommitComparison> {
    let best: CommitComparison = { relation: 'unknown', files: null }
    for (const history of this.#histories) {
      const found = await history.compare(base, commit, wanted)
      best = {
        relation: best.relation === 'unknown' ? found.relation : best.relation,
        files: best.files ?? found.files,
      }
      const isComplete = best.files !== null || !wanted.files || !needsFiles(best)
      if (best.relation !== 'unknown' && isComplete) return best
    }
    return best
  }
}

/**
 * Returns whether the changed files are needed. A commit that is older or the same is not deployed, so they are not.
 */
const needsFiles = ({ relation }: CommitComparison) => relation !== 'older' && relation !== 'same'
