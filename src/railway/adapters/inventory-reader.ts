import pLimit from 'p-limit'
import type {
  Environment,
  Inventory,
  MissingField,
  Project,
  ServiceInstance,
} from '../../inventory/inventory.ts'
import {
  type EnvironmentAnswer,
  environmentContents,
  environmentInstances,
  environmentTriggers,
  type ProjectAnswer,
  projectById,
  projectEnvironments,
  projectsByIds,
  type TriggerAnswer,
  workspaceProjects,
} from '../operations/inventory.ts'
import type { Page } from '../operations/operation.ts'
import type { ListedInstance } from '../operations/service-instance.ts'
import { ApiError, problemOf } from '../transport/api-error.ts'
import type { Answer, CallOptions } from '../transport/client.ts'
import { pagesOf, readAllPages } from '../transport/paginate.ts'
import type { ApiContext } from './api-context.ts'
import { locateGap } from './missing-fields.ts'

/**
 * The page sizes to try: projects, and entries of each connection below them, which multiply. The first that Railway
 * accepts is used. Railway's own limits are not documented.
 */
const pageSizes = [
  { first: 50, inner: 50 },
  { first: 25, inner: 50 },
  { first: 10, inner: 25 },
  { first: 5, inner: 15 },
  { first: 2, inner: 10 },
  { first: 1, inner: 5 },
] as const

/** The maximum number of projects of a page that has grown. */
const largestPage = 200

/** The time in milliseconds after which a page is not followed by a larger one. */
const slowPage = 5_000

/** The retry budget of a page before a smaller one is tried, in milliseconds. */
const pageRetryBudget = 20_000

/** The number of attempts at an answer with missing parts. */
const maxAttempts = 3

/** The number of pages of nested connections that are read at the same time. */
const parallelPages = 4

/** The page sizes of a request, and whether it reads the fields below environments. */
interface PageRequest {
  readonly first: number
  readonly inner: number
  readonly deep: boolean
}

/**
 * A reader of the inventory. It takes one request per page of projects, and more only if a nested connection has more
 * entries.
 */
export class InventoryReader {
  readonly #api: ApiContext
  readonly #onPage: (projects: number) => void
  readonly #missingFields: MissingField[] = []
  #pageSizeIndex = 0
  /** The factor by which pages have grown beyond the first size. */
  #growth = 1
  #mayGrow = true
  /** The environment of a project token: it is read whatever `canAccess` says. */
  #own: string | null = null

  constructor(api: ApiContext, onPage: (projects: number) => void) {
    this.#api = api
    this.#onPage = onPage
  }

  /** Reads all projects of a workspace. Throws {@link ApiError}. */
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

  /** Reads the projects with these ids, without those that are out of reach. Throws {@link ApiError}. */
  async projects(ids: readonly string[]): Promise<Inventory> {
    const projects: Project[] = []
    const { first, inner } = this.#pageSize
    for (let from = 0; from < ids.length; from += first) {
      const some = ids.slice(from, from + first)
      const answer = await this.#withFallback((deep) =>
        this.#api.client.call(projectsByIds, { ids: some, inner, deep }),
      )
      projects.push(...(await this.#complete(answer.projectsByIds)))
      this.#onPage(projects.length)
    }
    return { projects, missingFields: this.#missingFields }
  }

  /**
   * Reads the one project that a project token can see. Only `environmentId` is the token's own environment. The others
   * may be visible or not, and are rejected. Throws {@link ApiError}.
   */
  async project(id: string, environmentId: string): Promise<Inventory> {
    this.#own = environmentId
    const answer = await this.#withSmallerPages(({ inner, deep }, options) =>
      this.#api.client.call(projectById, { id, inner, deep }, options),
    )
    return { projects: await this.#complete([answer.project]), missingFields: this.#missingFields }
  }

  get #pageSize() {
    const { first, inner } = pageSizes[this.#pageSizeIndex] ?? { first: 1, inner: 5 }
    return { first: first * this.#growth, inner }
  }

  #grow(startedAt: number): void {
    const isSlow = this.#api.client.now() - startedAt > slowPage
    if (isSlow || this.#pageSizeIndex > 0) this.#mayGrow = false
    if (this.#mayGrow && this.#pageSize.first < largestPage) this.#growth *= 2
  }

  /** Makes pages smaller. Pages that have grown return to the first size and do not grow again. */
  #shrink(): void {
    if (this.#growth === 1) this.#pageSizeIndex += 1
    this.#growth = 1
    this.#mayGrow = false
  }

  async #projectsPage(workspaceId: string, after: string | null): Promise<Page<ProjectAnswer>> {
    const startedAt = this.#api.client.now()
    const answer = await this.#withSmallerPages(({ first, inner, deep }, options) =>
      this.#api.client.call(workspaceProjects, { workspaceId, first, after, inner, deep }, options),
    )
    this.#grow(startedAt)
    return answer.projects
  }

  /** Requests again with smaller pages, for the rest of the run, while an answer is too large or too complex. */
  async #withSmallerPages<Data>(
    ask: (page: PageRequest, options: CallOptions) => Promise<Answer<Data>>,
  ): Promise<Data> {
    for (let silent = false; ; ) {
      const size = this.#pageSize
      const { first } = size
      const options = first > 1 && !silent ? { retryBudget: pageRetryBudget } : {}
      try {
        return await this.#withFallback((deep) => ask({ ...size, deep }, options))
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
   * Requests everything at once. A rejection of a field below an environment takes the whole answer with it. In that
   * case it requests again without the fields below environments.
   */
  async #withFallback<Data>(ask: (deep: boolean) => Promise<Answer<Data>>): Promise<Data> {
    try {
      return await this.#retryPartial(() => ask(true))
    } catch (error) {
      const problem = problemOf(error)
      if (problem.kind !== 'refused' || problem.path.length === 1) throw error
      if (problem.reason !== 'not-authorized' && problem.reason !== 'other') throw error
      return await this.#retryPartial(() => ask(false))
    }
  }

  /** Requests again if parts are missing, and records the parts that are missing in the end. */
  async #retryPartial<Data>(ask: () => Promise<Answer<Data>>): Promise<Data> {
    for (let requested = 1; ; requested += 1) {
      const { data, gaps } = await ask()
      if (gaps.length > 0 && requested < maxAttempts) continue
      this.#missingFields.push(...gaps.map((gap) => locateGap(data, gap)))
      return data
    }
  }

  /** Reads the entries that did not fit into the page or were missing from it. */
  async #complete(answers: readonly ProjectAnswer[]): Promise<Project[]> {
    const limit = pLimit(parallelPages)
    const projects = answers.filter(({ deletedAt }) => !deletedAt)
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

  async #allEnvironments(project: ProjectAnswer): Promise<EnvironmentAnswer[]> {
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

  /** Reads the contents of the accessible environments that were listed without them. */
  async #contents(environments: readonly EnvironmentAnswer[]): Promise<Map<string, Contents>> {
    const missing = environments.filter(
      (environment) => this.#mayLookInto(environment) && !environment.serviceInstances,
    )
    const answers = await this.#api.batcher.ask(
      environmentContents,
      missing.map(({ id }) => ({ id })),
    )
    const known = new Map<string, Contents>()
    missing.forEach((environment, index) => {
      const answer = answers[index]
      if (answer?.ok) known.set(environment.id, answer.data)
      else if (answer?.problem.kind !== 'refused') throw new ApiError(answer?.problem ?? lost)
    })
    return known
  }

  /** Returns whether to read an environment. A project token always tries its own, whatever `canAccess` says. */
  #mayLookInto({ id, canAccess }: EnvironmentAnswer): boolean {
    return this.#own === null ? canAccess : id === this.#own
  }

  async #environment(
    answer: EnvironmentAnswer,
    contents: ReadonlyMap<string, Contents>,
  ): Promise<Environment> {
    const { id, name, isEphemeral: ephemeral } = answer
    const listed = contents.get(id) ?? answer
    if (!this.#mayLookInto(answer) || !listed.serviceInstances) {
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

  #allTriggers(id: string, first: Page<TriggerAnswer>): Promise<readonly TriggerAnswer[]> {
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
  deploymentTriggers?: Page<TriggerAnswer> | undefined
}

const empty: Page<TriggerAnswer> = { nodes: [], next: null }

const lost = { kind: 'unavailable', detail: 'an answer without the item', sent: true } as const

const idOf = ({ id }: { id: string }) => id

/** Removes duplicates. An item comes on two pages if the order changed in between, and none may be deployed twice. */
const unique = <Item>(items: readonly Item[], key: (item: Item) => string): Item[] => [
  ...new Map(items.map((item) => [key(item), item])).values(),
]

/** Adds to a service instance its triggers, which Railway lists by environment. */
export function withTriggers<Instance extends Omit<ServiceInstance, 'triggers'>>(
  instance: Instance,
  triggers: readonly TriggerAnswer[],
): Instance & Pick<ServiceInstance, 'triggers'> {
  const own = triggers.filter(({ serviceId }) => serviceId === instance.service.id)
  return {
    ...instance,
    triggers: own.map(({ repository, branch }) => ({ repository, branch })),
  }
}
