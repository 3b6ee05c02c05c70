import { z } from 'zod'

/** What the runner says about this run: the event, the commit, who started it. */
export interface RunContext {
  /** `owner/name`. */
  readonly repository: string
  readonly eventName: string
  /** The branch that was pushed or that the run is on; `null` for tags and pull requests. */
  readonly branch: string | null
  /** The commit of the event: a pull request's head, a finished workflow's head, else the run's own. */
  readonly commit: string | null
  readonly pullRequest: PullRequest | null
  readonly fromDependabot: boolean
  readonly run: RunPlace
}

/** Where this run is to be found, and what tells it from others. */
export interface RunPlace {
  /** Of GitHub's REST API. */
  readonly apiUrl: string
  /** The page of the run. */
  readonly url: string
  /** The step's id, or what GitHub calls a step without one. */
  readonly step: string
  /** This step of this attempt of this run. */
  readonly key: string
}

export interface PullRequest {
  readonly number: number
  /** It is closed, by this event or since earlier. */
  readonly closed: boolean
  readonly headSha: string
  readonly headBranch: string
  readonly fromFork: boolean
}

const pullRequestSchema = z.object({
  number: z.number(),
  state: z.string().optional(),
  head: z.object({
    sha: z.string(),
    ref: z.string(),
    repo: z.object({ full_name: z.string() }).nullish(),
  }),
})

const eventSchema = z.object({
  action: z.string().optional(),
  pull_request: pullRequestSchema.optional().catch(undefined),
  workflow_run: z.object({ head_sha: z.string() }).optional().catch(undefined),
})

const environmentSchema = z.object({
  GITHUB_REPOSITORY: z.string().default(''),
  GITHUB_EVENT_NAME: z.string().default(''),
  GITHUB_REF: z.string().default(''),
  GITHUB_SHA: z.string().default(''),
  GITHUB_ACTOR: z.string().default(''),
  GITHUB_ACTION: z.string().default(''),
  GITHUB_API_URL: z.string().default('https://api.github.com'),
  GITHUB_SERVER_URL: z.string().default('https://github.com'),
  GITHUB_JOB: z.string().default(''),
  GITHUB_RUN_ID: z.string().default(''),
  GITHUB_RUN_ATTEMPT: z.string().default(''),
})

/**
 * Reads the run's context from the runner's environment variables and the event's payload.
 * A payload in an unexpected shape counts as one without pull request: the run does not depend on it.
 */
export function parseContext(
  environment: Record<string, string | undefined>,
  payload: unknown,
): RunContext {
  const variables = environmentSchema.parse(environment)
  const event = eventSchema.safeParse(payload).data ?? {}
  const pullRequest = toPullRequest(event, variables.GITHUB_REPOSITORY)
  const branch = /^refs\/heads\/(.+)$/.exec(variables.GITHUB_REF)?.[1] ?? null
  return {
    repository: variables.GITHUB_REPOSITORY,
    eventName: variables.GITHUB_EVENT_NAME,
    branch,
    commit: pullRequest?.headSha ?? event.workflow_run?.head_sha ?? (variables.GITHUB_SHA || null),
    pullRequest,
    fromDependabot: variables.GITHUB_ACTOR === 'dependabot[bot]',
    run: toRunPlace(variables),
  }
}

function toRunPlace(variables: z.infer<typeof environmentSchema>): RunPlace {
  const { GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_JOB, GITHUB_ACTION } = variables
  return {
    apiUrl: variables.GITHUB_API_URL,
    url: `${variables.GITHUB_SERVER_URL}/${variables.GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`,
    step: GITHUB_ACTION,
    key: [GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_JOB, GITHUB_ACTION].join('/'),
  }
}

function toPullRequest(event: z.infer<typeof eventSchema>, repository: string): PullRequest | null {
  if (!event.pull_request) return null
  const { number, head, state } = event.pull_request
  return {
    number,
    closed: event.action === 'closed' || state === 'closed',
    headSha: head.sha,
    headBranch: head.ref,
    fromFork: head.repo?.full_name.toLowerCase() !== repository.toLowerCase(),
  }
}
