import { z } from 'zod'
import type { UpdateError } from '../../errors/update-error.ts'
import type { Comments } from '../../publish/ports.ts'
import type { GitHubClient, GitHubResponse } from './client.ts'
import type { Repository } from './repository.ts'
import { toUpdateError } from './to-update-error.ts'

const userSchema = z.object({ id: z.number(), login: z.string() })

const commentSchema = z.object({
  id: z.number(),
  body: z.string().nullish(),
  user: userSchema.nullish().catch(null),
})

const viewerSchema = z.object({
  data: z.object({
    viewer: z.object({ databaseId: z.number().nullish().catch(null), login: z.string() }),
  }),
})

type Comment = z.infer<typeof commentSchema>

/** The waits before each lookup of a comment after a lost response, in milliseconds. */
const lookupDelays = [1_000, 5_000, 15_000]

/** The GitHub user that the token of the run acts as. `id`: `null` if GitHub returns only the login. */
interface Identity {
  readonly id: number | null
  readonly login: string
}

const permission = 'pull-requests: write'
const doing = 'the pull request comment'

/**
 * The comments of a pull request, one for each marker. Anybody can write a comment that begins with a marker. Therefore
 * only comments by the user of the run's token are edited or deleted.
 */
export class GitHubComments implements Comments {
  readonly #client: GitHubClient
  readonly #repository: Repository
  #identity: Identity | null = null

  constructor(client: GitHubClient, repository: Repository) {
    this.#client = client
    this.#repository = repository
  }

  setFinalDeadline(): void {
    this.#client.setFinalDeadline()
  }

  async put(wanted: {
    number: number
    marker: string
    body: string
    create: boolean
  }): Promise<UpdateError[]> {
    const body = `${wanted.marker}\n${wanted.body}`
    const found = await this.#find(wanted.number, wanted.marker)
    if (!found.ok) return [toUpdateError(found.problem, doing, permission)]
    if (found.value.length > 0) return this.#keepOne(found.value, body)
    if (!wanted.create) return []
    return this.#create(wanted.number, wanted.marker, body)
  }

  /**
   * Creates the comment at most once. After a lost response, the comments are looked up before the request is sent a
   * second and last time. After a success they are read again, because a concurrent run may have created the same
   * comment. Both runs then keep the older comment and delete the newer one.
   */
  async #create(number: number, marker: string, body: string): Promise<UpdateError[]> {
    for (let attempt = 1; ; attempt += 1) {
      const created = await this.#client.send({
        route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments',
        parameters: { ...this.#repository, issue_number: number, body },
        response: commentSchema,
        repeatable: false,
      })
      if (created.ok && created.value.user) this.#identity = created.value.user
      const lost = !created.ok && created.problem.kind === 'lost'
      if (!created.ok && !lost) return [toUpdateError(created.problem, doing, permission)]
      const found = await this.#look(number, marker, lost)
      if (!found.ok) return created.ok ? [] : [toUpdateError(found.problem, doing, permission)]
      const [first] = found.value
      if (first && created.ok && found.value.length === 1 && first.id === created.value.id)
        return []
      if (first) return this.#keepOne(found.value, body)
      if (created.ok) return []
      if (attempt === 2) return [toUpdateError(created.problem, doing, permission)]
    }
  }

  /** Looks up the comments once. After a lost response, repeats this until one appears or all waits have passed. */
  async #look(number: number, marker: string, lost: boolean): Promise<GitHubResponse<Comment[]>> {
    let found = lost ? null : await this.#find(number, marker)
    for (const delay of lost ? lookupDelays : []) {
      await this.#client.pause(delay)
      found = await this.#find(number, marker)
      if (found.ok ? found.value.length > 0 : found.problem.kind === 'not-sent') break
    }
    return found ?? this.#find(number, marker)
  }

  /**
   * Reads the comments that begin with the marker and are by the user of the token, oldest first. The end of the marker
   * is not compared, so a run without a shard also finds the comments of all shards.
   */
  async #find(number: number, marker: string): Promise<GitHubResponse<Comment[]>> {
    const all = await this.#client.all({
      route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments',
      parameters: { ...this.#repository, issue_number: number },
      response: z.array(commentSchema),
      repeatable: true,
    })
    if (!all.ok) return all
    const start = marker.replace(/-->$/, '')
    const marked = all.value.filter(({ body }) => body?.startsWith(start))
    const identity = marked.length > 0 ? await this.#readIdentity() : null
    const ours = marked
      .filter(({ user }) => identity !== null && isSame(identity, user ?? null))
      .sort((a, b) => a.id - b.id)
    return { ...all, value: ours }
  }

  /**
   * Reads the user that the token acts as; `null` if it is not known. GraphQL's `viewer` works with every type of
   * token, also with the token of a job. `GET /user` is the second way: it works only with tokens of people, but also
   * on servers without GraphQL. If both fail, the user is known from the response to the first comment that this run
   * creates.
   */
  async #readIdentity(): Promise<Identity | null> {
    if (this.#identity) return this.#identity
    const viewer = await this.#client.send({
      route: `POST ${this.#client.graphqlUrl}`,
      parameters: { query: '{ viewer { login databaseId } }' },
      response: viewerSchema,
      repeatable: true,
    })
    if (viewer.ok) {
      const { databaseId, login } = viewer.value.data.viewer
      this.#identity = { id: databaseId ?? null, login }
      return this.#identity
    }
    const user = await this.#client.send({
      route: 'GET /user',
      parameters: {},
      response: userSchema,
      repeatable: true,
    })
    if (user.ok) this.#identity = user.value
    return this.#identity
  }

  async #keepOne([kept, ...rest]: readonly Comment[], body: string): Promise<UpdateError[]> {
    if (!kept) return []
    const updated = await this.#client.send({
      route: 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}',
      parameters: { ...this.#repository, comment_id: kept.id, body },
      response: commentSchema,
      repeatable: true,
    })
    for (const { id } of rest) await this.#remove(id)
    return updated.ok ? [] : [toUpdateError(updated.problem, doing, permission)]
  }

  /** Deletes a duplicate comment. Errors are ignored: the next run finds the comment and deletes it. */
  async #remove(id: number): Promise<void> {
    await this.#client.send({
      route: 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}',
      parameters: { ...this.#repository, comment_id: id },
      response: z.unknown(),
      repeatable: true,
    })
  }
}

function isSame(identity: Identity, user: z.infer<typeof userSchema> | null): boolean {
  if (user === null) return false
  if (identity.id !== null) return identity.id === user.id
  return identity.login.toLowerCase() === user.login.toLowerCase()
}
