import { z } from 'zod'
import type { PullRequests, UpdateError } from '../../publish/ports.ts'
import type { GitHubClient } from './client.ts'
import type { Repository } from './repository.ts'
import { troubleOf } from './update-error.ts'

const pullRequestSchema = z.object({ state: z.enum(['open', 'closed']) })

/** Pull requests of a repository. */
export class GitHubPullRequests implements PullRequests {
  readonly #client: GitHubClient
  readonly #repository: Repository

  constructor(client: GitHubClient, repository: Repository) {
    this.#client = client
    this.#repository = repository
  }

  async state(
    number: number,
  ): Promise<{ state: 'open' | 'closed' | 'missing' | null; troubles: UpdateError[] }> {
    const answer = await this.#client.ask({
      route: 'GET /repos/{owner}/{repo}/pulls/{pull_number}',
      parameters: { ...this.#repository, pull_number: number },
      answer: pullRequestSchema,
      repeatable: true,
    })
    if (answer.ok) return { state: answer.value.state, troubles: [] }
    if (answer.problem.kind === 'not-found') return { state: 'missing', troubles: [] }
    const doing = 'whether pull requests are open'
    return { state: null, troubles: [troubleOf(answer.problem, doing, 'pull-requests: read')] }
  }
}
