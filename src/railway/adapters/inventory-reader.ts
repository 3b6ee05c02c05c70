import pLimit from 'p-limit'
import type {
  Environment,
  Inventory,
  MissingField,
  Project,
  ServiceInstance,
} from '../../inventory/inventory.ts'
import {
  type EnvironmentResponse,
  environmentContents,
  environmentInstances,
  environmentTriggers,
  type ProjectResponse,
  projectById,
  projectEnvironments,
  projectsByIds,
  type TriggerResponse,
  workspaceProjects,
} from '../operations/inventory.ts'
import type { Page } from '../operations/operation.ts'
import type { ListedInstance } from '../operations/service-instance.ts'
import { ApiError, problemOf } from '../transport/api-error.ts'
import type { CallOptions, GraphqlResponse } from '../transport/client.ts'
import { pagesOf, readAllPages } from '../transport/paginate.ts'
import { type ApiContext, itemMissing } from './api-context.ts'
import { toMissingField } from './missing-fields.ts'

/**
 * The page sizes, in the order in which they are tried. `first`: projects of a page. `inner`: entries of each
 * connection below a project or an environment. Railway's limits are not documented, so the first size that Railway
 * accepts is used.
 */
const pageSizes = [
  { first: 50, inner: 50 },
  { first: 25, inner: 50 },
  { first: 10, inner: 25 },
  { first: 5, inner: 15 },
  { first: 2, inner: 10 },
  { first: 1, inner: 5 },
] as const

/** The maximum number of projects of a page. Pages grow up to it while Railway responds quickly. */
const largestPage = 200

/** The response time above which pages do not grow any more, in milliseconds. */
const slowPage = 5_000

/** The retry budget of a page in milliseconds. If it is exhausted, a smaller page is requested. */
const pageRetryBudget = 20_000

/** The maximum number of requests for a page whose response has missing parts. */
const maxAttempts = 3

/** The number of pages of nested connections that are read at the same time. */
const parallelPages = 4

interface PageRequest {
  /** The number of projects. */
  readonly first: number
  /** The number of entries of each connection below a project or an environment. */
  readonly inner: number
  /** `true` to read the services and triggers of environments. */
  readonly deep: boolean
}

/**
 * A reader of the inventory. It sends one request for each page of projects. It sends more if a project or an
 * environment has more entries than fit into the page.
 */
export class InventoryReader {
  readonly #api: ApiContext
  readonly #onPage: (projects: number) => void
  readonly #missingFields: MissingField[] = []
  #pageSizeIndex = 0
  /** The factor between the current number of projects of a page and that in `pageSizes`. */
  #growth = 1
  #mayGrow = true
  /** The id of a project token's environment; `null` for any other token. It is read even if `canAccess` is `false`. */
  #ownEnvironmentId: string | null = null

  constructor(api: ApiContext, onPage: (projects: number) => void) {
    this.#api = api
    this.#onPage = onPage
  }

  /** Reads all projects of a workspace. Throws {@link ApiError} if a request fails. */
  async workspace(workspaceId: string): Promise<Inventory> {
    const projects = new Map<string, Project>()
    const list = { operation: workspaceProjects.name, field: 'projects' }
    for await (const nodes of pagesOf(list, (after) => this.#projectsPage(workspaceId, after))) {
      const fresh = nodes.filter(({ id }) => !projects.has(id))
      for (const project of await this.#complete(unique(fresh, idOf))) {
        projects.set(project.id, project)
      }
      this.#onPage(projects.size)
    }
    return { projects: [...projects.values()], missingFields: this.#missingFields }
  }

  /** Reads the projects with these ids that the token can access. Throws {@link ApiError} if a request fails. */
  async projects(ids: readonly string[]): Promise<Inventory> {
    const projects: Project[] = []
    const { first, inner } = this.#pageSize
    for (let from = 0; from < ids.length; from += first) {
      const some = ids.slice(from, from + first)
      const response = await this.#withFallback((deep) =>
        this.#api.client.call(projectsByIds, { ids: some, inner, deep }),
      )
      projects.push(...(await this.#complete(response.projectsByIds)))
      this.#onPage(projects.length)
    }
    return { projects, missingFields: this.#missingFields }
  }

  /**
   * Reads the project of a project token. Only the contents of the token's own environment `environmentId` are read.
   * Every other environment is inaccessible in the result. Throws {@link ApiError} if a request fails.
   */
  async project(id: string, environmentId: string): Promise<Inventory> {
    this.#ownEnvironmentId = environmentId
    const response = await this.#withSmallerPages(({ inner, deep }, options) =>
      this.#api.client.call(projectById, { id, inner, deep }, options),
    )
    return {
      projects: await this.#complete([response.project]),
      missingFields: this.#missingFields,
    }
  }

  get #pageSize() {
    const { first, inner } = pageSizes[this.#pageSizeIndex] ?? { first: 1, inner: 5 }
    return { first: first * this.#growth, inner }
  }

  /**
   * Doubles the number of projects of the next page, unless a page was slow or too large, or the maximum is reached.
   */
  #grow(startedAt: number): void {
    const isSlow = this.#api.client.now() - startedAt > slowPage
    if (isSlow || this.#pageSizeIndex > 0) this.#mayGrow = false
    if (this.#mayGrow && this.#pageSize.first < largestPage) this.#growth *= 2
  }

  /**
   * Makes all further pages smaller. Pages that have grown get the first size of `pageSizes`; other pages get the next
   * size. Pages never grow afterwards.
   */
  #shrink(): void {
    if (this.#growth === 1) this.#pageSizeIndex += 1
    this.#growth = 1
    this.#mayGrow = false
  }

  async #projectsPage(workspaceId: string, after: string | null): Promise<Page<ProjectResponse>> {
    const startedAt = this.#api.client.now()
    const response = await this.#withSmallerPages(({ first, inner, deep }, options) =>
      this.#api.client.call(workspaceProjects, { workspaceId, first, after, inner, deep }, options),
    )
    this.#grow(startedAt)
    return response.projects
  }

  /**
   * Sends a request for a page. It is sent again with smaller pages if the response is too large or too complex, or if
   * the first attempt gets no response. All further pages of the run have the smaller size.
   */
  async #withSmallerPages<Data>(
    send: (page: PageRequest, options: CallOptions) => Promise<GraphqlResponse<Data>>,
  ): Promise<Data> {
    for (let silent = false; ; ) {
      const size = this.#pageSize
      const { first } = size
      const options = first > 1 && !silent ? { retryBudget: pageRetryBudget } : {}
      try {
        return await this.#withFallback((deep) => send({ ...size, deep }, options))
      } catch (error) {
        const problem = problemOf(error)
        const tooComplex = problem.kind === 'refused' && problem.reason === 'invalid-document'
        const firstSilence = problem.kind === 'unavailable' && !silent
        const tooLarge = problem.kind === 'unavailable' && problem.tooLarge === true
        if (first === 1 || (!tooComplex && !tooLarge && !firstSilence)) throw error
        silent = problem.kind === 'unavailable' && !tooLarge
        this.#shrink()
      }
    }
  }

  /**
   * Sends a request for projects with the contents of their environments. If Railway rejects the contents of one
   * environment, the response has no data at all. The request is then sent again without the contents of environments.
   */
  async #withFallback<Data>(
    send: (deep: boolean) => Promise<GraphqlResponse<Data>>,
  ): Promise<Data> {
    try {
      return await this.#retryPartial(() => send(true))
    } catch (error) {
      const problem = problemOf(error)
      if (problem.kind !== 'refused' || problem.path.length === 1) throw error
      if (problem.reason !== 'not-authorized' && problem.reason !== 'other') throw error
      return await this.#retryPartial(() => send(false))
    }
  }

  /**
   * Sends a request up to three times until no part of the response is missing. Records the parts that are still
   * missing.
   */
  async #retryPartial<Data>(send: () => Promise<GraphqlResponse<Data>>): Promise<Data> {
    for (let requested = 1; ; requested += 1) {
      const { data, gaps } = await send()
      if (gaps.length > 0 && requested < maxAttempts) continue
      this.#missingFields.push(...gaps.map((gap) => toMissingField(data, gap)))
      return data
    }
  }

  /** Converts projects after reading the environments, services and triggers that did not fit into the page. */
  async #complete(responses: readonly ProjectResponse[]): Promise<Project[]> {
    const limit = pLimit(parallelPages)
    const projects = responses.filter(({ deletedAt }) => !deletedAt)
    const environments = await Promise.all(
      projects.map((project) => limit(() => this.#allEnvironments(project))),
    )
    const contents = await this.#contents(environments.flat())
    return Promise.all(
      projects.map(async (project, index) => ({
        id: project.id,
        name: project.name,
        workspaceId: project.workspaceId ?? null,
        baseEnvironmentId: project.baseEnvironmentId ?? project.primaryEnvironmentId ?? null,
        prDeploys: project.prDeploys,
        environments: await Promise.all(
          (environments[index] ?? []).map((environment) =>
            limit(() => this.#environment(environment, contents)),
          ),
        ),
      })),
    )
  }

  async #allEnvironments(project: ProjectResponse): Promise<EnvironmentResponse[]> {
    const list = { operation: projectEnvironments.name, field: 'project.environments' }
    const more = async (after: string | null) => {
      const { project: rest } = await this.#withFallback((deep) =>
        this.#api.client.call(projectEnvironments, {
          id: project.id,
          after,
          inner: this.#pageSize.inner,
          deep,
        }),
      )
      return rest.environments
    }
    const all = await readAllPages(list, more, project.environments)
    return unique(all, idOf).filter(({ deletedAt }) => !deletedAt)
  }

  /**
   * Reads the services and triggers of the accessible environments that were read without them, by environment id.
   * Environments whose contents Railway rejects are missing in the result.
   */
  async #contents(environments: readonly EnvironmentResponse[]): Promise<Map<string, Contents>> {
    const missing = environments.filter(
      (environment) => this.#isReadable(environment) && !environment.serviceInstances,
    )
    const responses = await this.#api.batcher.call(
      environmentContents,
      missing.map(({ id }) => ({ id })),
    )
    const known = new Map<string, Contents>()
    missing.forEach((environment, index) => {
      const response = responses[index]
      if (response?.ok) known.set(environment.id, response.data)
      else if (response?.problem.kind !== 'refused')
        throw new ApiError(response?.problem ?? itemMissing)
    })
    return known
  }

  /** Returns whether the contents of an environment are read. A project token reads only its own environment. */
  #isReadable({ id, canAccess }: EnvironmentResponse): boolean {
    return this.#ownEnvironmentId === null ? canAccess : id === this.#ownEnvironmentId
  }

  async #environment(
    response: EnvironmentResponse,
    contents: ReadonlyMap<string, Contents>,
  ): Promise<Environment> {
    const { id, name, isEphemeral: ephemeral } = response
    const listed = contents.get(id) ?? response
    if (!this.#isReadable(response) || !listed.serviceInstances) {
      return { id, name, ephemeral, accessible: false, instances: [] }
    }
    const instances = await this.#allInstances(id, listed.serviceInstances)
    const triggers = await this.#allTriggers(id, listed.deploymentTriggers ?? empty)
    return {
      id,
      name,
      ephemeral,
      accessible: true,
      instances: unique(instances, ({ service }) => service.id)
        .filter(({ deleted }) => !deleted)
        .map(({ deleted: _, ...instance }) => withTriggers(instance, triggers)),
    }
  }

  #allInstances(id: string, first: Page<ListedInstance>): Promise<readonly ListedInstance[]> {
    const list = { operation: environmentInstances.name, field: 'environment.serviceInstances' }
    const more = async (after: string | null) => {
      const variables = { id, after, inner: this.#pageSize.inner }
      const data = await this.#retryPartial(() =>
        this.#api.client.call(environmentInstances, variables),
      )
      return data.environment.serviceInstances
    }
    return readAllPages(list, more, first)
  }

  #allTriggers(id: string, first: Page<TriggerResponse>): Promise<readonly TriggerResponse[]> {
    const list = { operation: environmentTriggers.name, field: 'environment.deploymentTriggers' }
    const more = async (after: string | null) => {
      const variables = { id, after, inner: this.#pageSize.inner }
      const data = await this.#retryPartial(() =>
        this.#api.client.call(environmentTriggers, variables),
      )
      return data.environment.deploymentTriggers
    }
    return readAllPages(list, more, first)
  }
}

interface Contents {
  serviceInstances?: Page<ListedInstance> | undefined
  deploymentTriggers?: Page<TriggerResponse> | undefined
}

const empty: Page<TriggerResponse> = { nodes: [], next: null }

const idOf = ({ id }: { id: string }) => id

/**
 * Removes items with the same key. An item appears on two pages if the order of the list changes between the requests.
 * It would be deployed twice otherwise.
 */
const unique = <Item>(items: readonly Item[], key: (item: Item) => string): Item[] => [
  ...new Map(items.map((item) => [key(item), item])).values(),
]

/** Adds the triggers of a service instance to it. Railway lists triggers by environment. */
export function withTriggers<Instance extends Omit<ServiceInstance, 'triggers'>>(
  instance: Instance,
  triggers: readonly TriggerResponse[],
): Instance & Pick<ServiceInstance, 'triggers'> {
  const own = triggers.filter(({ serviceId }) => serviceId === instance.service.id)
  return {
    ...instance,
    triggers: own.map(({ repository, branch }) => ({ repository, branch })),
  }
}
