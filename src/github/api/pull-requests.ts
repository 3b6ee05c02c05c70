import { z } from 'zod'
import type { UpdateError } from '../../errors/update-error.ts'
import type { PullRequestRecord, PullRequestReference } from '../../inputs/run-context.ts'
import type { PullRequests } from '../../plan/ports.ts'
import type { GitHubClient } from './client.ts'
import type { Repository } from './repository.ts'
import { toUpdateError } from './to-update-error.ts'

const stateSchema = z.object({ state: z.enum(['open', 'closed']) })

const sha = z.string().regex(/^[0-9a-f]{40}$/i)

const recordSchema = z
  .object({
    number: z.int().positive(),
    state: z.enum(['open', 'closed']),
    merged_at: z.string().nullish(),
    merge_commit_sha: sha.nullish().catch(null),
    head: z.object({
      sha,
      ref: z.string(),
      repo: z.object({ full_name: z.string() }).nullish(),
    }),
  })
  .transform(
    ({ number, state, merged_at, merge_commit_sha, head }): PullRequestRecord => ({
      number,
      closed: state === 'closed',
      mergeCommit: merged_at ? (merge_commit_sha ?? null) : null,
      headSha: head.sha.toLowerCase(),
      headBranch: head.ref,
      headRepository: head.repo?.full_name ?? null,
    }),
  )

/** The pull requests of a repository. */
export class GitHubPullRequests implements PullRequests {
  readonly #client: GitHubClient
  readonly #repository: Repository

  constructor(client: GitHubClient, repository: Repository) {
    this.#client = client
    this.#repository = repository
  }

  async state(
    number: number,
  ): Promise<{ state: 'open' | 'closed' | 'missing' | null; errors: UpdateError[] }> {
    const response = await this.#client.send({
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
      parameters: { ...this.#repository, pull_number: number },
      response: stateSchema,
      repeatable: true,
    })
    if (response.ok) return { state: response.value.state, errors: [] }
    if (response.problem.kind === 'not-found') return { state: 'missing', errors: [] }
    const doing = 'the state of a pull request'
    return { state: null, errors: [toUpdateError(response.problem, doing, 'pull-requests: read')] }
  }

  /**
   * Reads the pull request that an event refers to by its number or by a commit. By a commit, it is the only open pull
   * request with this head, or else the only closed one. The result is `null` if there is none, or if there are
   * several.
   */
  async read(
    reference: PullRequestReference,
  ): Promise<{ record: PullRequestRecord | null; errors: UpdateError[] }> {
    const response =
      reference.by === 'number'
        ? await this.#client.send({
            route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
            parameters: { ...this.#repository, pull_number: reference.number },
            response: recordSchema.transform((record) => [record]),
            repeatable: true,
          })
        : await this.#client.all({
            route: 'GET /repos/{owner}/{repo}/commits/{commit_sha}/pulls',
            parameters: { ...this.#repository, commit_sha: reference.sha },
            response: z.array(recordSchema),
            repeatable: true,
          })
    if (response.ok) return { record: chooseRecord(response.value, reference), errors: [] }
    if (response.problem.kind === 'not-found') return { record: null, errors: [] }
    const doing = 'the pull request of this event'
    return { record: null, errors: [toUpdateError(response.problem, doing, 'pull-requests: read')] }
  }
}

function chooseRecord(
  records: readonly PullRequestRecord[],
  reference: PullRequestReference,
): PullRequestRecord | null {
  if (reference.by === 'number') return records[0] ?? null
  const heads = records.filter(({ headSha }) => headSha === reference.sha.toLowerCase())
  const open = heads.filter(({ closed }) => !closed)
  const [record, ...others] = open.length > 0 ? open : heads
  return others.length === 0 ? (record ?? null) : null
}
