import { z } from 'zod'
import type { Comments, UpdateError } from '../../publish/ports.ts'
import type { GitHubAnswer, GitHubClient } from './client.ts'
import type { Repository } from './repository.ts'
import { troubleOf } from './update-error.ts'

const commentSchema = z.object({
  id: z.number(),
  body: z.string().nullish(),
  author_association: z.string().catch(''),
  user: z.object({ type: z.string() }).nullish().catch(null),
})

type Comment = z.infer<typeof commentSchema>

/** When to look for a comment whose answer was lost, in milliseconds after the loss. */
const looks = [1_000, 5_000, 15_000]

/** Authors whose comments count as ours when they begin with our marker: no stranger can plant one. */
const trusted = new Set(['OWNER', 'MEMBER', 'COLLABORATOR'])

const permission = 'pull-requests: write'
const doing = 'the pull request comment'

/** Comments of a pull request, of which each marker has one. */
export class GitHubComments implements Comments {
  readonly #client: GitHubClient
  readonly #repository: Repository

  constructor(client: GitHubClient, repository: Repository) {
    this.#client = client
    this.#repository = repository
  }

  setFinalDeadline(): void {
    this.#client.hurry()
  }

  async put(wanted: {
    number: number
    marker: string
    body: string
    create: boolean
  }): Promise<UpdateError[]> {
    const body = `${wanted.marker}\n${wanted.body}`
    const found = await this.#find(wanted.number, wanted.marker)
    if (!found.ok) return [troubleOf(found.problem, doing, permission)]
    if (found.value.length > 0) return this.#keepOne(found.value, body)
    if (!wanted.create) return []
    return this.#create(wanted.number, wanted.marker, body)
  }

  /**
   * Creates the comment at most once: a lost answer is settled by looking, and only a second try follows.
   * Afterwards it looks again: another run may have created one at the same moment. Both runs then keep the
   * older and delete the younger.
   */
  async #create(number: number, marker: string, body: string): Promise<UpdateError[]> {
    for (let attempt = 1; ; attempt += 1) {
      const created = await this.#client.ask({
        route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
        parameters: { ...this.#repository, issue_number: number, body },
        answer: commentSchema,
        repeatable: false,
      })
      const lost = !created.ok && created.problem.kind === 'lost'
      if (!created.ok && !lost) return [troubleOf(created.problem, doing, permission)]
      const found = await this.#look(number, marker, lost)
      if (!found.ok) return created.ok ? [] : [troubleOf(found.problem, doing, permission)]
      const [first] = found.value
      if (first && created.ok && found.value.length === 1 && first.id === created.value.id)
        return []
      if (first) return this.#keepOne(found.value, body)
      if (created.ok) return []
      if (attempt === 2) return [troubleOf(created.problem, doing, permission)]
    }
  }

  /** Once, or, after a lost answer, until it shows up or has had the time to. */
  async #look(number: number, marker: string, lost: boolean): Promise<GitHubAnswer<Comment[]>> {
    let found = lost ? null : await this.#find(number, marker)
    for (const delay of lost ? looks : []) {
      await this.#client.pause(delay)
      found = await this.#find(number, marker)
      if (found.ok ? found.value.length > 0 : found.problem.kind === 'given-up') break
    }
    return found ?? this.#find(number, marker)
  }

  /** The comments of this marker, oldest first, from every page. */
  async #find(number: number, marker: string): Promise<GitHubAnswer<Comment[]>> {
    const all = await this.#client.all({
      route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
      parameters: { ...this.#repository, issue_number: number },
      answer: z.array(commentSchema),
      repeatable: true,
    })
    if (!all.ok) return all
    const ours = all.value
      .filter(({ body }) => body?.startsWith(marker))
      .filter(
        ({ user, author_association }) => user?.type === 'Bot' || trusted.has(author_association),
      )
      .sort((a, b) => a.id - b.id)
    return { ...all, value: ours }
  }

  async #keepOne([kept, ...rest]: readonly Comment[], body: string): Promise<UpdateError[]> {
    if (!kept) return []
    const updated = await this.#client.ask({
      route: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
      parameters: { ...this.#repository, comment_id: kept.id, body },
      answer: commentSchema,
      repeatable: true,
    })
    for (const { id } of rest) await this.#remove(id)
    return updated.ok ? [] : [troubleOf(updated.problem, doing, permission)]
  }

  /** What is gone already is as good; what cannot be deleted now is found by the next run. */
  async #remove(id: number): Promise<void> {
    await this.#client.ask({
      route: 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}',
      parameters: { ...this.#repository, comment_id: id },
      answer: z.unknown(),
      repeatable: true,
    })
  }
}
