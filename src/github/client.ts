import { getOctokit } from '@actions/github'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import type { Secret } from '../secret.ts'

/** Why GitHub gave no usable answer. */
export type GitHubProblem =
  /** The token lacks a permission for this. */
  | { readonly kind: 'missing-permission' }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'refused'; readonly detail: string }
  /** No whole answer. `sent: false`: nothing can have happened. */
  | { readonly kind: 'lost'; readonly detail: string; readonly sent: boolean }

/** What a request led to. */
export type GitHubAnswer<Value> =
  | { readonly ok: true; readonly value: Value; readonly next: boolean }
  | { readonly ok: false; readonly problem: GitHubProblem }

export interface GitHubEdges {
  readonly apiUrl: string
  readonly token: Secret
  readonly fetch: typeof globalThis.fetch
  readonly clock: Clock
  /** What is under way is given up once this aborts. */
  readonly abandon: AbortSignal
}

/** One request, as GitHub's documentation writes it: `GET /repos/{owner}/{repo}/…`. */
export interface GitHubRequest<Value> {
  readonly route: string
  readonly parameters: Readonly<Record<string, unknown>>
  readonly answer: z.ZodType<Value>
  /** Sending it again leaves the same state. */
  readonly repeatable: boolean
}

/** One attempt may take this long, and all of them together. An optional feature does not hold up a job. */
const timeLimit = 15_000
const patience = 60_000

/** Waits between attempts, in milliseconds. */
const backoffs = [1_000, 3_000, 8_000]

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

/**
 * The one way to GitHub's REST API. It never throws for what GitHub says. Requests that are repeatable are
 * repeated on everything that is no answer; any other only where it certainly did nothing.
 */
export class GitHubClient {
  readonly #octokit: ReturnType<typeof getOctokit>
  readonly #edges: GitHubEdges

  constructor(edges: GitHubEdges) {
    this.#edges = edges
    this.#octokit = getOctokit(edges.token.reveal(), {
      baseUrl: edges.apiUrl.replace(/\/$/, ''),
      userAgent: 'railway-workspace-deploy',
      request: { fetch: edges.fetch },
      log: quiet,
    })
  }

  get clock(): Clock {
    return this.#edges.clock
  }

  async ask<Value>(request: GitHubRequest<Value>): Promise<GitHubAnswer<Value>> {
    const { clock, abandon } = this.#edges
    const startedAt = clock.now()
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.#attempt(request)
      if (answer.ok) return answer
      const wait = this.#waitBeforeNext(answer, request, attempt)
      const late = clock.now() - startedAt + (wait ?? 0) > patience
      if (wait === null || late || abandon.aborted) return answer
      await clock.sleep(wait, abandon)
    }
  }

  /** Every page of a list. */
  async all<Item>(request: GitHubRequest<Item[]>): Promise<GitHubAnswer<Item[]>> {
    const items: Item[] = []
    for (let page = 1; ; page += 1) {
      const parameters = { ...request.parameters, per_page: 100, page }
      const answer = await this.ask({ ...request, parameters })
      if (!answer.ok) return answer
      items.push(...answer.value)
      if (!answer.next) return { ok: true, value: items, next: false }
    }
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
  ): Promise<Extract<GitHubAnswer<Value>, { ok: true }> | Refused> {
    const { clock, abandon } = this.#edges
    const abort = new AbortController()
    const settled = new AbortController()
    const onAbandon = () => abort.abort()
    abandon.addEventListener('abort', onAbandon, { once: true })
    void clock.sleep(timeLimit, settled.signal).then(() => {
      if (!settled.signal.aborted) abort.abort()
    })
    try {
      const answer = await this.#octokit.request(request.route, {
        ...request.parameters,
        request: { signal: abort.signal },
      })
      const parsed = request.answer.safeParse(answer.data)
      if (!parsed.success) return lost('an answer in another shape', true)
      return { ok: true, value: parsed.data, next: /rel="next"/.test(answer.headers.link ?? '') }
    } catch (error) {
      if (abort.signal.aborted) return lost(`no answer within ${timeLimit / 1000} s`, true)
      return readError(error)
    } finally {
      settled.abort()
      abandon.removeEventListener('abort', onAbandon)
    }
  }
}

interface Refused {
  readonly ok: false
  readonly problem: GitHubProblem
  /** Seconds that GitHub asks to wait after a limit; nothing has happened then. */
  readonly retryAfter: number | null
}

const lost = (detail: string, sent: boolean): Refused => ({
  ok: false,
  problem: { kind: 'lost', detail, sent },
  retryAfter: null,
})

const refused = (problem: GitHubProblem, retryAfter: number | null = null): Refused => ({
  ok: false,
  problem,
  retryAfter,
})

/** Octokit gives network errors the status 500 and no response; their cause says what happened. */
function readError(error: unknown): Refused {
  const read = errorSchema.safeParse(error)
  if (!read.success) throw error
  const { status, response } = read.data
  if (!response) return lost('a network error', !neverSent(error))
  if (status >= 500) return lost(`HTTP ${status}`, true)
  const { headers } = response
  const limited = status === 429 || (status === 403 && isLimit(headers))
  if (limited) {
    return refused(
      { kind: 'refused', detail: 'its rate limit' },
      Number(headers['retry-after'] ?? 60),
    )
  }
  if (status === 401 || status === 403) return refused({ kind: 'missing-permission' })
  if (status === 404) return refused({ kind: 'not-found' })
  return refused({ kind: 'refused', detail: `HTTP ${status}` })
}

const isLimit = (headers: Record<string, unknown>) =>
  headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0'

function neverSent(error: unknown): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 5; depth += 1) {
    if ('code' in cause && /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(String(cause.code))) return true
    cause = cause.cause
  }
  return false
}
