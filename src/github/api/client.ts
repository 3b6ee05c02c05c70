import type { getOctokit } from '@actions/github'
import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import { causesOf, describeNetworkError } from '../../network-error.ts'
import type { Proxies } from '../../proxy.ts'
import type { Secret } from '../../secret.ts'
import { withTimeLimit } from '../../time-limit.ts'
import { classifyErrorResponse, type RejectionCause } from './classify-error.ts'
import { ResponseTooLarge, restrictedFetch } from './restricted-fetch.ts'

/** The reason why GitHub gave no usable response. */
export type GitHubProblem =
  | RejectionCause
  /** There is no complete response. `sent: false`: the request was not sent, so it had no effect. */
  | { readonly kind: 'lost'; readonly detail: string; readonly sent: boolean }
  /** The request was not sent, because the run sends no more requests to GitHub. */
  | { readonly kind: 'not-sent'; readonly because: string }

/** The result of a request. `next`: the list has another page. */
export type GitHubResponse<Value> =
  | { readonly ok: true; readonly value: Value; readonly next: boolean }
  | { readonly ok: false; readonly problem: GitHubProblem }

/** The dependencies of {@link GitHubClient}. */
export interface GitHubEdges {
  readonly apiUrl: string
  readonly token: Secret
  readonly fetch: typeof globalThis.fetch
  readonly proxies: Proxies
  readonly clock: Clock
  /** The signal that ends requests in progress. */
  readonly abandon: AbortSignal
}

/** A request, in the notation of GitHub's documentation: `GET /repos/{owner}/{repo}/…`. */
export interface GitHubRequest<Value> {
  readonly route: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly response: z.ZodType<Value>
  /** `true` if the request may be sent twice, because the second one changes nothing more. */
  readonly repeatable: boolean
  /** The maximum duration of all attempts together, in milliseconds; by default a minute. */
  readonly patience?: number
}

/** The maximum duration of one attempt of a request, in milliseconds. */
const timeLimit = 15_000

/** The maximum duration of all attempts of a request together, in milliseconds. */
const patience = 60_000

/** The waits between the attempts of a request, in milliseconds. */
const backoffs = [1_000, 3_000, 8_000]

/** The maximum duration of all requests after the end of a run, in milliseconds. */
const lastPatience = 60_000

/** The maximum number of pages of a list, of 100 entries each. */
const maxPages = 50

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const errorSchema = z.object({
  status: z.number(),
  response: z
    .object({
      headers: z.record(z.string(), z.union([z.string(), z.number()]).optional()).catch({}),
      data: z.unknown(),
    })
    .optional(),
})

type Octokit = ReturnType<typeof getOctokit>

/**
 * The client of GitHub's REST API for a run. It returns errors of GitHub and never throws them. If there is no
 * response, a repeatable request is sent again. Any other request is sent again only if it certainly had no effect.
 *
 * A run does not depend on GitHub's responses. If GitHub does not respond to a request after all attempts, no more
 * requests are sent, and their result is `not-sent`. The same holds after the job was cancelled, and a minute after the
 * end of the run.
 */
export class GitHubClient {
  #octokit: Promise<Octokit> | null = null
  readonly #edges: GitHubEdges
  readonly #closed = new AbortController()
  #because = ''
  /** The time after which nothing is sent, in milliseconds since the epoch. */
  #until = Infinity

  constructor(edges: GitHubEdges) {
    this.#edges = edges
    const cancel = () => this.#giveUp('the job was cancelled')
    if (edges.abandon.aborted) cancel()
    else edges.abandon.addEventListener('abort', cancel, { once: true })
    if (!isAddress(edges.apiUrl)) this.#giveUp('`GITHUB_API_URL` is not an address')
  }

  /** Loads the client of GitHub's toolkit. It is loaded on the first request, because most runs send none. */
  async #load(): Promise<Octokit> {
    const { apiUrl, token, fetch } = this.#edges
    const { getOctokit } = await import(/* webpackChunkName: "run" */ '@actions/github')
    return getOctokit(token.reveal(), {
      baseUrl: apiUrl.replace(/\/+$/, ''),
      userAgent: 'railway-workspace-deploy',
      request: { fetch: restrictedFetch(fetch) },
      log: quiet,
    })
  }

  /** Returns the current time in milliseconds since the epoch. */
  now(): number {
    return this.#edges.clock.now()
  }

  /** Starts the final minute, after which no more requests are sent. */
  setFinalDeadline(): void {
    this.#until = Math.min(this.#until, this.#edges.clock.now() + lastPatience)
  }

  /** Waits before a lookup. The wait ends early when no more requests are sent. */
  async pause(milliseconds: number): Promise<void> {
    await this.#edges.clock.sleep(Math.min(milliseconds, this.#left), this.#closed.signal)
  }

  /** Sends a request, with retries, and returns GitHub's response or the problem. */
  async send<Value>(request: GitHubRequest<Value>): Promise<GitHubResponse<Value>> {
    const { clock } = this.#edges
    const startedAt = clock.now()
    let silent = true
    for (let attempt = 0; ; attempt += 1) {
      if (this.#left === 0)
        this.#giveUp(`the updates at the end took longer than ${lastPatience / 1000} s`)
      if (this.#closed.signal.aborted) return this.#givenUp()
      const response = await this.#attempt(request)
      if (response.ok) return response
      silent &&= response.silent
      const wait = this.#waitBeforeNext(response, request, attempt)
      const { problem } = response
      const late = clock.now() - startedAt + (wait ?? 0) > (request.patience ?? patience)
      if (wait === null || late) {
        const tried = late || attempt >= backoffs.length
        if (!tried || !silent) return response
        this.#giveUp(`GitHub gave no response${this.#reason(problem)}`)
        return this.#givenUp()
      }
      await this.pause(wait)
    }
  }

  /** Describes the result of the last attempt, and the proxy that it went through. */
  #reason(problem: GitHubProblem): string {
    const proxy = this.#edges.proxies.variableFor(this.#edges.apiUrl)
    const detail = 'detail' in problem ? problem.detail : problem.kind
    return ` (${detail}${proxy === null ? '' : ` through the proxy that \`${proxy}\` names`})`
  }

  /**
   * Returns the URL of GraphQL: beside `/api/v3` on GitHub Enterprise Server, else below the REST API
   * (docs.github.com/en/enterprise-server/graphql/guides/forming-calls-with-graphql).
   */
  get graphqlUrl(): string {
    const apiUrl = this.#edges.apiUrl.replace(/\/+$/, '')
    return `${apiUrl.replace(/\/api\/v3$/, '/api')}/graphql`
  }

  get #left(): number {
    return Math.max(0, this.#until - this.#edges.clock.now())
  }

  #giveUp(because: string): void {
    if (this.#closed.signal.aborted) return
    this.#because = because
    this.#closed.abort()
  }

  #givenUp(): Refused {
    return refused({ kind: 'not-sent', because: this.#because })
  }

  /**
   * Reads the pages of a list, at most {@link maxPages}. `next`: the list has more entries than were read. An empty
   * page counts as the last one.
   */
  async all<Item>(request: GitHubRequest<Item[]>): Promise<GitHubResponse<Item[]>> {
    const items: Item[] = []
    for (let page = 1; page <= maxPages; page += 1) {
      const parameters = { ...request.parameters, per_page: 100, page }
      const response = await this.send({ ...request, parameters })
      if (!response.ok) return response
      items.push(...response.value)
      if (!response.next || response.value.length === 0)
        return { ok: true, value: items, next: false }
    }
    return { ok: true, value: items, next: true }
  }

  #waitBeforeNext(
    { problem, retryAfter }: Refused,
    { repeatable }: { repeatable: boolean },
    attempt: number,
  ): number | null {
    if (attempt >= backoffs.length) return null
    if (retryAfter !== null) return retryAfter * 1000
    if (problem.kind !== 'lost' || (problem.sent && !repeatable)) return null
    return backoffs[attempt] ?? null
  }

  async #attempt<Value>(
    request: GitHubRequest<Value>,
  ): Promise<Extract<GitHubResponse<Value>, { ok: true }> | Refused> {
    const { clock } = this.#edges
    const closed = this.#closed.signal
    return withTimeLimit(clock, Math.min(timeLimit, this.#left), closed, async (limit) => {
      try {
        return await this.#send(request, limit.signal)
      } catch (error) {
        if (closed.aborted) return this.#givenUp()
        if (limit.passed()) return silence(`no response within ${timeLimit / 1000} s`, true)
        return readError(error, clock.now())
      }
    })
  }

  async #send<Value>(
    request: GitHubRequest<Value>,
    signal: AbortSignal,
  ): Promise<Extract<GitHubResponse<Value>, { ok: true }> | Refused> {
    this.#octokit ??= this.#load()
    const octokit = await this.#octokit
    const response = await octokit.request(request.route, {
      ...request.parameters,
      request: { signal },
    })
    if (response.status >= 300) {
      const detail = `HTTP ${response.status}, a redirect, which is not followed`
      return refused({ kind: 'refused', detail })
    }
    const parsed = request.response.safeParse(response.data)
    if (!parsed.success) return lost('a response in another shape', true)
    return { ok: true, value: parsed.data, next: /rel="next"/.test(response.headers.link ?? '') }
  }
}

/** A response without a usable value, for the decision about a retry. */
interface Refused {
  readonly ok: false
  readonly problem: GitHubProblem
  /** The seconds that GitHub requires to wait after a limit. The request had no effect then. */
  readonly retryAfter: number | null
  /** `true` if GitHub sent no response. */
  readonly silent: boolean
}

const refused = (problem: GitHubProblem, retryAfter: number | null = null): Refused => ({
  ok: false,
  problem,
  retryAfter,
  silent: false,
})

const lost = (detail: string, sent: boolean): Refused => refused({ kind: 'lost', detail, sent })

const silence = (detail: string, sent: boolean): Refused => ({
  ...lost(detail, sent),
  silent: true,
})

/**
 * Converts an error of Octokit. A network error has the status 500 and no response there, so its `cause` is read
 * instead.
 */
function readError(error: unknown, now: number): Refused {
  const read = errorSchema.safeParse(error)
  if (!read.success) throw error
  const { status, response } = read.data
  if (causesOf(error).some((cause) => cause instanceof ResponseTooLarge)) {
    return lost('a response that is too large', true)
  }
  if (!response) {
    const { detail, sent } = describeNetworkError(error)
    return silence(detail, sent)
  }
  if (status >= 500) return lost(`HTTP ${status}`, true)
  const { cause, retryAfter } = classifyErrorResponse({ ...response, status }, now)
  return refused(cause, retryAfter)
}

function isAddress(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol)
  } catch {
    return false
  }
}
