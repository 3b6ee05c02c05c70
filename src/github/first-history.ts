import type { CommitComparison, CommitHistory } from '../plan/ports.ts'

/** A history that is read from the first of several sources that has it. */
export class FirstHistory implements CommitHistory {
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

/** Returns whether the files of a comparison are needed: only if the commit would be deployed. */
const needsFiles = ({ relation }: CommitComparison) => relation !== 'older' && relation !== 'same'
