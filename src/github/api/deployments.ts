import { z } from 'zod'
import type { UpdateError } from '../../errors/update-error.ts'
import type { GitHubDeploymentsPort } from '../../publish/ports.ts'
import type { RecordStatus } from '../../report/github-deployments.ts'
import type { GitHubClient, GitHubProblem, GitHubResponse } from './client.ts'
import type { Repository } from './repository.ts'
import { toUpdateError } from './to-update-error.ts'

/**
 * The schema of a GitHub deployment. Its payload names the run that opened it. GitHub returns it as an object or text.
 */
const deploymentSchema = z.object({ id: z.number(), payload: z.unknown().optional() })

type Deployment = z.infer<typeof deploymentSchema>

const statusSchema = z.object({ state: z.string() })

const permission = 'deployments: write'
const doing = 'the GitHub deployment'

/** The maximum number of characters of a description that GitHub accepts. */
const maxDescriptionLength = 140

/** The GitHub deployments of a repository. */
export class GitHubDeployments implements GitHubDeploymentsPort {
  readonly #client: GitHubClient
  readonly #repository: Repository
  /** The key of this step in this run. It is in the payload of each GitHub deployment that the step opens. */
  readonly #run: string

  constructor(client: GitHubClient, repository: Repository, run: string) {
    this.#client = client
    this.#repository = repository
    this.#run = run
  }

  setFinalDeadline(): void {
    this.#client.setFinalDeadline()
  }

  async open(wanted: {
    environment: string
    sha: string
    description: string
    transient: boolean
  }): Promise<{ id: number | null; errors: UpdateError[] }> {
    const { environment, sha, description, transient } = wanted
    for (let attempt = 1; ; attempt += 1) {
      const opened = await this.#client.send({
        route: 'POST /repos/{owner}/{repo}/deployments',
        parameters: {
          ...this.#repository,
          ref: sha,
          environment,
          description: description.slice(0, maxDescriptionLength),
          // This job is one of the commit's checks, so GitHub must not wait for them.
          required_contexts: [],
          auto_merge: false,
          transient_environment: transient,
          production_environment: !transient && environment.endsWith('/ production'),
          payload: { run: this.#run },
        },
        response: deploymentSchema,
        repeatable: false,
      })
      if (opened.ok) return { id: opened.value.id, errors: [] }
      const failed = (problem: GitHubProblem) => ({
        id: null,
        errors: [toUpdateError(problem, doing, permission)],
      })
      if (opened.problem.kind !== 'lost') return failed(opened.problem)
      const known = await this.#list(environment, sha)
      if (!known.ok) return failed(known.problem)
      const own = known.value.find(({ payload }) => runOf(payload) === this.#run)
      if (own) return { id: own.id, errors: [] }
      if (attempt === 2) return failed(opened.problem)
    }
  }

  /**
   * Creates a status of a GitHub deployment. A second request with the same status has no further effect, so the
   * request is repeatable.
   */
  async status(id: number, status: RecordStatus): Promise<UpdateError[]> {
    const { state, description, environmentUrl, logUrl } = status
    const response = await this.#client.send({
      route: 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
      parameters: {
        ...this.#repository,
        deployment_id: id,
        state,
        description: description.slice(0, maxDescriptionLength),
        ...(environmentUrl && { environment_url: environmentUrl }),
        ...(logUrl && { log_url: logUrl }),
        // Has no effect for previews, because they are transient: see `deactivateOthers`.
        auto_inactive: true,
      },
      response: statusSchema,
      repeatable: true,
    })
    return response.ok ? [] : [toUpdateError(response.problem, doing, permission)]
  }

  /**
   * Sets the other GitHub deployments of an environment to `inactive`. GitHub itself does this only for deployments
   * that are not transient, and those of previews are transient. They are read newest first, until one is inactive
   * already.
   */
  async deactivateOthers(environment: string, except: number | null): Promise<UpdateError[]> {
    const known = await this.#list(environment, null)
    if (!known.ok) return [toUpdateError(known.problem, doing, permission)]
    const others = known.value.filter(({ id }) => id !== except)
    const errors: UpdateError[] = []
    for (const { id } of others) {
      const newest = await this.#newestState(id)
      // If this one is inactive, all older ones are, too: they were set to inactive together.
      if (newest === 'inactive' && except !== null) break
      if (newest === 'inactive') continue
      const gone = { description: 'Replaced or deleted', environmentUrl: null, logUrl: null }
      errors.push(...(await this.status(id, { state: 'inactive', ...gone })))
    }
    return errors.slice(0, 1)
  }

  async #newestState(id: number): Promise<string | null> {
    const response = await this.#client.send({
      route: 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses',
      parameters: { ...this.#repository, deployment_id: id, per_page: 1 },
      response: z.array(statusSchema),
      repeatable: true,
    })
    return response.ok ? (response.value[0]?.state ?? null) : null
  }

  #list(environment: string, sha: string | null): Promise<GitHubResponse<Deployment[]>> {
    return this.#client.all({
      route: 'GET /repos/{owner}/{repo}/deployments',
      parameters: { ...this.#repository, environment, ...(sha && { sha }) },
      response: z.array(deploymentSchema),
      repeatable: true,
    })
  }
}

const payloadSchema = z.object({ run: z.string() })

function runOf(payload: unknown): string | null {
  let value = payload
  if (typeof payload === 'string') {
    try {
      value = JSON.parse(payload)
    } catch {
      return null
    }
  }
  const parsed = payloadSchema.safeParse(value)
  return parsed.success ? parsed.data.run : null
}
