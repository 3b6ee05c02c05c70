import { z } from 'zod'
import type { UpdateError } from '../../errors/update-error.ts'
import { maxComparisons } from '../../plan/commit-comparisons.ts'
import type { CommitComparison, CommitHistory, CommitRelation } from '../../plan/ports.ts'
import type { GitHubClient } from './client.ts'
import type { Repository } from './repository.ts'
import { toUpdateError } from './to-update-error.ts'

/** The maximum number of files that GitHub lists for a comparison. It does not report that there are more. */
const maxFiles = 300

/** The maximum number of pages that are read for the files of a comparison. A page has 100 commits. */
const maxPages = 10

/** The maximum duration of one request with its retries, in milliseconds. Planning waits for it. */
const patience = 16_000

/** The maximum duration of all comparisons of a run together, in milliseconds. */
const patienceInAll = 60_000

/** The pattern of the patch that GitHub shows for a submodule. */
const submodulePatch = /^@@ [^\n]*@@\n[-+]Subproject commit [0-9a-f]{40}/

const comparisonSchema = z.object({
  status: z.enum(['ahead', 'behind', 'diverged', 'identical']),
  files: z
    .array(
      z.object({
        filename: z.string(),
        previous_filename: z.string().optional(),
        patch: z.string().optional(),
      }),
    )
    .optional(),
})

const relations: Readonly<Record<z.infer<typeof comparisonSchema>['status'], CommitRelation>> = {
  ahead: 'newer',
  behind: 'older',
  diverged: 'diverged',
  identical: 'same',
}

const unknown: CommitComparison = { relation: 'unknown', files: null }

/**
 * The history of the repository, from GitHub's API for comparing commits. At most {@link maxComparisons} pairs are
 * compared in a run. If GitHub does not know a commit or does not respond, the relation is `unknown`.
 * https://docs.github.com/en/rest/commits/commits#compare-two-commits
 */
export class GitHubCommits implements CommitHistory {
  readonly errors: UpdateError[] = []
  readonly #client: GitHubClient
  readonly #repository: Repository
  readonly #responses = new Map<string, Promise<CommitComparison>>()
  /** The number of comparisons in progress. */
  #underWay = 0
  /** The time at which the first of the comparisons in progress began, in milliseconds since the epoch. */
  #since = 0
  /** The duration of earlier comparisons, in milliseconds. */
  #spent = 0

  constructor(client: GitHubClient, repository: Repository) {
    this.#client = client
    this.#repository = repository
  }

  compare(base: string, commit: string, wanted: { files: boolean }): Promise<CommitComparison> {
    const key = `${base}...${commit} ${wanted.files}`
    const known = this.#responses.get(key)
    if (known) return known
    if (this.#responses.size >= maxComparisons) return Promise.resolve(unknown)
    const response = this.#timed(() => this.#compare(base, commit, wanted))
    this.#responses.set(key, response)
    return response
  }

  /** Adds the duration of a comparison to {@link patienceInAll}. Time between comparisons does not count. */
  async #timed<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#underWay === 0) this.#since = this.#client.now()
    this.#underWay += 1
    try {
      return await work()
    } finally {
      this.#underWay -= 1
      if (this.#underWay === 0) this.#spent += this.#client.now() - this.#since
    }
  }

  async #compare(
    base: string,
    commit: string,
    { files: withFiles }: { files: boolean },
  ): Promise<CommitComparison> {
    if (!isCommit(base) || !isCommit(commit)) return unknown
    if (base.toLowerCase() === commit.toLowerCase()) return { relation: 'same', files: [] }
    const names = new Set<string>()
    let listed = 0
    let relation: CommitRelation = 'unknown'
    for (let page = 1; page <= maxPages; page += 1) {
      const left = patienceInAll - this.#spent - (this.#client.now() - this.#since)
      if (left <= 0) return { relation, files: null }
      const response = await this.#client.send({
        route: 'GET /repos/{owner}/{repo}/compare/{basehead}',
        parameters: {
          ...this.#repository,
          basehead: `${base}...${commit}`,
          per_page: withFiles ? 100 : 1,
          page,
        },
        response: comparisonSchema,
        repeatable: true,
        patience: Math.min(patience, left),
      })
      if (!response.ok) {
        if (response.problem.kind !== 'not-found') {
          this.errors.push(
            toUpdateError(response.problem, 'the comparison of commits', 'contents: read'),
          )
        }
        return page === 1 ? unknown : { relation, files: null }
      }
      relation = relations[response.value.status]
      const { files } = response.value
      for (const { filename, previous_filename, patch } of files ?? []) {
        names.add(submodulePatch.test(patch ?? '') ? `${filename}/` : filename)
        if (previous_filename !== undefined) names.add(previous_filename)
      }
      listed += files?.length ?? 0
      const isCut = page === 1 && files === undefined
      // GitHub lists the files that changed since the common ancestor. Only for a newer commit is this the base.
      const isWhole = relation === 'newer' || relation === 'same'
      if (!withFiles || !isWhole || isCut || listed >= maxFiles) return { relation, files: null }
      if (!response.next) return { relation, files: [...names] }
    }
    return { relation, files: null }
  }
}

const isCommit = (text: string) => /^[0-9a-f]{40}$/i.test(text)
